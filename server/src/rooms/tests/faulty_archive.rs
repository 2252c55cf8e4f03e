//! An archive with faults, for tests.

use heartogether::room::{ArchivedMessage, Message, Messages, Reading};

use super::*;
use crate::storage::StorageError;

/// The message whose row is damaged.
const DAMAGED: MessageNumber = MessageNumber(2);

/// An archive in memory that can be away or slow, and in which one message's row is damaged.
#[derive(Default)]
pub(super) struct FaultyArchive {
    archive: MemoryArchive,
    pub(super) is_away: AtomicBool,
    delay: Duration,
}

impl FaultyArchive {
    /// One that is slow to write.
    pub(super) fn slow() -> Self {
        Self { delay: Duration::from_secs(1), ..Self::default() }
    }
}

#[async_trait]
impl MessageArchive for FaultyArchive {
    async fn apply(&self, room: RoomId, changes: &[ArchiveChange]) -> Result<(), StorageError> {
        let is_damaged = |change: &ArchiveChange| matches!(change, ArchiveChange::Write { message, .. } if message.number == DAMAGED);
        tokio::time::sleep(self.delay).await;
        match () {
            () if self.is_away.load(SeqCst) => Err(StorageError::new(std::io::Error::other("no disk"))),
            () if changes.iter().any(is_damaged) => Err(StorageError::damage(std::io::Error::other("a bad row"))),
            () => self.archive.apply(room, changes).await,
        }
    }

    async fn before(
        &self,
        room: RoomId,
        reading: Reading,
        before: MessageNumber,
        limit: usize,
    ) -> Result<Messages, StorageError> {
        self.archive.before(room, reading, before, limit).await
    }

    async fn at(&self, room: RoomId, numbers: &[MessageNumber]) -> Result<Vec<Message>, StorageError> {
        self.archive.at(room, numbers).await
    }

    async fn find(&self, room: RoomId, number: MessageNumber) -> Result<Option<ArchivedMessage>, StorageError> {
        self.archive.find(room, number).await
    }

    async fn find_nonce(
        &self,
        room: RoomId,
        account: AccountId,
        nonce: u32,
        since: Timestamp,
    ) -> Result<Option<MessageNumber>, StorageError> {
        self.archive.find_nonce(room, account, nonce, since).await
    }

    async fn rename_account(&self, from: AccountId, to: AccountId) -> Result<(), StorageError> {
        self.archive.rename_account(from, to).await
    }

    async fn delete_account(&self, account: AccountId) -> Result<(), StorageError> {
        self.archive.delete_account(account).await
    }

    async fn delete_room(&self, room: RoomId) -> Result<(), StorageError> {
        self.archive.delete_room(room).await
    }

    async fn rooms(&self) -> Result<Vec<RoomId>, StorageError> {
        self.archive.rooms().await
    }
}
