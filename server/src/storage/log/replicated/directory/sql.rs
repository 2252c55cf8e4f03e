//! A directory in a database.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::id::{AccountId, RoomCode, RoomId};

use super::RoomDirectory;
use crate::storage::{
    StorageError,
    database::{Connection, Database, Durability, Error, Row, WriteTransaction, from_sql, statement, unreadable},
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

    async fn remove(&self, room: RoomId) -> Result<(), StorageError> {
        let rest = ["DELETE FROM appearances WHERE room = $1", "DELETE FROM rooms WHERE id = $1"];
        self.delete(room, &[&EARLIER_LOG[..], &rest].concat()).await?;
        self.noted().retain(|(noted, _)| *noted != room);
        Ok(())
    }
}
