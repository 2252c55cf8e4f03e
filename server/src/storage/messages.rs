//! The archive of what people wrote: every message of every room, read in pages.

mod memory;

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    room::{ArchiveChange, ArchivedMessage, Messages, Reading},
    time::Timestamp,
};

pub use memory::MemoryArchive;

use super::StorageError;

/// Milliseconds for which a message that is sent again is known to be the same: a day.
pub const NONCE_KEPT_MS: u64 = 24 * 60 * 60 * 1000;

/// Where messages are kept.
#[async_trait]
pub trait MessageArchive: Send + Sync {
    /// Carries a change out. One that was carried out before changes nothing, and nothing is written of an account that was
    /// deleted.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn apply(&self, room: RoomId, change: &ArchiveChange) -> Result<(), StorageError>;

    /// At most `limit` messages before this one that may be read, and whether there are older ones.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn before(
        &self,
        room: RoomId,
        reading: Reading,
        before: MessageNumber,
        limit: usize,
    ) -> Result<Messages, StorageError>;

    /// What is known of one message.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find(&self, room: RoomId, number: MessageNumber) -> Result<Option<ArchivedMessage>, StorageError>;

    /// Whether an account has written a message of this nonce since then.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn holds(&self, room: RoomId, account: AccountId, nonce: u32, since: Timestamp)
    -> Result<bool, StorageError>;

    /// Gives an account's messages to another one.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn rename_account(&self, from: AccountId, to: AccountId) -> Result<(), StorageError>;

    /// Deletes all messages of an account.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn delete_account(&self, account: AccountId) -> Result<(), StorageError>;

    /// Deletes all messages of a room.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn delete_room(&self, room: RoomId) -> Result<(), StorageError>;
}
