//! The SQLite file that holds everything on a single machine.

use std::{path::Path, time::Duration};

use clap::ValueEnum;
use sqlx::{
    AssertSqlSafe, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Error, OpenError, from_sql, is_out_of_service};
use crate::storage::migrations;

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
pub async fn open(path: &Path) -> Result<SqlitePool, OpenError> {
    open_with(path, Synchronous::default()).await
}

/// The same with another level.
///
/// # Errors
/// Errors of the file system or of SQLite.
pub async fn open_with(path: &Path, synchronous: Synchronous) -> Result<SqlitePool, OpenError> {
    let pool = open_pool(path, synchronous).await?;
    migrations::migrator().run(&pool).await?;
    Ok(pool)
}

/// The same with every commit flushed, and with the tables as they are.
///
/// # Errors
/// Errors of the file system or of SQLite.
pub async fn open_unchanged(path: &Path) -> Result<SqlitePool, OpenError> {
    Ok(open_pool(path, Synchronous::Full).await?)
}

async fn open_pool(path: &Path, synchronous: Synchronous) -> Result<SqlitePool, Error> {
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
        Err(error) => return Err(error),
    };
    Ok(pool)
}

/// Connects and reads once: SQLite opens its files at the first read.
async fn connect(connections: u32, options: &SqliteConnectOptions) -> Result<SqlitePool, Error> {
    let pool = SqlitePoolOptions::new().max_connections(connections).connect_with(options.clone()).await?;
    sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&pool).await?;
    Ok(pool)
}

/// Writes the write-ahead log back into the file and cuts it to nothing. Returns whether that was possible: it is not while another
/// connection reads an older state.
pub(super) async fn empty_write_ahead_log(pool: &SqlitePool) -> Result<bool, Error> {
    let mut connection = pool.acquire().await?;
    set_busy_timeout(&mut connection, CHECKPOINT_BUSY_MS).await?;
    let emptied = checkpoint(&mut connection).await;
    set_busy_timeout(&mut connection, BUSY_MS).await?;
    emptied
}

async fn checkpoint(connection: &mut SqliteConnection) -> Result<bool, Error> {
    for _ in 0..CHECKPOINTS {
        let is_busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
        if is_busy == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn set_busy_timeout(connection: &mut SqliteConnection, milliseconds: u64) -> Result<(), Error> {
    let set = AssertSqlSafe(format!("PRAGMA busy_timeout = {milliseconds}"));
    sqlx::query(set).execute(connection).await.map(drop)
}

/// Bytes of the pages that something is stored in. The file never becomes smaller, but its free pages are used again.
pub(super) async fn bytes_in_use(pool: &SqlitePool) -> Result<u64, Error> {
    let number = async |pragma: &'static str| sqlx::query_scalar::<_, i64>(pragma).fetch_one(pool).await;
    let pages = number("PRAGMA page_count").await?.saturating_sub(number("PRAGMA freelist_count").await?);
    Ok(from_sql(pages.saturating_mul(number("PRAGMA page_size").await?)))
}
