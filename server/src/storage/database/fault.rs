//! What an error of the database means.

use std::{error::Error as StdError, io, sync::Arc};

use sqlx::{error::DatabaseError, migrate::MigrateError, postgres::PgDatabaseError};

use super::Error;
use crate::storage::{
    OutOfService, StorageError, TookTooLong,
    log::{LogError, replicated},
};

/// Whether an error says that the storage is out of service for now (full, locked, unreadable, gone), rather than that this
/// one statement was wrong.
pub(crate) fn is_out_of_service(error: &(dyn StdError + 'static)) -> bool {
    if let Some(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error.downcast_ref() {
        return is_out_of_service(error);
    }
    match error.downcast_ref() {
        Some(Error::Database(error)) => match error.try_downcast_ref::<PgDatabaseError>() {
            Some(error) => postgres_is_out_of_service(error.code()),
            None => SQLITE_OUT_OF_SERVICE.contains(&sqlite_code(&**error)),
        },
        Some(error) => is_away(error) || matches!(error, Error::PoolClosed | Error::WorkerCrashed),
        None => error.is::<TookTooLong>() || error.is::<OutOfService>() || error.is::<replicated::server::Fault>(),
    }
}

/// PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB.
const SQLITE_OUT_OF_SERVICE: [u32; 11] = [3, 5, 6, 7, 8, 10, 11, 13, 14, 15, 26];

/// SQLite's primary result code: the lower 8 bits of the extended one.
fn sqlite_code(error: &dyn DatabaseError) -> u32 {
    error.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or_default() & 0xff
}

/// By SQLSTATE (PostgreSQL, appendix A). Classes: 08 connection, 40 serialization failure or deadlock, 53 too few resources (such as
/// a full disk), 57 an operator's intervention (such as a shutdown or a time-out), 58 the system, XX internal. Codes: `25006` the
/// database is read-only, `55P03` a lock was not free in time.
fn postgres_is_out_of_service(code: &str) -> bool {
    const CLASSES: [&str; 6] = ["08", "40", "53", "57", "58", "XX"];
    CLASSES.iter().any(|class| code.starts_with(class)) || [READ_ONLY, "55P03"].contains(&code)
}

/// Whether the database did not answer. Invalid data, such as a certificate that is not believed, is an answer.
pub(super) fn is_away(error: &Error) -> bool {
    match error {
        Error::Io(error) => error.kind() != io::ErrorKind::InvalidData,
        error => matches!(error, Error::PoolTimedOut),
    }
}

/// `read_only_sql_transaction`.
const READ_ONLY: &str = "25006";

/// Whether PostgreSQL says that nothing can be written.
pub(super) fn is_read_only(error: &Error) -> bool {
    match error {
        Error::Database(error) => error.try_downcast_ref::<PgDatabaseError>().is_some_and(|it| it.code() == READ_ONLY),
        _ => false,
    }
}

/// Whether an error says that what is stored is not what was written: SQLite's result codes `SQLITE_CORRUPT` and `SQLITE_NOTADB`,
/// PostgreSQL's `data_corrupted` and `index_corrupted`, or a value that cannot be read.
fn is_damage(error: &Error) -> bool {
    const SQLITE: [u32; 2] = [11, 26];
    const POSTGRES: [&str; 2] = ["XX001", "XX002"];
    match error {
        Error::Database(error) => match error.try_downcast_ref::<PgDatabaseError>() {
            Some(error) => POSTGRES.contains(&error.code()),
            None => SQLITE.contains(&sqlite_code(&**error)),
        },
        Error::ColumnDecode { .. } | Error::Decode(_) => true,
        _ => false,
    }
}

/// The error for a column whose text cannot be parsed.
pub(crate) fn unreadable(error: impl StdError + Send + Sync + 'static) -> Error {
    Error::Decode(Box::new(error))
}

impl From<Error> for StorageError {
    fn from(error: Error) -> Self {
        if is_damage(&error) { Self::damage(error) } else { Self::new(error) }
    }
}

impl From<Error> for LogError {
    fn from(error: Error) -> Self {
        match is_damage(&error) {
            true => Self::Unreadable(Arc::new(error)),
            false => Self::Storage(Arc::new(error)),
        }
    }
}
