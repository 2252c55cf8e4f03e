//! Epochs in a database.

use std::collections::BTreeSet;

use async_trait::async_trait;
use heartogether::id::RoomId;

use super::{Epoch, Epochs};
use crate::storage::{
    StorageError,
    database::{Database, Durability, Error, WriteTransaction, from_sql, statement, unreadable},
};

/// Epochs in a database.
pub struct SqlEpochs {
    database: Database,
}

impl SqlEpochs {
    /// The epochs of a database.
    pub fn new(database: impl Into<Database>) -> Self {
        Self { database: database.into() }
    }
}

#[async_trait]
impl Epochs for SqlEpochs {
    async fn draw(&self, room: RoomId) -> Result<Epoch, StorageError> {
        let draw = "INSERT INTO epochs (room, epoch) VALUES ($1, 1) \
                    ON CONFLICT (room) DO UPDATE SET epoch = epochs.epoch + 1 RETURNING epoch";
        // An epoch that a power cut undoes would be drawn twice.
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        let row = statement(draw).bind(room.to_string()).fetch_one(&mut *transaction).await?;
        let epoch = Epoch(from_sql(row.try_get("epoch")?));
        transaction.commit().await?;
        Ok(epoch)
    }

    async fn latest(&self, room: RoomId) -> Result<Epoch, StorageError> {
        let select = statement("SELECT epoch FROM epochs WHERE room = $1").bind(room.to_string());
        let row = select.fetch_optional(&self.database).await?;
        let epoch = row.map(|row| row.try_get("epoch")).transpose()?;
        Ok(epoch.map_or_else(Epoch::default, |epoch| Epoch(from_sql(epoch))))
    }

    async fn rooms(&self) -> Result<BTreeSet<RoomId>, StorageError> {
        let rows = statement("SELECT room FROM epochs").fetch_all(&self.database).await?;
        let rooms = rows.iter().map(|row| row.try_get::<&str>("room")?.parse().map_err(unreadable));
        Ok(rooms.collect::<Result<_, Error>>()?)
    }

    async fn forget(&self, room: RoomId) -> Result<(), StorageError> {
        let delete = statement("DELETE FROM epochs WHERE room = $1").bind(room.to_string());
        delete.execute(&self.database).await?;
        Ok(())
    }
}
