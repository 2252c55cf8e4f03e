//! Finding messages by their words.

use async_trait::async_trait;
use heartogether::{
    id::{MessageNumber, RoomId},
    room::{Message, Reading},
};

use crate::{search::Query, storage::StorageError};

/// Search in the archive of messages. What the archive no longer has is not found.
#[async_trait]
pub trait MessageSearch: Send + Sync {
    /// At most `limit` messages before `before` that `reading` allows and that have all words of the query, latest first.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn search(
        &self,
        room: RoomId,
        reading: Reading,
        query: &Query,
        before: MessageNumber,
        limit: usize,
    ) -> Result<Found, StorageError>;

    /// Indexes messages that were archived before there was an index, or with another version of it.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn index_earlier(&self) -> Result<(), StorageError>;
}

/// A page of messages that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The latest first. None of them is deleted.
    pub messages: Vec<Message>,
    /// Where the next page begins: before this message; `None` if there is no more.
    pub more_before: Option<MessageNumber>,
}
