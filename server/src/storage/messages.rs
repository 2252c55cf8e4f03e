//! The archive of messages, which is read in pages.
//!
//! Names and texts are sealed with their authors' keys. When an account is deleted, its messages are deleted too, and with them what they
//! are found by.

mod memory;
mod search;
mod sql;

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    room::{ArchiveChange, ArchivedMessage, Message, Messages, Reading},
    time::Timestamp,
};

pub use memory::MemoryArchive;
pub use search::{Found, MessageSearch};
pub use sql::SqlArchive;

use super::StorageError;

/// Milliseconds in which the server recognises a message that a page sends twice: a day.
pub const NONCE_KEPT_MS: u64 = 24 * 60 * 60 * 1000;

/// Storage of messages.
#[async_trait]
pub trait MessageArchive: Send + Sync {
    /// Makes the changes in their order, all of them or none. A change that was made before has no effect, and no message of a
    /// deleted account is written.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn apply(&self, room: RoomId, changes: &[ArchiveChange]) -> Result<(), StorageError>;

    /// At most `limit` messages before `before` that `reading` allows, and whether there are older ones.
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

    /// The messages of these numbers that the archive has, oldest first.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn at(&self, room: RoomId, numbers: &[MessageNumber]) -> Result<Vec<Message>, StorageError>;

    /// One message, if the archive has it.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find(&self, room: RoomId, number: MessageNumber) -> Result<Option<ArchivedMessage>, StorageError>;

    /// The number of this account's message with this nonce, sent at `since` or later, if the archive has it.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find_nonce(
        &self,
        room: RoomId,
        account: AccountId,
        nonce: u32,
        since: Timestamp,
    ) -> Result<Option<MessageNumber>, StorageError>;

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

/// What a room needs to know of a message of this account.
const fn facts_of(account: AccountId, message: &Message) -> ArchivedMessage {
    ArchivedMessage {
        account,
        author: message.author,
        version: message.version,
        deleted: message.text.is_none(),
        pinned: message.pinned,
        emoji: message.emoji.len() as u32,
    }
}

/// Applies a change to a message. A change to another message, or one that was applied before, has no effect.
fn apply(message: &mut Message, change: &ArchiveChange) {
    match change {
        ArchiveChange::Edit { number, version, text, markup }
            if *number == message.number && *version > message.version =>
        {
            message.version = *version;
            message.change_words(text, markup.as_ref());
        }
        ArchiveChange::Delete(number) if *number == message.number => message.delete(),
        ArchiveChange::Pin { number, pinned } if *number == message.number => message.pinned = *pinned,
        ArchiveChange::RemovePicture { number, picture } if *number == message.number => {
            message.remove_picture(*picture)
        }
        ArchiveChange::React { number, member, emoji, on } if *number == message.number => {
            message.react(*member, emoji, *on);
        }
        ArchiveChange::Deliver { up_to } if message.number <= *up_to => message.delivered = true,
        _ => {}
    }
}
