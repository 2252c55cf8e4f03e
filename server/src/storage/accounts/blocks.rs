//! The accounts that accounts have blocked. Whoever is blocked does not learn of it.

use async_trait::async_trait;
use heartogether::{id::AccountId, time::Timestamp};

use crate::storage::StorageError;

/// Accounts that one account may have blocked.
pub const BLOCKS_KEPT: usize = 500;

/// Storage of blocks.
#[async_trait]
pub trait Blocks: Send + Sync {
    /// Blocks another account. Returns whether it is blocked: an account may have blocked [`BLOCKS_KEPT`] others.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn block(&self, account: AccountId, other: AccountId, since: Timestamp) -> Result<bool, StorageError>;

    /// Blocks another account no more.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn unblock(&self, account: AccountId, other: AccountId) -> Result<(), StorageError>;

    /// The accounts that an account has blocked, the latest first.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn blocked(&self, account: AccountId) -> Result<Vec<AccountId>, StorageError>;
}
