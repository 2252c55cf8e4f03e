//! The archives that must satisfy the contract, with the server's parts that they need.

use std::{any::Any, ops::Range, sync::Arc};

use heartogether::{
    id::{AccountId, MessageNumber},
    room::{ArchiveChange, Message, Messages, Reading},
};
use heartogether_server::storage::{
    accounts::{Accounts, SqlStore},
    database::{self, Database},
    keys::SqlKeys,
    messages::{MemoryArchive, MessageArchive, MessageSearch, SqlArchive},
    sealing::Sealer,
};
use sqlx::{Connection, Executor, PgConnection, SqlitePool};
use tempfile::TempDir;

use super::{
    ADA, ALL, GRACE, NOW, ROOM,
    messages::{numbers, write},
};
use crate::{
    store_contract::{become_account, guest},
    support::PostgresDatabase,
};

/// An archive, and what it lives in.
pub(super) struct Bench {
    pub(super) archive: Arc<dyn MessageArchive>,
    pub(super) search: Arc<dyn MessageSearch>,
    pub(super) stored: Option<Stored>,
}

/// The database of an archive, with the accounts whose keys it uses.
pub(super) struct Stored {
    pub(super) accounts: SqlStore,
    sealer: Arc<Sealer>,
    /// Carries out statements that the archive does not make itself.
    pub(super) meddle: Meddle,
    /// The same archive as another node has it.
    pub(super) elsewhere: Arc<dyn MessageArchive>,
    _kept: Box<dyn Any>,
}

/// A connection of the tests' own to the database.
pub(super) enum Meddle {
    Sqlite(SqlitePool),
    Postgres(String),
}

impl Meddle {
    pub(super) async fn execute(&self, statement: &'static str) {
        match self {
            Self::Sqlite(pool) => {
                sqlx::query(statement).execute(pool).await.expect("carried out");
            }
            Self::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.expect("a connection");
                connection.execute(statement).await.expect("carried out");
            }
        }
    }
}

impl Bench {
    pub(super) fn memory() -> Self {
        let archive = Arc::new(MemoryArchive::default());
        Self { search: archive.clone(), archive, stored: None }
    }

    pub(super) async fn sqlite() -> Self {
        Self::sqlite_with_pool().await.0
    }

    pub(super) async fn sqlite_with_pool() -> (Self, SqlitePool) {
        let folder = TempDir::new().expect("a folder");
        let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
        (Self::fill(pool.clone().into(), Meddle::Sqlite(pool.clone()), Box::new(folder)).await, pool)
    }

    pub(super) async fn on_sqlite(pool: SqlitePool) -> Self {
        Self::fill(pool.clone().into(), Meddle::Sqlite(pool), Box::new(())).await
    }

    pub(super) async fn postgres() -> Self {
        let kept = PostgresDatabase::create().await;
        Self::fill(kept.open().await, Meddle::Postgres(kept.url.clone()), Box::new(kept)).await
    }

    async fn fill(database: Database, meddle: Meddle, kept: Box<dyn Any>) -> Self {
        let accounts = SqlStore::new(database.clone());
        for account in [guest(ADA), guest(GRACE)] {
            accounts.add_account(&account, NOW).await.expect("stored");
        }
        let sealer = || Arc::new(Sealer::new(Arc::new(SqlKeys::new(database.clone()))));
        let elsewhere = Arc::new(SqlArchive::new(database.clone(), sealer()));
        let sealer = sealer();
        let archive = Arc::new(SqlArchive::new(database.clone(), sealer.clone()));
        Self {
            search: archive.clone(),
            archive,
            stored: Some(Stored { accounts, sealer, meddle, elsewhere, _kept: kept }),
        }
    }

    /// Deletes an account as the server does.
    pub(super) async fn delete_account(&self, account: AccountId) {
        if let Some(stored) = &self.stored {
            stored.accounts.delete_account(account).await.expect("deleted");
            stored.sealer.forget_keys();
        }
        self.archive.delete_account(account).await.expect("deleted");
    }

    /// Lets a guest become another account, as the server does.
    pub(super) async fn merge(&self, from: AccountId, to: AccountId) {
        if let Some(stored) = &self.stored {
            become_account(&stored.accounts, from, to).await;
        }
        self.archive.rename_account(from, to).await.expect("renamed");
        if let Some(stored) = &self.stored {
            stored.accounts.delete_account(from).await.expect("deleted");
            stored.accounts.end_departure(from).await.expect("forgotten");
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
