//! The database that holds accounts, sessions, messages and the rooms' logs: a SQLite file on a single machine, or PostgreSQL.
//!
//! Statements keep to the dialect that both share. What differs (opening, locking, errors, maintenance) is in this module. Only this
//! module and the migrations name the library.

mod connection;
mod fault;
mod lock;
mod postgres;
mod row;
mod sqlite;
mod statement;
mod tables;
mod transaction;
mod transfer;
mod url;

use sqlx::{SqlitePool, migrate::MigrateError};

use self::postgres::Postgres;
use super::{StorageError, migrations};

pub(crate) use self::{
    connection::Connection,
    fault::{is_out_of_service, unreadable},
    lock::{DatabaseLock, Sharing},
    row::Row,
    statement::{Statement, statement},
    transaction::{Durability, WriteTransaction},
};
pub use self::{
    sqlite::{Synchronous, open, open_unchanged, open_with},
    transfer::{Moved, TransferError, transfer},
    url::{DatabaseUrl, InvalidUrl, PostgresUrl},
};

/// The file of SQLite in the data folder.
pub(crate) const FILE: &str = "heartogether.db";

/// An error of the database.
pub type Error = sqlx::Error;

/// Why a database cannot be opened.
pub type OpenError = MigrateError;

/// An open database.
#[derive(Clone, Debug)]
pub struct Database(Pool);

/// Connections to it.
#[derive(Clone, Debug)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(Postgres),
}

impl From<SqlitePool> for Database {
    fn from(pool: SqlitePool) -> Self {
        Self(Pool::Sqlite(pool))
    }
}

impl Database {
    /// A database of PostgreSQL, with at most so many connections at once. None is opened before it is needed.
    pub fn postgres(url: &PostgresUrl, connections: u32) -> Self {
        Self(Pool::Postgres(Postgres::new(url.options(), connections)))
    }

    /// Brings the tables up to date.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn migrate(&self) -> Result<(), OpenError> {
        match &self.0 {
            Pool::Sqlite(pool) => migrations::migrator().run(pool).await,
            Pool::Postgres(postgres) => migrations::migrator().run(&postgres.pool).await,
        }
    }

    /// Whether the tables are those of this version.
    ///
    /// # Errors
    /// Errors of the database.
    pub(crate) async fn is_up_to_date(&self) -> Result<bool, Error> {
        Ok(transfer::latest_migration(self).await? == Some(migrations::latest()))
    }

    /// Closes every connection, and waits for those that are in use.
    pub async fn close(&self) {
        match &self.0 {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(postgres) => postgres.pool.close().await,
        }
    }

    /// A connection of its own, for statements that belong together.
    pub(crate) async fn acquire(&self) -> Result<Connection, Error> {
        match &self.0 {
            Pool::Sqlite(pool) => Ok(pool.acquire().await?.into()),
            Pool::Postgres(postgres) => Ok(Connection::of_postgres(postgres.acquire().await?, postgres.clone())),
        }
    }

    /// Writes a row, as everything else that is stored is written.
    pub(crate) async fn probe(&self) -> Result<(), StorageError> {
        let upsert =
            "INSERT INTO probes (id, count) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET count = probes.count + 1";
        statement(upsert).execute(self).await?;
        Ok(())
    }

    /// Bytes that something is stored in.
    pub(crate) async fn bytes_in_use(&self) -> Result<u64, Error> {
        match &self.0 {
            Pool::Sqlite(pool) => sqlite::bytes_in_use(pool).await,
            Pool::Postgres(_) => {
                let size = "SELECT pg_database_size(current_database()) AS size";
                Ok(from_sql(statement(size).fetch_one(self).await?.try_get("size")?))
            }
        }
    }

    /// Erases deleted data from the database's own journal, as far as the database lets us. Returns whether that was possible.
    pub(crate) async fn erase_deleted(&self) -> Result<bool, Error> {
        match &self.0 {
            Pool::Sqlite(pool) => sqlite::empty_write_ahead_log(pool).await,
            // PostgreSQL's journal is its operator's: it is kept for replicas and backups (docs/operating.md).
            Pool::Postgres(_) => Ok(true),
        }
    }
}

/// An unsigned number as a signed one: SQL has no unsigned ones. Times and sequence numbers stay far below the limit.
pub(crate) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number that [`to_sql`] wrote.
pub(crate) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
