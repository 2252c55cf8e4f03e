//! The SQLite file that holds accounts, sessions and the rooms' logs on a single machine.

use std::{path::Path, time::Duration};

use sqlx::{
    SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long a writer waits for another one.
const BUSY_MS: u64 = 5_000;
/// Readers beside each other; each is a thread of its own.
const CONNECTIONS: u32 = 4;

/// Opens the file, creates it if it is missing, and brings its tables up to date.
///
/// # Errors
/// Whatever the file system or SQLite say.
pub async fn open(path: &Path) -> Result<SqlitePool, MigrateError> {
    // With a write-ahead log, NORMAL loses nothing when the process is killed; only a power cut can cost the last commits.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        // What is deleted is overwritten with zeros, in pages that are free too; otherwise it would stay in the file.
        .pragma("secure_delete", "ON")
        .busy_timeout(Duration::from_millis(BUSY_MS));
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?;
    MIGRATIONS.run(&pool).await?;
    Ok(pool)
}

/// An unsigned number as SQL keeps it, which has signed ones alone. Times and sequence numbers stay far below the limit.
pub(crate) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number that [`to_sql`] wrote.
pub(crate) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
