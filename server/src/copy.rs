//! Copies an installation's database into another one: from SQLite to PostgreSQL, back, or to a new one of the same kind.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    data_lock::DataLock,
    storage::database::{
        self, Database, DatabaseLock, DatabaseUrl, InvalidUrl, Moved, OpenError, Sharing, TransferError, transfer,
    },
};

/// Connections to a database of PostgreSQL.
const CONNECTIONS: u32 = 2;

/// Why a database was not copied. Nothing has been written then, except empty tables.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A flag holds no address.
    #[error("{flag}: {source}")]
    Url {
        /// The flag.
        flag: &'static str,
        /// The cause.
        source: InvalidUrl,
    },
    /// There is no file to copy.
    #[error("--from: there is no database {path}", path = .0.display())]
    NoFile(PathBuf),
    /// A server works with it, or another copy.
    #[error("a server uses {0}: stop it first")]
    InUse(String),
    /// Its folder cannot be locked.
    #[error("the folder of {database} cannot be locked")]
    Lock {
        /// The database.
        database: String,
        /// The cause.
        source: io::Error,
    },
    /// A database cannot be opened.
    #[error("{database} cannot be opened")]
    Open {
        /// The database.
        database: String,
        /// The cause.
        source: OpenError,
    },
    /// The rows cannot be moved.
    #[error(transparent)]
    Transfer(#[from] TransferError),
}

/// Copies everything from one database into another one that is empty. Both are addresses as [`DatabaseUrl`] reads them. Returns how
/// many rows of each table were copied.
///
/// # Errors
/// [`CopyError`].
pub async fn copy(from: &str, to: &str) -> Result<Vec<Moved>, CopyError> {
    let url = |flag, text: &str| text.parse().map_err(|source| CopyError::Url { flag, source });
    let (from, to): (DatabaseUrl, DatabaseUrl) = (url("--from", from)?, url("--to", to)?);
    if let DatabaseUrl::Sqlite(path) = &from
        && !path.is_file()
    {
        return Err(CopyError::NoFile(path.clone()));
    }
    let _source = Lock::take(&from).await?;
    let _target = if shares_folder(&from, &to) { None } else { Some(Lock::take(&to).await?) };
    let source = open(&from).await?;
    let target = open(&to).await?;
    target.migrate().await.map_err(|source| CopyError::Open { database: to.to_string(), source })?;
    let moved = transfer(&source, &target).await;
    tokio::join!(source.close(), target.close());
    Ok(moved?)
}

/// Whether the lock of one is the lock of the other.
fn shares_folder(from: &DatabaseUrl, to: &DatabaseUrl) -> bool {
    match (from, to) {
        (DatabaseUrl::Sqlite(from), DatabaseUrl::Sqlite(to)) => {
            folder_of(from).canonicalize().ok() == folder_of(to).canonicalize().ok()
        }
        _ => false,
    }
}

/// Keeps servers from a database.
enum Lock {
    Folder { _lock: DataLock },
    Database { _lock: DatabaseLock },
}

impl Lock {
    async fn take(url: &DatabaseUrl) -> Result<Self, CopyError> {
        let taken = match url {
            DatabaseUrl::Sqlite(path) => {
                let lock = DataLock::take(folder_of(path), Duration::ZERO).await;
                let lock = lock.map_err(|source| CopyError::Lock { database: url.to_string(), source })?;
                lock.map(|lock| Self::Folder { _lock: lock })
            }
            DatabaseUrl::Postgres(postgres) => {
                let lock = DatabaseLock::take(postgres, Sharing::Alone, Duration::ZERO).await;
                let opened = lock.map_err(|error| CopyError::Open { database: url.to_string(), source: error.into() });
                opened?.map(|lock| Self::Database { _lock: lock })
            }
        };
        taken.ok_or_else(|| CopyError::InUse(url.to_string()))
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

async fn open(url: &DatabaseUrl) -> Result<Database, CopyError> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            let pool = database::open_unchanged(path).await;
            pool.map(Database::from).map_err(|source| CopyError::Open { database: url.to_string(), source })
        }
        DatabaseUrl::Postgres(postgres) => Ok(Database::postgres(postgres, CONNECTIONS)),
    }
}
