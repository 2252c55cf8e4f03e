//! The logs that keep the contract, and what they live in.

use std::{any::Any, path::PathBuf, sync::Arc};

use heartogether::time::Timestamp;
use heartogether_server::{
    clock::ManualClock,
    storage::{
        database,
        log::{MemoryLog, RoomLog, SqlLog},
    },
};
use sqlx::SqlitePool;
use tempfile::TempDir;

use super::{ROOM, created};
use crate::support::{self, PostgresDatabase};

/// A log on a clock of its own.
pub(super) struct Bench {
    pub(super) clock: Arc<ManualClock>,
    pub(super) log: Arc<dyn RoomLog>,
    pub(super) _kept: Option<Box<dyn Any>>,
}

impl Bench {
    pub(super) fn memory() -> Self {
        let clock = clock();
        Self { log: Arc::new(MemoryLog::new(clock.clone())), clock, _kept: None }
    }

    pub(super) async fn sqlite() -> Self {
        let File { clock, log, folder, .. } = File::empty().await;
        Self { log: Arc::new(log), clock, _kept: Some(Box::new(folder)) }
    }

    pub(super) async fn postgres() -> Self {
        let (clock, kept) = (clock(), PostgresDatabase::create().await);
        let log = SqlLog::new(kept.open().await, clock.clone(), support::sealer());
        Self { log: Arc::new(log), clock, _kept: Some(Box::new(kept)) }
    }
}

/// A log in a SQLite file, and the database that it is in.
pub(super) struct File {
    pub(super) clock: Arc<ManualClock>,
    pub(super) log: SqlLog,
    pub(super) pool: SqlitePool,
    folder: TempDir,
}

impl File {
    /// A log without rooms.
    pub(super) async fn empty() -> Self {
        let (clock, folder) = (clock(), TempDir::new().expect("a folder"));
        let pool = database::open(&path_in(&folder)).await.expect("a database");
        let log = SqlLog::new(pool.clone(), clock.clone(), support::sealer());
        Self { clock, log, pool, folder }
    }

    /// A log with the room [`ROOM`].
    pub(super) async fn with_room() -> Self {
        let file = Self::empty().await;
        file.log.create(created(ROOM, "ABC234")).await.expect("created");
        file
    }

    pub(super) fn path(&self) -> PathBuf {
        path_in(&self.folder)
    }
}

pub(super) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_millis(1_000)))
}

fn path_in(folder: &TempDir) -> PathBuf {
    folder.path().join("test.db")
}
