//! Where accounts have been, for their own landing pages.

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, RoomId},
    time::Timestamp,
};

use crate::storage::StorageError;

/// Rooms remembered for one account.
pub const VISITS_KEPT: usize = 8;

/// Where visits are kept.
#[async_trait]
pub trait Visits: Send + Sync {
    /// Remembers that an account was in a room, and forgets all but its latest [`VISITS_KEPT`].
    ///
    /// # Errors
    /// [`StorageError`].
    async fn add_visit(&self, account: AccountId, room: RoomId, at: Timestamp) -> Result<(), StorageError>;

    /// The rooms an account was in, the latest first, over or not.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn visits(&self, account: AccountId) -> Result<Vec<RoomId>, StorageError>;
}
