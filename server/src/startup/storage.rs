//! Opens what the server stores.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use tokio::time::{sleep, timeout};

use super::{error::StartupError, listening::Listening};
use crate::{
    config::Config,
    data_lock::DataLock,
    error::report_storage,
    storage::database::{self, Database, DatabaseLock, OpenError, PostgresUrl, Sharing, is_out_of_service},
};

/// How often a database or a Redis that does not answer is asked again.
pub(super) const ASK_EVERY: Duration = Duration::from_secs(1);
/// How long whoever uses the database may take to end when the server stops.
const DATABASE_END: Duration = Duration::from_secs(5);

/// The open database, and the locks that keep other servers from it.
pub(super) struct Stored {
    pub(super) database: Database,
    pub(super) database_lock: Option<DatabaseLock>,
    pub(super) data_lock: DataLock,
}

impl Stored {
    /// Waits until no other server uses the data folder and the database, and opens the database. One that is away is awaited:
    /// whoever asks whether the server is ready is told so meanwhile.
    pub(super) async fn open(config: &Config, folder: &Path, listening: &Listening) -> Result<Self, StartupError> {
        let data_lock = lock(folder, config).await?;
        let Some(url) = config.data.database() else {
            let database = open_file(folder.join(database::FILE), config).await?;
            return Ok(Self { database, database_lock: None, data_lock });
        };
        tracing::info!("accounts and rooms are kept in {url}");
        loop {
            let error = match open_postgres(url, config).await {
                Ok((database, database_lock)) => {
                    listening.report_storage(true);
                    return Ok(Self { database, database_lock: Some(database_lock), data_lock });
                }
                Err(NotOpened::ByOthers) => return Err(StartupError::DatabaseInUse(url.to_string())),
                Err(NotOpened::Because(error)) => error,
            };
            if !is_out_of_service(&error) {
                return Err(StartupError::Postgres { url: url.to_string(), source: error });
            }
            listening.report_storage(false);
            report_storage(&error);
            sleep(ASK_EVERY).await;
        }
    }

    /// Whether no other server has taken the database, where that can happen.
    pub(super) fn is_ours(&self) -> Option<Arc<AtomicBool>> {
        self.database_lock.as_ref().map(DatabaseLock::is_held)
    }

    /// Closes the database, and lets the next server begin. Returns whether everybody who used it ended in time.
    pub(super) async fn close(self) -> bool {
        if timeout(DATABASE_END, self.database.close()).await.is_err() {
            // Somebody may still be writing: nobody else uses the data before this process has ended.
            std::mem::forget((self.data_lock, self.database_lock));
            return false;
        }
        if let Some(lock) = self.database_lock {
            lock.release().await;
        }
        self.data_lock.release();
        true
    }
}

async fn lock(folder: &Path, config: &Config) -> Result<DataLock, StartupError> {
    let path = || folder.to_owned();
    let lock = DataLock::take(folder, config.data.lock_wait()).await;
    lock.map_err(|source| StartupError::DataDir { path: path(), source })?.ok_or_else(|| StartupError::InUse(path()))
}

async fn open_file(path: PathBuf, config: &Config) -> Result<Database, StartupError> {
    tracing::info!("accounts and rooms are kept in {}", path.display());
    match database::open_with(&path, config.data.synchronous).await {
        Ok(pool) => Ok(pool.into()),
        Err(source) => Err(StartupError::Database { path, source }),
    }
}

/// Why PostgreSQL was not opened.
enum NotOpened {
    /// Another server uses the database.
    ByOthers,
    Because(OpenError),
}

impl From<database::Error> for NotOpened {
    fn from(error: database::Error) -> Self {
        Self::Because(error.into())
    }
}

impl From<OpenError> for NotOpened {
    fn from(error: OpenError) -> Self {
        Self::Because(error)
    }
}

async fn open_postgres(url: &PostgresUrl, config: &Config) -> Result<(Database, DatabaseLock), NotOpened> {
    // Nodes whose rooms are on Redis write no logs in the database.
    let sharing = if config.redis.settings().is_some() { Sharing::Shared } else { Sharing::Alone };
    let lock = DatabaseLock::take(url, sharing, config.data.lock_wait()).await?.ok_or(NotOpened::ByOthers)?;
    let database = Database::postgres(url, config.data.database_connections);
    database.migrate().await?;
    Ok((database, lock))
}
