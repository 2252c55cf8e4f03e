//! A directory in memory, for tests.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::id::{AccountId, RoomCode, RoomId};

use super::{Kept, RoomDirectory};
use crate::storage::{
    StorageError,
    log::replicated::{
        copy::Contents,
        position::{Position, StoredSnapshot},
    },
};

/// A directory in memory.
#[derive(Default)]
pub struct MemoryDirectory {
    rooms: Mutex<HashMap<RoomId, (RoomCode, BTreeSet<AccountId>)>>,
    copies: Mutex<HashMap<RoomId, StoredSnapshot>>,
}

impl MemoryDirectory {
    fn rooms(&self) -> MutexGuard<'_, HashMap<RoomId, (RoomCode, BTreeSet<AccountId>)>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn copies(&self) -> MutexGuard<'_, HashMap<RoomId, StoredSnapshot>> {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl RoomDirectory for MemoryDirectory {
    async fn add(&self, room: RoomId, code: RoomCode, accounts: &BTreeSet<AccountId>) -> Result<bool, StorageError> {
        let mut rooms = self.rooms();
        let is_taken = rooms.values().any(|(taken, _)| *taken == code);
        if !is_taken {
            rooms.insert(room, (code, accounts.clone()));
        }
        Ok(!is_taken)
    }

    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, StorageError> {
        Ok(self.rooms().iter().find(|(_, (taken, _))| *taken == code).map(|(room, _)| *room))
    }

    async fn is_live(&self, room: RoomId) -> Result<bool, StorageError> {
        Ok(self.rooms().contains_key(&room))
    }

    async fn live(&self) -> Result<Vec<RoomId>, StorageError> {
        Ok(self.rooms().keys().copied().collect())
    }

    async fn note(&self, room: RoomId, accounts: &BTreeSet<AccountId>) -> Result<(), StorageError> {
        if let Some((_, named)) = self.rooms().get_mut(&room) {
            named.extend(accounts);
        }
        Ok(())
    }

    async fn naming(&self, account: AccountId) -> Result<Vec<RoomId>, StorageError> {
        let rooms = self.rooms();
        Ok(rooms.iter().filter(|(_, (_, named))| named.contains(&account)).map(|(room, _)| *room).collect())
    }

    /// Nobody wrote one.
    async fn earlier_log(&self, _room: RoomId) -> Result<Option<Contents>, StorageError> {
        Ok(None)
    }

    async fn drop_earlier_log(&self, _room: RoomId) -> Result<(), StorageError> {
        Ok(())
    }

    async fn keep_copy(&self, room: RoomId, copy: &StoredSnapshot) -> Result<(), StorageError> {
        if self.rooms().contains_key(&room) {
            let mut copies = self.copies();
            let kept = copies.entry(room).or_insert_with(|| copy.clone());
            if copy.position > kept.position {
                *kept = copy.clone();
            }
        }
        Ok(())
    }

    async fn copied(&self, room: RoomId) -> Result<Option<Position>, StorageError> {
        Ok(self.copies().get(&room).map(|copy| copy.position))
    }

    /// There is no archive.
    async fn kept(&self, room: RoomId) -> Result<Option<Kept>, StorageError> {
        Ok(self.copies().get(&room).map(|copy| Kept { copy: copy.clone(), written: Vec::new() }))
    }

    async fn remove(&self, room: RoomId) -> Result<(), StorageError> {
        self.rooms().remove(&room);
        self.copies().remove(&room);
        Ok(())
    }
}
