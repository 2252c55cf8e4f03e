//! A key for each account. It seals all texts that the account's owner wrote, wherever they are stored. Deleting the
//! key makes all of them unreadable at once, also in files and copies that are not rewritten.
//!
//! Keys are transferred and deleted together with the account, in the transactions of the
//! [accounts](super::accounts::Accounts).

mod memory;
mod sql;

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

use async_trait::async_trait;
use heartogether::id::AccountId;

pub use memory::MemoryKeys;
pub use sql::SqlKeys;

use super::StorageError;

/// A key of 256 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountKey(pub [u8; 32]);

impl fmt::Debug for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountKey(..)")
    }
}

/// Storage of keys.
#[async_trait]
pub trait AccountKeys: Send + Sync {
    /// The keys of these accounts. An account that has written nothing, or is deleted, has none.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find(&self, accounts: &BTreeSet<AccountId>) -> Result<HashMap<AccountId, AccountKey>, StorageError>;

    /// The same, but makes a key for each account that exists and has none.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find_or_make(
        &self,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<HashMap<AccountId, AccountKey>, StorageError>;
}
