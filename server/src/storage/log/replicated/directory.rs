//! Which rooms there are. The database knows: servers of logs may lose what they have.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::id::{AccountId, RoomCode, RoomId};

use crate::storage::StorageError;

/// The rooms whose logs are elsewhere.
#[async_trait]
pub trait RoomDirectory: Send + Sync {
    /// Adds a room, unless a room has its code. Returns whether it did.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn add(&self, room: RoomId, code: RoomCode) -> Result<bool, StorageError>;

    /// The room with this code.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, StorageError>;

    /// Whether the room is there.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn is_live(&self, room: RoomId) -> Result<bool, StorageError>;

    /// All rooms.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn live(&self) -> Result<Vec<RoomId>, StorageError>;

    /// Notes that entries of a room name these accounts.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn note(&self, room: RoomId, accounts: &BTreeSet<AccountId>) -> Result<(), StorageError>;

    /// The rooms whose entries name an account.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn naming(&self, account: AccountId) -> Result<Vec<RoomId>, StorageError>;

    /// Removes a room. To remove it twice changes nothing.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn remove(&self, room: RoomId) -> Result<(), StorageError>;
}

/// A directory in memory, for tests.
#[derive(Default)]
pub struct MemoryDirectory(Mutex<HashMap<RoomId, (RoomCode, BTreeSet<AccountId>)>>);

impl MemoryDirectory {
    fn rooms(&self) -> MutexGuard<'_, HashMap<RoomId, (RoomCode, BTreeSet<AccountId>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl RoomDirectory for MemoryDirectory {
    async fn add(&self, room: RoomId, code: RoomCode) -> Result<bool, StorageError> {
        let mut rooms = self.rooms();
        let is_taken = rooms.values().any(|(taken, _)| *taken == code);
        if !is_taken {
            rooms.insert(room, (code, BTreeSet::new()));
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

    async fn remove(&self, room: RoomId) -> Result<(), StorageError> {
        self.rooms().remove(&room);
        Ok(())
    }
}
