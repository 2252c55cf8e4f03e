//! Where data is stored, and how safely.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::ice::Secret;
use crate::storage::database::{PostgresUrl, Synchronous};

/// The data folder.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Data")]
pub struct DataSettings {
    /// Folder for accounts and rooms, created if missing; only one server at a time uses it [default:
    /// $XDG_DATA_HOME/heartogether, ~/.local/share/heartogether or ./data, the first that is known]
    #[arg(long, env = "DATA_DIR")]
    pub(super) data_dir: Option<PathBuf>,

    /// Milliseconds to wait until another server releases DATA_DIR
    #[arg(long, env = "DATA_LOCK_WAIT_MS", default_value_t = 60_000)]
    data_lock_wait_ms: u64,

    /// What a power cut can lose: the last commits, but no log-out, removal or deletion (`normal`), or nothing (`full`)
    #[arg(long = "data-synchronous", env = "DATA_SYNCHRONOUS", value_enum, default_value_t)]
    pub(crate) synchronous: Synchronous,

    /// URL of a PostgreSQL database for accounts, rooms and messages, such as
    /// `postgres://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full` [default: a SQLite file in DATA_DIR]
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<Secret>,

    /// `DATABASE_URL`, once it is read.
    #[arg(skip)]
    database: Option<PostgresUrl>,

    /// Connections to the database of DATABASE_URL at once, at most
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub(crate) database_connections: u32,
}

impl DataSettings {
    /// Takes the address of the database in. The error does not contain it.
    pub(super) fn check(&mut self) -> Result<(), String> {
        let Some(url) = &self.database_url else { return Ok(()) };
        self.database = Some(url.as_str().parse().map_err(|error| format!("DATABASE_URL: {error}"))?);
        Ok(())
    }

    /// The database, if it is not the file in the data folder.
    pub(crate) const fn database(&self) -> Option<&PostgresUrl> {
        self.database.as_ref()
    }

    pub(crate) const fn lock_wait(&self) -> Duration {
        Duration::from_millis(self.data_lock_wait_ms)
    }
}
