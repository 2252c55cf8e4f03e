//! Epochs in a SQLite file.

use async_trait::async_trait;
use heartogether::id::RoomId;
use sqlx::{Row, SqlitePool};

use super::{Epoch, Epochs};
use crate::storage::{
    StorageError,
    database::{Durability, WriteTransaction, from_sql},
};

/// Epochs in a SQLite file that [`database::open`](crate::storage::database::open) opened.
pub struct SqliteEpochs {
    pool: SqlitePool,
}

impl SqliteEpochs {
    /// The epochs of a file.
    pub const fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl Epochs for SqliteEpochs {
    async fn draw(&self, room: RoomId) -> Result<Epoch, StorageError> {
        let draw = "INSERT INTO epochs (room, epoch) VALUES ($1, 1) \
                    ON CONFLICT (room) DO UPDATE SET epoch = epochs.epoch + 1 RETURNING epoch";
        // An epoch that a power cut undoes would be drawn twice.
        let mut transaction = WriteTransaction::begin(&self.pool, Durability::Full).await?;
        let row = sqlx::query(draw).bind(room.to_string()).fetch_one(&mut *transaction).await?;
        let epoch = Epoch(from_sql(row.try_get("epoch")?));
        transaction.commit().await?;
        Ok(epoch)
    }

    async fn latest(&self, room: RoomId) -> Result<Epoch, StorageError> {
        let select = sqlx::query("SELECT epoch FROM epochs WHERE room = $1").bind(room.to_string());
        let row = select.fetch_optional(&self.pool).await?;
        let epoch = row.map(|row| row.try_get("epoch")).transpose()?;
        Ok(epoch.map_or_else(Epoch::default, |epoch| Epoch(from_sql(epoch))))
    }

    async fn forget(&self, room: RoomId) -> Result<(), StorageError> {
        let delete = sqlx::query("DELETE FROM epochs WHERE room = $1").bind(room.to_string());
        delete.execute(&self.pool).await?;
        Ok(())
    }
}
