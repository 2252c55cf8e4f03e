//! Epochs of the rooms' logs. An epoch is a fencing token: a log that several nodes write refuses entries of an epoch that is older
//! than its latest one. Epochs are drawn from the database, because a log's own store can lose its last writes.

mod memory;
mod sql;

use std::collections::BTreeSet;

use async_trait::async_trait;
use heartogether::id::RoomId;

pub use memory::MemoryEpochs;
pub use sql::SqlEpochs;

use super::StorageError;

/// A number that orders the writers of a room's log. The first that a room draws is 1; 0 is before all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// Draws epochs.
#[async_trait]
pub trait Epochs: Send + Sync {
    /// The room's next epoch. It is greater than every epoch that any node has drawn for this room before, and nobody else gets it.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn draw(&self, room: RoomId) -> Result<Epoch, StorageError>;

    /// The latest epoch that was drawn for the room; `Epoch(0)` if none was.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn latest(&self, room: RoomId) -> Result<Epoch, StorageError>;

    /// The rooms that have drawn epochs and were not forgotten.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn rooms(&self) -> Result<BTreeSet<RoomId>, StorageError>;

    /// Forgets a room that has ended. A room's id is never used again, so no later room draws its epochs.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn forget(&self, room: RoomId) -> Result<(), StorageError>;
}
