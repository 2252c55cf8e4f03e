//! Messages in a SQLite file.

mod batch;

use std::sync::Arc;

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    room::{ArchiveChange, ArchivedMessage, Messages, Reading},
    time::Timestamp,
};
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

use super::{MessageArchive, facts_of};
use crate::storage::{
    StorageError,
    database::{Durability, WriteTransaction, to_sql, unreadable},
    sealing::{OwnedMessage, Sealed, Sealer},
};
use batch::Batch;

/// Messages in a SQLite file that [`database::open`](crate::storage::database::open) opened.
pub struct SqliteArchive {
    pool: SqlitePool,
    sealer: Arc<Sealer>,
}

impl SqliteArchive {
    /// The messages of a file, sealed.
    pub const fn new(pool: SqlitePool, sealer: Arc<Sealer>) -> Self {
        Self { pool, sealer }
    }

    /// The messages of rows, those that are not understood apart.
    async fn open(&self, rows: &[SqliteRow]) -> Result<Vec<OwnedMessage>, StorageError> {
        let stored = rows.iter().map(sealed).collect::<Result<Vec<_>, _>>()?;
        let opened = self.sealer.open::<OwnedMessage>(&stored).await?;
        let mut messages = Vec::with_capacity(rows.len());
        for (row, owned) in rows.iter().zip(opened) {
            let Some(mut owned) = owned else { continue };
            owned.message.delivered |= row.try_get::<bool, _>("delivered")?;
            messages.push(owned);
        }
        Ok(messages)
    }

    /// The messages of these numbers that are stored and understood.
    async fn stored(&self, room: RoomId, numbers: &[MessageNumber]) -> Result<Vec<OwnedMessage>, StorageError> {
        let numbers: Vec<_> = numbers.iter().map(|number| to_sql(number.0)).collect();
        let numbers = serde_json::to_string(&numbers).map_err(StorageError::new)?;
        let select = "SELECT * FROM messages WHERE room = $1 AND number IN (SELECT value FROM json_each($2))";
        let rows = sqlx::query(select).bind(room.to_string()).bind(numbers).fetch_all(&self.pool).await?;
        self.open(&rows).await
    }

    async fn row(&self, room: RoomId, number: MessageNumber) -> Result<Option<SqliteRow>, StorageError> {
        let select = sqlx::query("SELECT * FROM messages WHERE room = $1 AND number = $2").bind(room.to_string());
        Ok(select.bind(to_sql(number.0)).fetch_optional(&self.pool).await?)
    }
}

fn sealed(row: &SqliteRow) -> Result<Sealed, sqlx::Error> {
    Ok(Sealed { value: row.try_get("message")?, texts: row.try_get("sealed")? })
}

fn parse_account(row: &SqliteRow, column: &str) -> Result<AccountId, sqlx::Error> {
    let account: &str = row.try_get(column)?;
    account.parse().map_err(unreadable)
}

#[async_trait]
impl MessageArchive for SqliteArchive {
    async fn apply(&self, room: RoomId, changes: &[ArchiveChange]) -> Result<(), StorageError> {
        let stored = self.stored(room, &batch::named(changes)).await?;
        let batch = Batch::new(changes, stored).seal(&self.sealer).await?;
        let mut transaction = WriteTransaction::begin(&self.pool, batch.durability()).await?;
        batch.write(&mut transaction, room).await?;
        Ok(transaction.commit().await?)
    }

    async fn before(
        &self,
        room: RoomId,
        reading: Reading,
        before: MessageNumber,
        limit: usize,
    ) -> Result<Messages, StorageError> {
        // One more than asked for tells whether there are older ones.
        let most = to_sql(limit as u64 + 1);
        let select = match reading {
            Reading::All => "SELECT * FROM messages WHERE room = $1 AND number < $2 ORDER BY number DESC LIMIT $3",
            Reading::Own(_) => {
                "SELECT * FROM messages WHERE room = $1 AND number < $2 AND account = $4 ORDER BY number DESC LIMIT $3"
            }
        };
        let mut select = sqlx::query(select).bind(room.to_string()).bind(to_sql(before.0)).bind(most);
        if let Reading::Own(account) = reading {
            select = select.bind(account.to_string());
        }
        let mut rows = select.fetch_all(&self.pool).await?;
        let has_earlier = rows.len() > limit;
        rows.truncate(limit);
        rows.reverse();
        let messages = self.open(&rows).await?.into_iter().map(|owned| owned.message).collect();
        Ok(Messages { messages, has_earlier })
    }

    async fn find(&self, room: RoomId, number: MessageNumber) -> Result<Option<ArchivedMessage>, StorageError> {
        let Some(row) = self.row(room, number).await? else { return Ok(None) };
        let Some(OwnedMessage { message, .. }) = self.open(std::slice::from_ref(&row)).await?.pop() else {
            return Ok(None);
        };
        Ok(Some(facts_of(parse_account(&row, "account")?, &message)))
    }

    async fn holds(
        &self,
        room: RoomId,
        account: AccountId,
        nonce: u32,
        since: Timestamp,
    ) -> Result<bool, StorageError> {
        let select = "SELECT 1 FROM messages WHERE account = $1 AND room = $2 AND nonce = $3 AND sent_at >= $4 LIMIT 1";
        let select = sqlx::query(select).bind(account.to_string()).bind(room.to_string()).bind(i64::from(nonce));
        Ok(select.bind(to_sql(since.as_millis())).fetch_optional(&self.pool).await?.is_some())
    }

    async fn rename_account(&self, from: AccountId, to: AccountId) -> Result<(), StorageError> {
        let rename = sqlx::query("UPDATE messages SET account = $2 WHERE account = $1").bind(from.to_string());
        rename.bind(to.to_string()).execute(&self.pool).await?;
        Ok(())
    }

    async fn delete_account(&self, account: AccountId) -> Result<(), StorageError> {
        let mut transaction = WriteTransaction::begin(&self.pool, Durability::Full).await?;
        let delete = sqlx::query("DELETE FROM messages WHERE account = $1").bind(account.to_string());
        delete.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn delete_room(&self, room: RoomId) -> Result<(), StorageError> {
        let mut transaction = WriteTransaction::begin(&self.pool, Durability::Full).await?;
        let delete = sqlx::query("DELETE FROM messages WHERE room = $1").bind(room.to_string());
        delete.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn rooms(&self) -> Result<Vec<RoomId>, StorageError> {
        let rooms: Vec<String> = sqlx::query_scalar("SELECT DISTINCT room FROM messages").fetch_all(&self.pool).await?;
        Ok(rooms.iter().map(|room| room.parse().map_err(unreadable)).collect::<Result<_, _>>()?)
    }
}
