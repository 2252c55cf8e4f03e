//! An archive in memory, for tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    room::{ArchiveChange, ArchivedMessage, Message, Messages, Reading},
    time::Timestamp,
};

use super::{Found, MessageArchive, MessageSearch, apply, facts_of};
use crate::{search::Query, storage::StorageError};

/// Messages in memory.
#[derive(Default)]
pub struct MemoryArchive {
    kept: Mutex<BTreeMap<(RoomId, MessageNumber), (AccountId, Message)>>,
    /// The account that each renamed account has become; `None` for a deleted one.
    departed: Mutex<BTreeMap<AccountId, Option<AccountId>>>,
}

impl MemoryArchive {
    fn kept(&self) -> MutexGuard<'_, BTreeMap<(RoomId, MessageNumber), (AccountId, Message)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry_out(&self, room: RoomId, change: &ArchiveChange) {
        match change {
            ArchiveChange::Write { account, message } => {
                let Some(owner) = self.owner(*account) else { return };
                self.kept().entry((room, message.number)).or_insert_with(|| (owner, message.clone()));
            }
            ArchiveChange::Forget { up_to } => {
                self.kept().retain(|(known, number), _| *known != room || number > up_to);
            }
            change => {
                let mut kept = self.kept();
                let of_room = kept.iter_mut().filter(|((known, _), _)| *known == room);
                of_room.for_each(|(_, (_, message))| apply(message, change));
            }
        }
    }

    /// The account that owns the messages of this account now.
    fn owner(&self, account: AccountId) -> Option<AccountId> {
        self.departed().get(&account).copied().unwrap_or(Some(account))
    }

    fn departed(&self) -> MutexGuard<'_, BTreeMap<AccountId, Option<AccountId>>> {
        self.departed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl MessageArchive for MemoryArchive {
    async fn apply(&self, room: RoomId, changes: &[ArchiveChange]) -> Result<(), StorageError> {
        changes.iter().for_each(|change| self.carry_out(room, change));
        Ok(())
    }

    async fn before(
        &self,
        room: RoomId,
        reading: Reading,
        before: MessageNumber,
        limit: usize,
    ) -> Result<Messages, StorageError> {
        let kept = self.kept();
        let may_read = |account: AccountId| reading == Reading::All || reading == Reading::Own(account);
        let of_room = kept.range((room, MessageNumber(0))..(room, before));
        let mut newest_first = of_room.rev().filter(|(_, (account, _))| may_read(*account));
        let mut messages: Vec<_> = newest_first.by_ref().take(limit).map(|(_, (_, message))| message.clone()).collect();
        messages.reverse();
        Ok(Messages { before, messages, has_earlier: newest_first.next().is_some() })
    }

    async fn at(&self, room: RoomId, numbers: &[MessageNumber]) -> Result<Vec<Message>, StorageError> {
        let (kept, numbers) = (self.kept(), BTreeSet::from_iter(numbers));
        Ok(numbers.into_iter().filter_map(|number| Some(kept.get(&(room, *number))?.1.clone())).collect())
    }

    async fn find(&self, room: RoomId, number: MessageNumber) -> Result<Option<ArchivedMessage>, StorageError> {
        Ok(self.kept().get(&(room, number)).map(|(account, message)| facts_of(*account, message)))
    }

    async fn find_nonce(
        &self,
        room: RoomId,
        account: AccountId,
        nonce: u32,
        since: Timestamp,
    ) -> Result<Option<MessageNumber>, StorageError> {
        let kept = self.kept();
        let of_room = kept.range((room, MessageNumber(0))..=(room, MessageNumber(u64::MAX))).map(|(_, kept)| kept);
        let is_it = |(by, message): &&(AccountId, Message)| {
            *by == account && message.nonce == nonce && message.sent_at >= since
        };
        Ok(of_room.rev().find(is_it).map(|(_, message)| message.number))
    }

    async fn rename_account(&self, from: AccountId, to: AccountId) -> Result<(), StorageError> {
        self.departed().insert(from, Some(to));
        self.kept().values_mut().filter(|(account, _)| *account == from).for_each(|(account, _)| *account = to);
        Ok(())
    }

    async fn delete_account(&self, account: AccountId) -> Result<(), StorageError> {
        let mut departed = self.departed();
        departed.values_mut().filter(|owner| **owner == Some(account)).for_each(|owner| *owner = None);
        departed.insert(account, None);
        self.kept().retain(|_, (by, _)| *by != account);
        Ok(())
    }

    async fn delete_room(&self, room: RoomId) -> Result<(), StorageError> {
        self.kept().retain(|(known, _), _| *known != room);
        Ok(())
    }

    async fn rooms(&self) -> Result<Vec<RoomId>, StorageError> {
        let mut rooms: Vec<_> = self.kept().keys().map(|(room, _)| *room).collect();
        rooms.dedup();
        Ok(rooms)
    }
}

#[async_trait]
impl MessageSearch for MemoryArchive {
    async fn search(
        &self,
        room: RoomId,
        reading: Reading,
        query: &Query,
        before: MessageNumber,
        limit: usize,
    ) -> Result<Found, StorageError> {
        let kept = self.kept();
        let may_read = |account: AccountId| reading == Reading::All || reading == Reading::Own(account);
        let is_hit = |message: &Message| message.text.as_ref().is_some_and(|text| query.hits(text.as_str()).is_some());
        let of_room = kept.range((room, MessageNumber(0))..(room, before)).rev().map(|(_, kept)| kept);
        let mut hits = of_room.filter(|(account, message)| may_read(*account) && is_hit(message));
        let messages: Vec<_> = hits.by_ref().take(limit).map(|(_, message)| message.clone()).collect();
        let has_more = hits.next().is_some();
        Ok(Found { more_before: messages.last().filter(|_| has_more).map(|last| last.number), messages })
    }

    async fn index_earlier(&self) -> Result<(), StorageError> {
        Ok(())
    }
}
