//! An archive that lives as long as the process: for tests.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    room::{ArchiveChange, ArchivedMessage, Message, Messages, Reading, RoomEvent},
    time::Timestamp,
};

use super::MessageArchive;
use crate::storage::StorageError;

/// Messages in memory.
#[derive(Default)]
pub struct MemoryArchive {
    kept: Mutex<BTreeMap<(RoomId, MessageNumber), (AccountId, Message)>>,
}

impl MemoryArchive {
    fn kept(&self) -> MutexGuard<'_, BTreeMap<(RoomId, MessageNumber), (AccountId, Message)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, room: RoomId, event: &RoomEvent) {
        let mut kept = self.kept();
        let of_room = kept.iter_mut().filter(|((known, _), _)| *known == room);
        of_room.for_each(|(_, (_, message))| message.apply(event));
    }
}

#[async_trait]
impl MessageArchive for MemoryArchive {
    async fn apply(&self, room: RoomId, change: &ArchiveChange) -> Result<(), StorageError> {
        match change {
            ArchiveChange::Write { account, message } => {
                self.kept().entry((room, message.number)).or_insert_with(|| (*account, message.clone()));
            }
            ArchiveChange::Edit { number, version, text } => {
                let author = self.kept().get(&(room, *number)).map(|(_, message)| message.author);
                let Some(author) = author else { return Ok(()) };
                let (number, version, text) = (*number, *version, text.clone());
                self.change(room, &RoomEvent::MessageEdited { number, author, version, text });
            }
            ArchiveChange::Delete(number) => self.change(room, &RoomEvent::MessageDeleted { number: *number }),
            ArchiveChange::Pin { number, pinned } => {
                self.change(room, &RoomEvent::MessagePinned { number: *number, pinned: *pinned });
            }
            ArchiveChange::Deliver { up_to } => {
                self.change(room, &RoomEvent::MessagesDelivered { up_to: *up_to });
            }
        }
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
        Ok(Messages { messages, has_earlier: newest_first.next().is_some() })
    }

    async fn find(&self, room: RoomId, number: MessageNumber) -> Result<Option<ArchivedMessage>, StorageError> {
        Ok(self.kept().get(&(room, number)).map(|(account, message)| ArchivedMessage {
            account: *account,
            author: message.author,
            version: message.version,
            deleted: message.text.is_none(),
            pinned: message.pinned,
        }))
    }

    async fn holds(
        &self,
        room: RoomId,
        account: AccountId,
        nonce: u32,
        since: Timestamp,
    ) -> Result<bool, StorageError> {
        let kept = self.kept();
        let mut of_room = kept.range((room, MessageNumber(0))..=(room, MessageNumber(u64::MAX)));
        Ok(of_room.any(|(_, (by, message))| *by == account && message.nonce == nonce && message.sent_at >= since))
    }

    async fn rename_account(&self, from: AccountId, to: AccountId) -> Result<(), StorageError> {
        self.kept().values_mut().filter(|(account, _)| *account == from).for_each(|(account, _)| *account = to);
        Ok(())
    }

    async fn delete_account(&self, account: AccountId) -> Result<(), StorageError> {
        self.kept().retain(|_, (by, _)| *by != account);
        Ok(())
    }

    async fn delete_room(&self, room: RoomId) -> Result<(), StorageError> {
        self.kept().retain(|(known, _), _| *known != room);
        Ok(())
    }
}
