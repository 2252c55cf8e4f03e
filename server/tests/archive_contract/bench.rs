//! The archives that must satisfy the contract, with the server's parts that they need.

use std::{ops::Range, sync::Arc};

use heartogether::{
    id::{AccountId, MessageNumber},
    room::{ArchiveChange, Message, Messages, Reading},
};
use heartogether_server::storage::{
    accounts::{Accounts, SqliteStore},
    database,
    keys::SqliteKeys,
    messages::{MemoryArchive, MessageArchive, SqliteArchive},
    sealing::Sealer,
};
use sqlx::SqlitePool;
use tempfile::TempDir;

use super::{
    ADA, ALL, GRACE, NOW, ROOM,
    messages::{numbers, write},
};
use crate::store_contract::{become_account, guest};

/// An archive, and what it lives in.
pub(super) struct Bench {
    pub(super) archive: Arc<dyn MessageArchive>,
    pub(super) file: Option<File>,
}

/// The file of an archive, with the accounts whose keys it uses.
pub(super) struct File {
    pub(super) accounts: SqliteStore,
    sealer: Arc<Sealer>,
    pub(super) pool: SqlitePool,
    _folder: TempDir,
}

impl Bench {
    pub(super) fn memory() -> Self {
        Self { archive: Arc::new(MemoryArchive::default()), file: None }
    }

    pub(super) async fn sqlite() -> Self {
        let folder = TempDir::new().expect("a folder");
        let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
        let accounts = SqliteStore::new(pool.clone());
        for account in [guest(ADA), guest(GRACE)] {
            accounts.add_account(&account, NOW).await.expect("stored");
        }
        let sealer = Arc::new(Sealer::new(Arc::new(SqliteKeys::new(pool.clone()))));
        let archive = Arc::new(SqliteArchive::new(pool.clone(), sealer.clone()));
        Self { archive, file: Some(File { accounts, sealer, pool, _folder: folder }) }
    }

    /// Deletes an account as the server does.
    pub(super) async fn delete_account(&self, account: AccountId) {
        if let Some(file) = &self.file {
            file.accounts.delete_account(account).await.expect("deleted");
            file.sealer.forget_keys();
        }
        self.archive.delete_account(account).await.expect("deleted");
    }

    /// Lets a guest become another account, as the server does.
    pub(super) async fn merge(&self, from: AccountId, to: AccountId) {
        if let Some(file) = &self.file {
            become_account(&file.accounts, from, to).await;
        }
        self.archive.rename_account(from, to).await.expect("renamed");
        if let Some(file) = &self.file {
            file.accounts.delete_account(from).await.expect("deleted");
            file.accounts.end_departure(from).await.expect("forgotten");
        }
    }

    pub(super) async fn apply(&self, change: ArchiveChange) {
        self.archive.apply(ROOM, &[change]).await.expect("carried out");
    }

    /// Ada writes the odd ones, and Grace the even ones.
    pub(super) async fn write(&self, numbers: Range<u64>) {
        let changes: Vec<_> = numbers.map(|number| write(if number % 2 == 1 { ADA } else { GRACE }, number)).collect();
        self.archive.apply(ROOM, &changes).await.expect("carried out");
    }

    pub(super) async fn all(&self, reading: Reading) -> Messages {
        self.archive.before(ROOM, reading, MessageNumber(u64::MAX), ALL).await.expect("read")
    }

    pub(super) async fn numbers(&self, reading: Reading) -> Vec<u64> {
        numbers(&self.all(reading).await)
    }

    pub(super) async fn only(&self) -> Message {
        let [message] = self.all(Reading::All).await.messages.try_into().expect("one message");
        message
    }
}
