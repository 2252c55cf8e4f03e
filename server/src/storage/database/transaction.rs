//! Transactions that write.

use std::ops::{Deref, DerefMut};

use super::{Connection, Database, Error, statement};

/// Whether a committed transaction is flushed to the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Durability {
    /// As [`Synchronous`](super::Synchronous) is set, or PostgreSQL's `synchronous_commit`.
    AsSet,
    /// No power cut undoes it, whatever is set. The write-ahead log is one file that is flushed as a whole, so every
    /// transaction before it is safe as well.
    Full,
}

/// A write transaction. Unless it is committed, its connection is closed with it and never returns to the pool: SQLite has
/// rolled some failed transactions back by itself (such as at `SQLITE_FULL`), where another rollback fails, and the pool
/// would hand out a connection that still counts as being within a transaction.
pub(crate) struct WriteTransaction {
    connection: Option<Connection>,
    is_raised: bool,
    /// Whether there is something to commit.
    is_begun: bool,
}

impl WriteTransaction {
    /// Begins one. In SQLite it is the only one that writes: it waits for another writer to end.
    pub(crate) async fn begin(database: &Database, durability: Durability) -> Result<Self, Error> {
        let mut transaction = Self::on(database).await?;
        match transaction.is_postgres() {
            true => transaction.begin_in_postgres(durability).await?,
            false => transaction.begin_in_sqlite(durability).await?,
        }
        Ok(transaction)
    }

    /// Begins one for a single statement that writes as durably as is set. SQLite makes a transaction of each statement by itself.
    pub(crate) async fn begin_for_one(database: &Database) -> Result<Self, Error> {
        let mut transaction = Self::on(database).await?;
        if transaction.is_postgres() {
            transaction.begin_in_postgres(Durability::AsSet).await?;
        }
        Ok(transaction)
    }

    async fn on(database: &Database) -> Result<Self, Error> {
        Ok(Self { connection: Some(database.acquire().await?), is_raised: false, is_begun: false })
    }

    async fn begin_in_sqlite(&mut self, durability: Durability) -> Result<(), Error> {
        if durability == Durability::Full {
            // Within a transaction the level cannot be changed.
            let level: i64 = statement("PRAGMA synchronous").fetch_one(&mut **self).await?.try_get("synchronous")?;
            self.is_raised = level == NORMAL;
            if self.is_raised {
                statement("PRAGMA synchronous = FULL").execute(&mut **self).await?;
            }
        }
        // IMMEDIATE waits for other writers instead of failing at the first statement.
        statement("BEGIN IMMEDIATE").execute(&mut **self).await?;
        self.is_begun = true;
        Ok(())
    }

    async fn begin_in_postgres(&mut self, durability: Durability) -> Result<(), Error> {
        statement("BEGIN").execute(&mut **self).await?;
        self.is_begun = true;
        if durability == Durability::Full {
            // Every other level waits for the disk already.
            let raise = "SELECT set_config('synchronous_commit', 'on', true) \
                         WHERE current_setting('synchronous_commit') = 'off'";
            statement(raise).execute(&mut **self).await?;
        }
        Ok(())
    }

    /// Keeps accounts and their keys as they are until the end of the transaction. Several transactions can do so at once, and wait
    /// for those that [change accounts](Self::lock_accounts).
    pub(crate) async fn hold_accounts(&mut self) -> Result<(), Error> {
        self.lock("SELECT pg_advisory_xact_lock_shared($1)").await
    }

    /// Lets nobody else change or [hold](Self::hold_accounts) accounts and their keys until the end of the transaction.
    pub(crate) async fn lock_accounts(&mut self) -> Result<(), Error> {
        self.lock("SELECT pg_advisory_xact_lock($1)").await
    }

    /// In SQLite, nobody else writes anyway.
    async fn lock(&mut self, lock: &'static str) -> Result<(), Error> {
        if self.is_postgres() {
            statement(lock).bind(ACCOUNTS_LOCK).execute(&mut **self).await?;
        }
        Ok(())
    }

    /// Commits it, and gives the connection back.
    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        if self.is_begun {
            statement("COMMIT").execute(&mut *self).await?;
        }
        if self.is_raised && statement("PRAGMA synchronous = NORMAL").execute(&mut *self).await.is_err() {
            // The transaction is committed. The connection has the wrong level, so it is closed.
            return Ok(());
        }
        drop(self.connection.take());
        Ok(())
    }
}

/// `PRAGMA synchronous` of [`Synchronous::Normal`](super::Synchronous::Normal).
const NORMAL: i64 = 1;
/// The key of PostgreSQL's advisory lock on accounts: "hearacct" in ASCII.
const ACCOUNTS_LOCK: i64 = i64::from_be_bytes(*b"hearacct");

impl Deref for WriteTransaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("the connection is there until the end")
    }
}

impl DerefMut for WriteTransaction {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("the connection is there until the end")
    }
}

impl Drop for WriteTransaction {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.cut();
        }
    }
}
