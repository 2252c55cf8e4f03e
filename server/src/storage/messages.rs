//! The archive of what people wrote: every message of every room, read in pages.
//!
//! Names and words in it are sealed with their authors' keys, and a message of an account that is deleted goes with it.

mod memory;
mod sqlite;

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    room::{ArchiveChange, ArchivedMessage, Message, Messages, Reading},
    time::Timestamp,
};

pub use memory::MemoryArchive;
pub use sqlite::SqliteArchive;

use super::StorageError;

/// Milliseconds for which a message that is sent again is known to be the same: a day.
pub const NONCE_KEPT_MS: u64 = 24 * 60 * 60 * 1000;

/// Where messages are kept.
#[async_trait]
pub trait MessageArchive: Send + Sync {
    /// Carries changes out, one after the other. One that was carried out before changes nothing, and nothing is written of an
    /// account that was deleted.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn apply(&self, room: RoomId, changes: &[ArchiveChange]) -> Result<(), StorageError>;

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

    /// The rooms whose messages are there.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn rooms(&self) -> Result<Vec<RoomId>, StorageError>;
}

/// What a change makes of a message. One about others, or that has come to pass already, changes nothing.
fn apply(message: &mut Message, change: &ArchiveChange) {
    match change {
        ArchiveChange::Edit { number, version, text } if *number == message.number && *version > message.version => {
            message.version = *version;
            message.text = message.text.is_some().then(|| text.clone());
        }
        ArchiveChange::Delete(number) if *number == message.number => message.text = None,
        ArchiveChange::Pin { number, pinned } if *number == message.number => message.pinned = *pinned,
        ArchiveChange::Deliver { up_to } if message.number <= *up_to => message.delivered = true,
        _ => {}
    }
}
