//! A directory in a database.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::id::{AccountId, MessageNumber, RoomCode, RoomId};

use super::{Kept, RoomDirectory};
use crate::storage::{
    StorageError,
    database::{
        Connection, Database, Durability, Error, Row, WriteTransaction, from_sql, statement, to_sql, unreadable,
    },
    log::replicated::{
        copy::Contents,
        position::{Data, Position, StoredEntry, StoredSnapshot},
    },
};

/// The log of a room that a single server wrote.
const EARLIER_LOG: [&str; 2] = ["DELETE FROM entries WHERE room = $1", "DELETE FROM snapshots WHERE room = $1"];
/// Accounts that are remembered as noted, at most.
const NOTED: usize = 20_000;

/// A directory in a database: the tables in which the logs of a single server have their rooms, too. What an account has written is
/// kept readable as long as a room of this directory names it.
pub struct SqlDirectory {
    database: Database,
    /// What this node has noted, so that members who come and go do not cost a statement each time.
    noted: Mutex<HashSet<(RoomId, AccountId)>>,
}

impl SqlDirectory {
    /// The rooms of a database.
    pub fn new(database: impl Into<Database>) -> Self {
        Self { database: database.into(), noted: Mutex::default() }
    }

    fn noted(&self) -> MutexGuard<'_, HashSet<(RoomId, AccountId)>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn delete(&self, room: RoomId, deletes: &[&'static str]) -> Result<(), StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        for delete in deletes {
            statement(*delete).bind(room.to_string()).execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    fn remember(&self, room: RoomId, accounts: &[AccountId]) {
        let mut noted = self.noted();
        if noted.len() >= NOTED {
            noted.clear();
        }
        noted.extend(accounts.iter().map(|account| (room, *account)));
    }
}

fn parse_room(row: &Row) -> Result<RoomId, Error> {
    row.try_get::<&str>("room")?.parse().map_err(unreadable)
}

/// A place in a log that one server wrote. It has no epochs, and is before all of them.
fn position(row: &Row) -> Result<Position, Error> {
    Ok(Position { epoch: 0, seq: from_sql(row.try_get("seq")?) })
}

/// A place in a log that several nodes write.
fn position_in_epoch(row: &Row) -> Result<Position, Error> {
    Ok(Position { epoch: from_sql(row.try_get("epoch")?), seq: from_sql(row.try_get("seq")?) })
}

/// Both logs store values in the same form, sealed with the same keys.
fn data(row: &Row, column: &str) -> Result<Data, Error> {
    let version = u32::try_from(row.try_get::<i64>("version")?).unwrap_or_default();
    Ok(Data { version, value: row.try_get(column)?, texts: row.try_get("sealed")? })
}

fn snapshot(row: &Row) -> Result<Arc<StoredSnapshot>, Error> {
    Ok(Arc::new(StoredSnapshot { position: position(row)?, data: data(row, "state")? }))
}

fn entry(row: &Row) -> Result<Arc<StoredEntry>, Error> {
    let (position, at) = (position(row)?, from_sql(row.try_get("at")?));
    let nonce = format!("earlier-{}", position.seq);
    Ok(Arc::new(StoredEntry { position, at, nonce, data: data(row, "event")? }))
}

fn latest_message(row: &Row) -> Result<(AccountId, MessageNumber), Error> {
    let account = row.try_get::<&str>("account")?.parse().map_err(unreadable)?;
    Ok((account, MessageNumber(from_sql(row.try_get("number")?))))
}

/// Notes accounts, unless the room is gone.
async fn note(db: &mut Connection, room: RoomId, accounts: &[AccountId]) -> Result<(), Error> {
    for account in accounts {
        let note = "INSERT INTO appearances (account, room) SELECT $1, id FROM rooms WHERE id = $2 \
                    ON CONFLICT (account, room) DO NOTHING";
        statement(note).bind(account.to_string()).bind(room.to_string()).execute(&mut *db).await?;
    }
    Ok(())
}

#[async_trait]
impl RoomDirectory for SqlDirectory {
    async fn add(&self, room: RoomId, code: RoomCode, accounts: &BTreeSet<AccountId>) -> Result<bool, StorageError> {
        let accounts: Vec<_> = accounts.iter().copied().collect();
        let mut transaction = WriteTransaction::begin(&self.database, Durability::AsSet).await?;
        let claim =
            "INSERT INTO rooms (id, code, last_seq, last_at) VALUES ($1, $2, 0, 0) ON CONFLICT (code) DO NOTHING";
        let claim = statement(claim).bind(room.to_string()).bind(code.to_string());
        let is_added = claim.execute(&mut *transaction).await? == 1;
        if is_added {
            note(&mut transaction, room, &accounts).await?;
        }
        transaction.commit().await?;
        if is_added {
            self.remember(room, &accounts);
        }
        Ok(is_added)
    }

    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, StorageError> {
        let found = statement("SELECT id AS room FROM rooms WHERE code = $1").bind(code.to_string());
        let row = found.fetch_optional(&self.database).await?;
        Ok(row.as_ref().map(parse_room).transpose()?)
    }

    async fn is_live(&self, room: RoomId) -> Result<bool, StorageError> {
        let found = statement("SELECT id FROM rooms WHERE id = $1").bind(room.to_string());
        Ok(found.fetch_optional(&self.database).await?.is_some())
    }

    async fn live(&self) -> Result<Vec<RoomId>, StorageError> {
        let rows = statement("SELECT id AS room FROM rooms").fetch_all(&self.database).await?;
        Ok(rows.iter().map(parse_room).collect::<Result<_, _>>()?)
    }

    async fn note(&self, room: RoomId, accounts: &BTreeSet<AccountId>) -> Result<(), StorageError> {
        let new: Vec<_> = {
            let noted = self.noted();
            accounts.iter().copied().filter(|account| !noted.contains(&(room, *account))).collect()
        };
        if !new.is_empty() {
            note(&mut self.database.acquire().await?, room, &new).await?;
            self.remember(room, &new);
        }
        Ok(())
    }

    async fn naming(&self, account: AccountId) -> Result<Vec<RoomId>, StorageError> {
        let found = statement("SELECT room FROM appearances WHERE account = $1").bind(account.to_string());
        Ok(found.fetch_all(&self.database).await?.iter().map(parse_room).collect::<Result<_, _>>()?)
    }

    async fn earlier_log(&self, room: RoomId) -> Result<Option<Contents>, StorageError> {
        let select = "SELECT seq, version, state, sealed FROM snapshots WHERE room = $1 ORDER BY seq";
        let snapshots = statement(select).bind(room.to_string()).fetch_all(&self.database).await?;
        let select = "SELECT seq, at, version, event, sealed FROM entries WHERE room = $1 ORDER BY seq";
        let entries = statement(select).bind(room.to_string()).fetch_all(&self.database).await?;
        let contents = Contents {
            snapshots: snapshots.iter().map(snapshot).collect::<Result<_, _>>()?,
            entries: entries.iter().map(entry).collect::<Result<_, _>>()?,
        };
        Ok(Some(contents).filter(|contents| *contents != Contents::default()))
    }

    async fn drop_earlier_log(&self, room: RoomId) -> Result<(), StorageError> {
        self.delete(room, &EARLIER_LOG).await
    }

    async fn keep_copy(&self, room: RoomId, copy: &StoredSnapshot) -> Result<(), StorageError> {
        let keep = "INSERT INTO room_copies (room, epoch, seq, version, state, sealed) \
                    SELECT id, $2, $3, $4, $5, $6 FROM rooms WHERE id = $1 ON CONFLICT (room) DO UPDATE SET \
                    epoch = excluded.epoch, seq = excluded.seq, version = excluded.version, state = excluded.state, \
                    sealed = excluded.sealed WHERE excluded.epoch > room_copies.epoch \
                    OR (excluded.epoch = room_copies.epoch AND excluded.seq > room_copies.seq)";
        let StoredSnapshot { position: Position { epoch, seq }, data } = copy;
        let keep = statement(keep).bind(room.to_string()).bind(to_sql(*epoch)).bind(to_sql(*seq));
        let keep = keep.bind(i64::from(data.version)).bind(data.value.clone()).bind(data.texts.clone());
        keep.execute(&self.database).await?;
        Ok(())
    }

    async fn copied(&self, room: RoomId) -> Result<Option<Position>, StorageError> {
        let select = statement("SELECT epoch, seq FROM room_copies WHERE room = $1").bind(room.to_string());
        Ok(select.fetch_optional(&self.database).await?.as_ref().map(position_in_epoch).transpose()?)
    }

    async fn kept(&self, room: RoomId) -> Result<Option<Kept>, StorageError> {
        let select = "SELECT epoch, seq, version, state, sealed FROM room_copies WHERE room = $1";
        let Some(row) = statement(select).bind(room.to_string()).fetch_optional(&self.database).await? else {
            return Ok(None);
        };
        let copy = StoredSnapshot { position: position_in_epoch(&row)?, data: data(&row, "state")? };
        let select = "SELECT account, MAX(number) AS number FROM messages WHERE room = $1 GROUP BY account";
        let written = statement(select).bind(room.to_string()).slow().fetch_all(&self.database).await?;
        let written = written.iter().map(latest_message).collect::<Result<_, _>>()?;
        Ok(Some(Kept { copy, written }))
    }

    async fn remove(&self, room: RoomId) -> Result<(), StorageError> {
        let rest = ["DELETE FROM appearances WHERE room = $1", "DELETE FROM rooms WHERE id = $1"];
        self.delete(room, &[&EARLIER_LOG[..], &rest].concat()).await?;
        self.noted().retain(|(noted, _)| *noted != room);
        Ok(())
    }
}
