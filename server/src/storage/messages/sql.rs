//! Messages in a database.

mod batch;
mod index;
mod search;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    room::{ArchiveChange, ArchivedMessage, Message, Messages, Reading},
    time::Timestamp,
};

use super::{MessageArchive, facts_of};
use crate::storage::{
    StorageError,
    database::{Database, Durability, Error, Row, WriteTransaction, from_sql, statement, to_sql, unreadable},
    pictures,
    sealing::{OwnedMessage, Sealed, Sealer},
};
use batch::{Batch, Stored};

/// Messages that one statement looks for. Their number is in its text, which stays the same so that it is prepared once.
const AT_ONCE: usize = 8;

/// How often changes are tried that another node makes at the same moment: it makes the same ones, so few are left each time.
const ATTEMPTS: u32 = 32;

/// Messages in a database. Several nodes may make the same changes, each in its own time.
pub struct SqlArchive {
    database: Database,
    sealer: Arc<Sealer>,
}

impl SqlArchive {
    /// The messages of a database, sealed.
    pub fn new(database: impl Into<Database>, sealer: Arc<Sealer>) -> Self {
        Self { database: database.into(), sealer }
    }

    /// The messages of rows, those that are not understood apart.
    async fn open(&self, rows: &[Row]) -> Result<Vec<Stored>, StorageError> {
        let stored = rows.iter().map(sealed).collect::<Result<Vec<_>, _>>()?;
        let opened = self.sealer.open::<OwnedMessage>(&stored).await?;
        let mut messages = Vec::with_capacity(rows.len());
        for ((row, sealed), owned) in rows.iter().zip(stored).zip(opened) {
            let Some(mut owned) = owned else { continue };
            owned.message.delivered |= row.try_get_flag("delivered")? == Some(true);
            messages.push(Stored { owned, sealed });
        }
        Ok(messages)
    }

    /// Makes changes, unless another node changes the same messages meanwhile. Returns whether they are made.
    async fn try_apply(&self, room: RoomId, changes: &[ArchiveChange]) -> Result<bool, StorageError> {
        let (stored, others) = self.stored(room, &batch::named(changes)).await?;
        // What another version has written stays as it is.
        let is_ours = |change: &&ArchiveChange| !matches!(change, ArchiveChange::Write { message, .. } if others.contains(&message.number));
        let batch = Batch::new(changes.iter().filter(is_ours), stored).seal(&self.sealer).await?;
        let mut transaction = WriteTransaction::begin(&self.database, batch.durability()).await?;
        // Whoever owns a key now owns the message, until it is written.
        transaction.hold_accounts().await?;
        let is_as_read = batch.write(&mut transaction, room).await?;
        if is_as_read {
            pictures::follow(&mut transaction, room, changes).await?;
            transaction.commit().await?;
        }
        Ok(is_as_read)
    }

    /// The messages of these numbers that are stored and understood, and the numbers of those that are stored and not understood.
    async fn stored(
        &self,
        room: RoomId,
        numbers: &[MessageNumber],
    ) -> Result<(Vec<Stored>, BTreeSet<MessageNumber>), StorageError> {
        let select = "SELECT number, account, delivered, message, sealed FROM messages WHERE room = $1 AND number IN ($2, $3, $4, $5, $6, $7, $8, $9)";
        let mut rows = Vec::new();
        for some in numbers.chunks(AT_ONCE) {
            // The last number stands in for those that are missing.
            let padded = some.iter().chain(some.last().into_iter().cycle()).take(AT_ONCE);
            let select = statement(select).bind(room.to_string());
            let select = padded.fold(select, |select, number| select.bind(to_sql(number.0)));
            rows.extend(select.fetch_all(&self.database).await?);
        }
        let number = |row: &Row| Ok(MessageNumber(from_sql(row.try_get("number")?)));
        let mut others = rows.iter().map(number).collect::<Result<BTreeSet<_>, Error>>()?;
        let stored = self.open(&rows).await?;
        stored.iter().for_each(|stored| _ = others.remove(&stored.owned.message.number));
        Ok((stored, others))
    }

    async fn row(&self, room: RoomId, number: MessageNumber) -> Result<Option<Row>, StorageError> {
        let select =
            statement("SELECT account, delivered, message, sealed FROM messages WHERE room = $1 AND number = $2")
                .bind(room.to_string());
        Ok(select.bind(to_sql(number.0)).fetch_optional(&self.database).await?)
    }
}

fn sealed(row: &Row) -> Result<Sealed, Error> {
    Ok(Sealed { value: row.try_get("message")?, texts: row.try_get("sealed")? })
}

fn parse_account(row: &Row, column: &str) -> Result<AccountId, Error> {
    let account: &str = row.try_get(column)?;
    account.parse().map_err(unreadable)
}

#[async_trait]
impl MessageArchive for SqlArchive {
    async fn apply(&self, room: RoomId, changes: &[ArchiveChange]) -> Result<(), StorageError> {
        for _ in 0..ATTEMPTS {
            if self.try_apply(room, changes).await? {
                return Ok(());
            }
        }
        Err(StorageError::took_too_long())
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
            Reading::All => {
                "SELECT account, delivered, message, sealed FROM messages WHERE room = $1 AND number < $2 ORDER BY number DESC LIMIT $3"
            }
            Reading::Own(_) => {
                "SELECT account, delivered, message, sealed FROM messages WHERE room = $1 AND number < $2 AND account = $4 ORDER BY number DESC LIMIT $3"
            }
        };
        let mut select = statement(select).bind(room.to_string()).bind(to_sql(before.0)).bind(most);
        if let Reading::Own(account) = reading {
            select = select.bind(account.to_string());
        }
        let mut rows = select.fetch_all(&self.database).await?;
        let has_earlier = rows.len() > limit;
        rows.truncate(limit);
        rows.reverse();
        let messages = self.open(&rows).await?.into_iter().map(|stored| stored.owned.message).collect();
        Ok(Messages { before, messages, has_earlier })
    }

    async fn at(&self, room: RoomId, numbers: &[MessageNumber]) -> Result<Vec<Message>, StorageError> {
        let (stored, _) = self.stored(room, numbers).await?;
        let found = stored.into_iter().map(|stored| (stored.owned.message.number, stored.owned.message));
        Ok(found.collect::<BTreeMap<_, _>>().into_values().collect())
    }

    async fn find(&self, room: RoomId, number: MessageNumber) -> Result<Option<ArchivedMessage>, StorageError> {
        let Some(row) = self.row(room, number).await? else { return Ok(None) };
        let Some(Stored { owned, .. }) = self.open(std::slice::from_ref(&row)).await?.pop() else { return Ok(None) };
        Ok(Some(facts_of(parse_account(&row, "account")?, &owned.message)))
    }

    async fn find_nonce(
        &self,
        room: RoomId,
        account: AccountId,
        nonce: u32,
        since: Timestamp,
    ) -> Result<Option<MessageNumber>, StorageError> {
        let select = "SELECT number FROM messages WHERE account = $1 AND room = $2 AND nonce = $3 AND sent_at >= $4 \
                      ORDER BY number DESC LIMIT 1";
        let select = statement(select).bind(account.to_string()).bind(room.to_string()).bind(i64::from(nonce));
        let row = select.bind(to_sql(since.as_millis())).fetch_optional(&self.database).await?;
        Ok(row.map(|row| Ok::<_, Error>(MessageNumber(from_sql(row.try_get("number")?)))).transpose()?)
    }

    async fn rename_account(&self, from: AccountId, to: AccountId) -> Result<(), StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::AsSet).await?;
        transaction.lock_accounts().await?;
        let rename = statement("UPDATE messages SET account = $2 WHERE account = $1").bind(from.to_string());
        rename.bind(to.to_string()).slow().execute(&mut *transaction).await?;
        pictures::give_to(&mut transaction, from, to).await?;
        Ok(transaction.commit().await?)
    }

    async fn delete_account(&self, account: AccountId) -> Result<(), StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        transaction.lock_accounts().await?;
        for delete in [
            "DELETE FROM message_words WHERE (place, number) IN (SELECT place, messages.number FROM messages \
             JOIN word_keys ON word_keys.room = messages.room WHERE account = $1)",
            "DELETE FROM messages WHERE account = $1",
        ] {
            statement(delete).bind(account.to_string()).slow().execute(&mut *transaction).await?;
        }
        pictures::delete_of_account(&mut transaction, account).await?;
        Ok(transaction.commit().await?)
    }

    async fn delete_room(&self, room: RoomId) -> Result<(), StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        for delete in [
            "DELETE FROM message_words WHERE place = (SELECT place FROM word_keys WHERE room = $1)",
            "DELETE FROM word_keys WHERE room = $1",
            "DELETE FROM messages WHERE room = $1",
        ] {
            statement(delete).bind(room.to_string()).slow().execute(&mut *transaction).await?;
        }
        pictures::delete_of_room(&mut transaction, room).await?;
        Ok(transaction.commit().await?)
    }

    async fn rooms(&self) -> Result<Vec<RoomId>, StorageError> {
        let rows = statement("SELECT DISTINCT room FROM messages").slow().fetch_all(&self.database).await?;
        let parse = |row: &Row| row.try_get::<&str>("room")?.parse().map_err(unreadable);
        Ok(rows.iter().map(parse).collect::<Result<_, Error>>()?)
    }
}
