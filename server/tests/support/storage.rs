//! The server's storage in tests.

use std::{path::Path, sync::Arc};

use heartogether_server::storage::{database, keys::MemoryKeys, sealing::Sealer};
use sqlx::{Row, SqlitePool};

/// Overwrites the table of the logs' entries in a database's file, as a disk does that goes bad. Gives the database as whoever
/// opens it next finds it.
pub async fn damage_entries(pool: &SqlitePool, path: &Path) -> SqlitePool {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(pool).await.expect("all in one file");
    let number = async |query: &'static str| {
        let row = sqlx::query(query).fetch_one(pool).await.expect("an answer");
        usize::try_from(row.get::<i64, _>(0)).expect("a number")
    };
    let size = number("PRAGMA page_size").await;
    let root = number("SELECT rootpage FROM sqlite_master WHERE name = 'entries'").await;
    let mut file = std::fs::read(path).expect("the file");
    file[(root - 1) * size..root * size].fill(0xa5);
    std::fs::write(path, file).expect("the file is written");
    database::open(path).await.expect("a database")
}

/// Seals with keys in memory, which every account has.
pub fn sealer() -> Arc<Sealer> {
    Arc::new(Sealer::new(Arc::new(MemoryKeys::default())))
}
