//! A key for each account, with which everything its person wrote is sealed wherever it is stored. Whoever deletes the key makes
//! all of that unreadable at once, in files and copies that nobody rewrites.
//!
//! Keys are handed over and deleted together with the account, in the transactions of the
//! [accounts](super::accounts::Accounts).

mod memory;
mod sqlite;

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

use async_trait::async_trait;
use heartogether::id::AccountId;

pub use memory::MemoryKeys;
pub use sqlite::SqliteKeys;

use super::StorageError;

/// A key of 256 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountKey(pub [u8; 32]);

impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountKey(..)")
    }
}

/// Where keys are kept.
#[async_trait]
pub trait AccountKeys: Send + Sync {
    /// The keys of these accounts; none for one that has not written anything, or was deleted.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find(&self, accounts: &BTreeSet<AccountId>) -> Result<HashMap<AccountId, AccountKey>, StorageError>;

    /// The same, with a new key for each account that is there and has none.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find_or_make(
        &self,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<HashMap<AccountId, AccountKey>, StorageError>;
}
