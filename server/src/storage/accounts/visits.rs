//! The rooms that accounts visited, for their landing pages.

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, RoomId},
    time::Timestamp,
};

use crate::storage::StorageError;

/// Visits stored for one account.
pub const VISITS_KEPT: usize = 8;

/// Storage of visits.
#[async_trait]
pub trait Visits: Send + Sync {
    /// Stores that an account was in a room, and deletes all but the account's latest [`VISITS_KEPT`] visits.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn add_visit(&self, account: AccountId, room: RoomId, at: Timestamp) -> Result<(), StorageError>;

    /// The rooms that an account was in, latest first, also those that have ended.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn visits(&self, account: AccountId) -> Result<Vec<RoomId>, StorageError>;
}
