//! Keys in a database.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use heartogether::id::AccountId;

use super::{AccountKey, AccountKeys};
use crate::{
    random,
    storage::{
        StorageError,
        database::{Database, Durability, Row, WriteTransaction, statement},
    },
};

/// Keys in a database.
pub struct SqlKeys {
    database: Database,
}

impl SqlKeys {
    /// The keys of a database.
    pub fn new(database: impl Into<Database>) -> Self {
        Self { database: database.into() }
    }
}

fn parse(row: &Row) -> Option<AccountKey> {
    let key = BASE64_STANDARD.decode(row.try_get::<&str>("sealing_key").ok()?).ok()?;
    Some(AccountKey(key.try_into().ok()?))
}

#[async_trait]
impl AccountKeys for SqlKeys {
    async fn find(&self, accounts: &BTreeSet<AccountId>) -> Result<HashMap<AccountId, AccountKey>, StorageError> {
        let mut found = HashMap::new();
        for account in accounts {
            let select = statement("SELECT sealing_key FROM account_keys WHERE account = $1").bind(account.to_string());
            let Some(row) = select.fetch_optional(&self.database).await? else { continue };
            match parse(&row) {
                Some(key) => _ = found.insert(*account, key),
                // A room must not wait for one person's texts, which nobody can read any more.
                None => tracing::error!(%account, "the key of an account is damaged and counts as deleted"),
            }
        }
        Ok(found)
    }

    async fn find_or_make(
        &self,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<HashMap<AccountId, AccountKey>, StorageError> {
        let mut found = self.find(accounts).await?;
        let missing: BTreeSet<_> = accounts.iter().copied().filter(|account| !found.contains_key(account)).collect();
        if missing.is_empty() {
            return Ok(found);
        }
        let mut transaction = WriteTransaction::begin(&self.database, Durability::AsSet).await?;
        transaction.lock_accounts().await?;
        for account in &missing {
            // A guest who signed in to another account may still have a message under way. Its key belongs to that
            // account.
            let make = "INSERT INTO account_keys (account, owner, sealing_key) \
                        SELECT $1, COALESCE((SELECT successor FROM departures WHERE account = $1), $1), $2 \
                        WHERE EXISTS (SELECT 1 FROM accounts WHERE id = $1) OR EXISTS \
                        (SELECT 1 FROM departures WHERE account = $1 AND successor IS NOT NULL) \
                        ON CONFLICT (account) DO NOTHING";
            let make = statement(make).bind(account.to_string());
            make.bind(BASE64_STANDARD.encode(random::bytes::<32>())).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        found.extend(self.find(&missing).await?);
        Ok(found)
    }
}
