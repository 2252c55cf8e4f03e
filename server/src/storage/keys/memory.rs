//! Keys in memory, for tests.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::id::AccountId;

use super::{AccountKey, AccountKeys};
use crate::{random, storage::StorageError};

/// Keys in memory. Every account exists until its key is deleted.
#[derive(Default)]
pub struct MemoryKeys(Mutex<HashMap<AccountId, Option<AccountKey>>>);

impl MemoryKeys {
    /// Deletes an account's key for good.
    pub fn delete(&self, account: AccountId) {
        self.kept().insert(account, None);
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<AccountId, Option<AccountKey>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl AccountKeys for MemoryKeys {
    async fn find(&self, accounts: &BTreeSet<AccountId>) -> Result<HashMap<AccountId, AccountKey>, StorageError> {
        let kept = self.kept();
        let key = |account: &AccountId| Some((*account, kept.get(account)?.clone()?));
        Ok(accounts.iter().filter_map(key).collect())
    }

    async fn find_or_make(
        &self,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<HashMap<AccountId, AccountKey>, StorageError> {
        for account in accounts {
            self.kept().entry(*account).or_insert_with(|| Some(AccountKey(random::bytes())));
        }
        self.find(accounts).await
    }
}
