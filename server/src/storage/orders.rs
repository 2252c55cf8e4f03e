//! What whoever runs the server orders, and what came of it: the audit trail. A running server carries orders out.

use heartogether::{id::RoomId, time::Timestamp};

use super::{
    StorageError,
    database::{Database, Durability, Error, Row, WriteTransaction, from_sql, statement, to_sql, unreadable},
};
use crate::random;

/// What can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Rooms were listed.
    ListRooms,
    /// A room ends for good.
    CloseRoom,
    /// Accounts were looked for by their name.
    FindAccounts,
    /// An account is banned.
    BanAccount,
    /// A ban is lifted.
    UnbanAccount,
    /// A picture is removed from its message.
    RemovePicture,
}

impl Deed {
    const ALL: [Self; 6] = [
        Self::ListRooms,
        Self::CloseRoom,
        Self::FindAccounts,
        Self::BanAccount,
        Self::UnbanAccount,
        Self::RemovePicture,
    ];

    /// Its name in the database and on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ListRooms => "rooms list",
            Self::CloseRoom => "rooms close",
            Self::FindAccounts => "accounts find",
            Self::BanAccount => "accounts ban",
            Self::UnbanAccount => "accounts unban",
            Self::RemovePicture => "pictures remove",
        }
    }
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) at: Timestamp,
    /// Who ordered it.
    pub(crate) by: String,
    /// `None` for one of another version.
    pub(crate) deed: Option<Deed>,
    /// The name of the deed as it is stored.
    pub(crate) deed_name: String,
    /// What it is about.
    pub(crate) target: String,
    /// When it was carried out, and what came of it.
    pub(crate) done: Option<(Timestamp, String)>,
}

/// A room as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedRoom {
    pub(crate) id: RoomId,
    pub(crate) code: String,
    pub(crate) last_at: Timestamp,
    pub(crate) messages: u64,
}

/// An account as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedAccount {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) provider: Option<String>,
    pub(crate) is_banned: bool,
}

/// Orders in a database.
#[derive(Clone)]
pub(crate) struct Orders {
    database: Database,
}

impl Orders {
    pub(crate) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Notes an order, with its outcome if it has one already. Returns its id.
    pub(crate) async fn add(
        &self,
        at: Timestamp,
        by: &str,
        (deed, target): (Deed, &str),
        outcome: Option<&str>,
    ) -> Result<i64, StorageError> {
        let id = i64::from_le_bytes(random::bytes()) & i64::MAX;
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        let insert = "INSERT INTO orders (id, at, by_whom, deed, target, done_at, outcome) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let insert = statement(insert).bind(id).bind(to_sql(at.as_millis())).bind(by.to_owned());
        let insert = insert.bind(deed.name().to_owned()).bind(target.to_owned());
        let insert = insert.bind(outcome.map(|_| to_sql(at.as_millis()))).bind(outcome.map(str::to_owned));
        insert.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Orders that are to be carried out, the oldest first.
    pub(crate) async fn pending(&self) -> Result<Vec<Order>, StorageError> {
        let select =
            "SELECT id, at, by_whom, deed, target, done_at, outcome FROM orders WHERE done_at IS NULL ORDER BY at, id";
        let rows = statement(select).fetch_all(&self.database).await?;
        Ok(rows.iter().map(parse).collect::<Result<_, Error>>()?)
    }

    /// Notes what came of an order, unless that is noted already.
    pub(crate) async fn finish(&self, id: i64, at: Timestamp, outcome: &str) -> Result<(), StorageError> {
        let update = statement("UPDATE orders SET done_at = $2, outcome = $3 WHERE id = $1 AND done_at IS NULL");
        let update = update.bind(id).bind(to_sql(at.as_millis())).bind(outcome.to_owned());
        update.execute(&self.database).await?;
        Ok(())
    }

    /// Whether such an order about the same thing was carried out with an outcome that begins like this.
    pub(crate) async fn was_done(&self, (deed, target): (Deed, &str), begins: &str) -> Result<bool, StorageError> {
        let select =
            "SELECT 1 FROM orders WHERE deed = $1 AND target = $2 AND done_at IS NOT NULL AND outcome LIKE $3 LIMIT 1";
        let select = statement(select).bind(deed.name().to_owned()).bind(target.to_owned()).bind(format!("{begins}%"));
        Ok(select.slow().fetch_optional(&self.database).await?.is_some())
    }

    /// One order.
    pub(crate) async fn find(&self, id: i64) -> Result<Option<Order>, StorageError> {
        let select = "SELECT id, at, by_whom, deed, target, done_at, outcome FROM orders WHERE id = $1";
        let row = statement(select).bind(id).fetch_optional(&self.database).await?;
        Ok(row.as_ref().map(parse).transpose()?)
    }

    /// The latest orders, the oldest of them first.
    pub(crate) async fn latest(&self, limit: u32) -> Result<Vec<Order>, StorageError> {
        let select = "SELECT id, at, by_whom, deed, target, done_at, outcome FROM orders ORDER BY at DESC, id LIMIT $1";
        let rows = statement(select).bind(i64::from(limit)).fetch_all(&self.database).await?;
        Ok(rows.iter().rev().map(parse).collect::<Result<_, Error>>()?)
    }

    /// All live rooms, the one in which something happened last first.
    pub(crate) async fn rooms(&self) -> Result<Vec<ListedRoom>, StorageError> {
        let select = "SELECT id, code, last_at, (SELECT COUNT(*) FROM messages WHERE messages.room = rooms.id) AS messages \
                      FROM rooms ORDER BY last_at DESC, code";
        let rows = statement(select).slow().fetch_all(&self.database).await?;
        let listed = |row: &Row| {
            Ok(ListedRoom {
                id: row.try_get::<&str>("id")?.parse().map_err(unreadable)?,
                code: row.try_get("code")?,
                last_at: Timestamp::from_millis(from_sql(row.try_get("last_at")?)),
                messages: from_sql(row.try_get("messages")?),
            })
        };
        Ok(rows.iter().map(listed).collect::<Result<_, Error>>()?)
    }

    /// The accounts whose name is this, whatever its case.
    pub(crate) async fn accounts(&self, name: &str) -> Result<Vec<ListedAccount>, StorageError> {
        let select = "SELECT id, name, provider, (SELECT COUNT(*) FROM bans WHERE bans.account = accounts.id) AS bans \
                      FROM accounts WHERE LOWER(name) = LOWER($1) ORDER BY created_at DESC, id";
        let rows = statement(select).bind(name.to_owned()).slow().fetch_all(&self.database).await?;
        let listed = |row: &Row| {
            Ok(ListedAccount {
                id: row.try_get("id")?,
                name: row.try_get("name")?,
                provider: row.try_get("provider")?,
                is_banned: row.try_get::<i64>("bans")? > 0,
            })
        };
        Ok(rows.iter().map(listed).collect::<Result<_, Error>>()?)
    }
}

fn parse(row: &Row) -> Result<Order, Error> {
    let time = |at: i64| Timestamp::from_millis(from_sql(at));
    let (deed_name, done_at): (String, Option<i64>) = (row.try_get("deed")?, row.try_get("done_at")?);
    let outcome: Option<String> = row.try_get("outcome")?;
    Ok(Order {
        id: row.try_get("id")?,
        at: time(row.try_get("at")?),
        by: row.try_get("by_whom")?,
        deed: Deed::ALL.into_iter().find(|deed| deed.name() == deed_name),
        deed_name,
        target: row.try_get("target")?,
        done: done_at.map(|at| (time(at), outcome.unwrap_or_default())),
    })
}
