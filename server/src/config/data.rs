//! Where data is stored, and how safely.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use crate::storage::database::Synchronous;

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
}

impl DataSettings {
    pub(crate) const fn lock_wait(&self) -> Duration {
        Duration::from_millis(self.data_lock_wait_ms)
    }
}
