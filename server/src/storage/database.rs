//! The SQLite file that holds accounts, sessions and the rooms' logs on a single machine.

use std::{
    error::Error,
    ops::{Deref, DerefMut},
    path::Path,
    sync::Arc,
    time::Duration,
};

use clap::ValueEnum;
use sqlx::{
    AssertSqlSafe, Sqlite, SqliteConnection, SqlitePool,
    migrate::MigrateError,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{StorageError, TookTooLong, log::LogError, migrations};

/// Connections to an open database.
pub type Pool = SqlitePool;

/// Why a database cannot be opened.
pub type OpenError = MigrateError;

/// How long a writer waits for another one.
const BUSY_MS: u64 = 5_000;
/// How long a checkpoint that empties the write-ahead log waits for a reader. Writers wait for the checkpoint meanwhile, so it gives
/// up long before they do.
const CHECKPOINT_BUSY_MS: u64 = 200;
/// How often such a checkpoint is tried at once.
const CHECKPOINTS: u32 = 3;
/// Readers beside each other; each is a thread of its own.
const CONNECTIONS: u32 = 4;

/// What a power cut can undo. A server that is killed loses nothing at either level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Synchronous {
    /// The last commits, as far back as the last checkpoint of the write-ahead log; never a log-out, a removal or a deletion.
    #[default]
    Normal,
    /// Nothing that the server has answered: every commit waits for the disk.
    Full,
}

impl Synchronous {
    const fn level(self) -> SqliteSynchronous {
        match self {
            Self::Normal => SqliteSynchronous::Normal,
            Self::Full => SqliteSynchronous::Full,
        }
    }
}

/// Opens the file with [`Synchronous::Normal`], creates it if it is missing, and brings its tables up to date.
///
/// # Errors
/// Errors of the file system or of SQLite.
pub async fn open(path: &Path) -> Result<Pool, OpenError> {
    open_with(path, Synchronous::default()).await
}

/// The same with another level.
///
/// # Errors
/// Errors of the file system or of SQLite.
pub async fn open_with(path: &Path, synchronous: Synchronous) -> Result<Pool, OpenError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous.level())
        // What is deleted is overwritten with zeros, in pages that are free too; otherwise it would stay in the file.
        .pragma("secure_delete", "ON")
        // Temporary data stays in memory, so that it needs no other file and leaves nothing in one.
        .pragma("temp_store", "MEMORY")
        .busy_timeout(Duration::from_millis(BUSY_MS));
    let pool = match connect(CONNECTIONS, &options).await {
        Ok(pool) => pool,
        Err(error) if is_out_of_service(&error) => {
            // The index of the write-ahead log is a file that a full disk has no place for. With one connection it stays in
            // memory (SQLite, "Use of WAL Without Shared-Memory"), and what is stored can be read.
            tracing::warn!("the database is opened with one connection, for there is no place for more: {error}");
            connect(1, &options.locking_mode(SqliteLockingMode::Exclusive)).await?
        }
        Err(error) => return Err(error.into()),
    };
    migrations::migrator().run(&pool).await?;
    Ok(pool)
}

/// Connects and reads once: SQLite opens its files at the first read.
async fn connect(connections: u32, options: &SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let pool = SqlitePoolOptions::new().max_connections(connections).connect_with(options.clone()).await?;
    sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&pool).await?;
    Ok(pool)
}

/// Whether a committed transaction is flushed to the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Durability {
    /// As [`Synchronous`] is set.
    AsSet,
    /// No power cut undoes it, whatever is set. The write-ahead log is one file that is flushed as a whole, so every
    /// transaction before it is safe as well.
    Full,
}

/// A write transaction. Unless it is committed, its connection is closed with it and never returns to the pool: SQLite has
/// rolled some failed transactions back by itself (such as at `SQLITE_FULL`), where another rollback fails, and the pool
/// would hand out a connection that still counts as being within a transaction.
pub(crate) struct WriteTransaction {
    connection: Option<PoolConnection<Sqlite>>,
    is_raised: bool,
}

impl WriteTransaction {
    /// Begins one, and waits for another writer to end.
    pub(crate) async fn begin(pool: &SqlitePool, durability: Durability) -> Result<Self, sqlx::Error> {
        let mut transaction = Self { connection: Some(pool.acquire().await?), is_raised: false };
        if durability == Durability::Full {
            // Within a transaction the level cannot be changed.
            let level: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *transaction).await?;
            transaction.is_raised = level == NORMAL;
            if transaction.is_raised {
                sqlx::query("PRAGMA synchronous = FULL").execute(&mut *transaction).await?;
            }
        }
        // IMMEDIATE waits for other writers instead of failing at the first statement.
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *transaction).await?;
        Ok(transaction)
    }

    /// Commits it, and gives the connection back.
    pub(crate) async fn commit(mut self) -> Result<(), sqlx::Error> {
        sqlx::query("COMMIT").execute(&mut *self).await?;
        if self.is_raised && sqlx::query("PRAGMA synchronous = NORMAL").execute(&mut *self).await.is_err() {
            // The transaction is committed. The connection has the wrong level, so it is closed.
            return Ok(());
        }
        drop(self.connection.take());
        Ok(())
    }
}

/// `PRAGMA synchronous` of [`Synchronous::Normal`].
const NORMAL: i64 = 1;

impl Deref for WriteTransaction {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_deref().expect("the connection is there until the end")
    }
}

impl DerefMut for WriteTransaction {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_deref_mut().expect("the connection is there until the end")
    }
}

impl Drop for WriteTransaction {
    fn drop(&mut self) {
        // Closing it rolls back what is open.
        drop(self.connection.take().map(PoolConnection::detach));
    }
}

/// Writes a row, as everything else that is stored is written.
pub(crate) async fn probe(pool: &SqlitePool) -> Result<(), StorageError> {
    let upsert = "INSERT INTO probes (id, count) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET count = probes.count + 1";
    sqlx::query(upsert).execute(pool).await?;
    Ok(())
}

/// Writes the write-ahead log back into the file and cuts it to nothing. Returns whether that was possible: it is not while another
/// connection reads an older state.
pub(crate) async fn empty_write_ahead_log(pool: &SqlitePool) -> Result<bool, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    set_busy_timeout(&mut connection, CHECKPOINT_BUSY_MS).await?;
    let emptied = checkpoint(&mut connection).await;
    set_busy_timeout(&mut connection, BUSY_MS).await?;
    emptied
}

async fn checkpoint(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    for _ in 0..CHECKPOINTS {
        let is_busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
        if is_busy == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn set_busy_timeout(connection: &mut SqliteConnection, milliseconds: u64) -> Result<(), sqlx::Error> {
    let set = AssertSqlSafe(format!("PRAGMA busy_timeout = {milliseconds}"));
    sqlx::query(set).execute(connection).await.map(drop)
}

/// Whether an error says that the storage is out of service for now (full, locked, unreadable, gone), rather than that this
/// one statement was wrong.
pub(crate) fn is_out_of_service(error: &(dyn Error + 'static)) -> bool {
    match error.downcast_ref() {
        Some(sqlx::Error::Database(error)) => {
            // Result codes of SQLite; the lower 8 bits are the primary one.
            let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or_default();
            OUT_OF_SERVICE.contains(&(code & 0xff))
        }
        Some(error) => matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed
        ),
        None => error.is::<TookTooLong>(),
    }
}

/// PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB.
const OUT_OF_SERVICE: [i32; 11] = [3, 5, 6, 7, 8, 10, 11, 13, 14, 15, 26];

/// An unsigned number as a signed one: SQL has no unsigned ones. Times and sequence numbers stay far below the limit.
pub(crate) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The error for a column whose text cannot be parsed.
pub(crate) fn unreadable(error: impl Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// A number that [`to_sql`] wrote.
pub(crate) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        if is_damage(&error) { Self::damage(error) } else { Self::new(error) }
    }
}

impl From<sqlx::Error> for LogError {
    fn from(error: sqlx::Error) -> Self {
        match is_damage(&error) {
            true => Self::Unreadable(Arc::new(error)),
            false => Self::Storage(Arc::new(error)),
        }
    }
}

/// Whether an error says that the file, or what stands in it, is not what was written (SQLite's result codes `SQLITE_CORRUPT`
/// and `SQLITE_NOTADB`, whose extended codes have them in their lowest byte).
fn is_damage(error: &sqlx::Error) -> bool {
    const CORRUPT: u32 = 11;
    const NOT_A_DATABASE: u32 = 26;
    match error {
        sqlx::Error::Database(error) => {
            let code = error.code().and_then(|code| code.parse::<u32>().ok());
            code.is_some_and(|code| matches!(code & 0xff, CORRUPT | NOT_A_DATABASE))
        }
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => true,
        _ => false,
    }
}
