//! Messages in a SQLite file.

use std::sync::Arc;

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    refusal::Refusal,
    room::{ArchiveChange, ArchivedMessage, Message, Messages, Reading},
    time::Timestamp,
};
use sqlx::{Row, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{MessageArchive, apply};
use crate::storage::{
    StorageError,
    database::{Durability, WriteTransaction, to_sql},
    sealing::{OwnedMessage, Sealed, Sealer},
};

/// Messages in a SQLite file that [`database::open`](crate::storage::database::open) opened.
pub struct SqliteArchive {
    pool: SqlitePool,
    sealer: Arc<Sealer>,
}

impl SqliteArchive {
    /// The messages of a file, which the sealer seals.
    pub const fn new(pool: SqlitePool, sealer: Arc<Sealer>) -> Self {
        Self { pool, sealer }
    }

    /// The messages in these rows, without those that cannot be read.
    async fn open(&self, rows: &[SqliteRow]) -> Result<Vec<Message>, StorageError> {
        let stored = rows.iter().map(sealed).collect::<Result<Vec<_>, _>>()?;
        let opened = self.sealer.open::<OwnedMessage>(&stored).await?;
        let mut messages = Vec::with_capacity(rows.len());
        for (row, owned) in rows.iter().zip(opened) {
            let Some(OwnedMessage { mut message, .. }) = owned else { continue };
            message.delivered |= row.try_get::<bool, _>("delivered")?;
            messages.push(message);
        }
        Ok(messages)
    }

    /// Prepares a change and seals its texts. This comes before the transaction, because making a key needs a
    /// transaction of its own.
    async fn prepare(&self, room: RoomId, change: &ArchiveChange) -> Result<Option<Prepared>, StorageError> {
        let (account, message) = match change {
            ArchiveChange::Write { account, message } => (*account, message.clone()),
            ArchiveChange::Edit { number, .. } | ArchiveChange::Delete(number) | ArchiveChange::Pin { number, .. } => {
                let Some(row) = self.row(room, *number).await? else { return Ok(None) };
                let Some(mut message) = self.open(std::slice::from_ref(&row)).await?.pop() else { return Ok(None) };
                apply(&mut message, change);
                (parse_account(&row, "sealed_by")?, message)
            }
            ArchiveChange::Deliver { .. } | ArchiveChange::Forget { .. } => return Ok(None),
        };
        let sealed = self.sealer.seal(&OwnedMessage { sealed_by: account, message: message.clone() }).await?;
        Ok(Some(Prepared { account, message, sealed }))
    }

    async fn row(&self, room: RoomId, number: MessageNumber) -> Result<Option<SqliteRow>, StorageError> {
        let select = sqlx::query("SELECT * FROM messages WHERE room = $1 AND number = $2").bind(room.to_string());
        Ok(select.bind(to_sql(number.0)).fetch_optional(&self.pool).await?)
    }

    /// Carries changes out in one transaction. None of them may depend on what another one of them writes.
    async fn carry_out(&self, room: RoomId, changes: &[ArchiveChange]) -> Result<(), StorageError> {
        let mut prepared = Vec::with_capacity(changes.len());
        for change in changes {
            prepared.push((change, self.prepare(room, change).await?));
        }
        let is_deletion = changes.iter().any(|change| matches!(change, ArchiveChange::Delete(_)));
        // A deletion outlasts a power cut, whatever level is set.
        let durability = if is_deletion { Durability::Full } else { Durability::AsSet };
        let mut transaction = WriteTransaction::begin(&self.pool, durability).await?;
        for (change, prepared) in prepared {
            write(&mut transaction, room, change, prepared).await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// A message that is ready to be written.
struct Prepared {
    account: AccountId,
    message: Message,
    sealed: Sealed,
}

/// Whether a change depends on the message that is there.
const fn is_read_first(change: &ArchiveChange) -> bool {
    matches!(change, ArchiveChange::Edit { .. } | ArchiveChange::Delete(_) | ArchiveChange::Pin { .. })
}

async fn write(
    db: &mut SqliteConnection,
    room: RoomId,
    change: &ArchiveChange,
    prepared: Option<Prepared>,
) -> Result<(), sqlx::Error> {
    let bounded = |statement: &'static str, up_to: MessageNumber| {
        sqlx::query(statement).bind(room.to_string()).bind(to_sql(up_to.0))
    };
    let statement = match (change, prepared) {
        (ArchiveChange::Write { .. }, Some(Prepared { account, message, sealed })) => {
            // The message belongs to the account that owns the key now: the one that a guest signed in to, or none
            // after a deletion.
            let insert = "INSERT INTO messages (room, number, account, sealed_by, nonce, sent_at, delivered, message, \
                          sealed) SELECT $1, $2, owner, account, $4, $5, $6, $7, $8 FROM account_keys \
                          WHERE account = $3 ON CONFLICT (room, number) DO NOTHING";
            let insert = bounded(insert, message.number).bind(account.to_string()).bind(i64::from(message.nonce));
            let insert = insert.bind(to_sql(message.sent_at.as_millis())).bind(message.delivered);
            insert.bind(sealed.value).bind(sealed.texts)
        }
        (_, Some(Prepared { message, sealed, .. })) => {
            let update = "UPDATE messages SET message = $3, sealed = $4 WHERE room = $1 AND number = $2";
            bounded(update, message.number).bind(sealed.value).bind(sealed.texts)
        }
        (ArchiveChange::Deliver { up_to }, None) => {
            bounded("UPDATE messages SET delivered = 1 WHERE room = $1 AND number <= $2 AND delivered = 0", *up_to)
        }
        (ArchiveChange::Forget { up_to }, None) => {
            bounded("DELETE FROM messages WHERE room = $1 AND number <= $2", *up_to)
        }
        // The message to change does not exist.
        (_, None) => return Ok(()),
    };
    statement.execute(db).await.map(drop)
}

fn sealed(row: &SqliteRow) -> Result<Sealed, sqlx::Error> {
    Ok(Sealed { value: row.try_get("message")?, texts: row.try_get("sealed")? })
}

fn parse_account(row: &SqliteRow, column: &str) -> Result<AccountId, sqlx::Error> {
    let account: &str = row.try_get(column)?;
    account.parse().map_err(|refusal: Refusal| sqlx::Error::Decode(Box::new(refusal)))
}

#[async_trait]
impl MessageArchive for SqliteArchive {
    async fn apply(&self, room: RoomId, changes: &[ArchiveChange]) -> Result<(), StorageError> {
        for together in changes.chunk_by(|one, next| !is_read_first(one) && !is_read_first(next)) {
            self.carry_out(room, together).await?;
        }
        Ok(())
    }

    async fn before(
        &self,
        room: RoomId,
        reading: Reading,
        before: MessageNumber,
        limit: usize,
    ) -> Result<Messages, StorageError> {
        // One row more than asked for shows whether there are older messages.
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
        Ok(Messages { messages: self.open(&rows).await?, has_earlier })
    }

    async fn find(&self, room: RoomId, number: MessageNumber) -> Result<Option<ArchivedMessage>, StorageError> {
        let Some(row) = self.row(room, number).await? else { return Ok(None) };
        let Some(message) = self.open(std::slice::from_ref(&row)).await?.pop() else { return Ok(None) };
        Ok(Some(ArchivedMessage {
            account: parse_account(&row, "account")?,
            author: message.author,
            version: message.version,
            deleted: message.text.is_none(),
            pinned: message.pinned,
        }))
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
        let parsed = rooms.iter().map(|room| room.parse());
        Ok(parsed.collect::<Result<_, Refusal>>().map_err(|refusal| sqlx::Error::Decode(Box::new(refusal)))?)
    }
}
