//! Memberships in a database.

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    time::Timestamp,
};

use super::SqlStore;
use crate::storage::{
    StorageError,
    accounts::{MEMBERSHIPS_LISTED, Membership, Memberships},
    database::{Connection, Error, Row, from_sql, statement, to_sql, unreadable},
};

#[async_trait]
impl Memberships for SqlStore {
    async fn add_membership(&self, account: AccountId, room: RoomId, since: Timestamp) -> Result<bool, StorageError> {
        let insert = "INSERT INTO memberships (account, room, since, read_up_to, muted) VALUES ($1, $2, $3, 0, 0) \
                      ON CONFLICT (account, room) DO NOTHING";
        let insert = statement(insert).bind(account.to_string()).bind(room.to_string());
        Ok(insert.bind(to_sql(since.as_millis())).execute(&self.database).await? > 0)
    }

    async fn end_membership(&self, account: AccountId, room: RoomId) -> Result<(), StorageError> {
        let delete = statement("DELETE FROM memberships WHERE account = $1 AND room = $2");
        delete.bind(account.to_string()).bind(room.to_string()).execute(&self.database).await?;
        Ok(())
    }

    async fn mark_read(&self, account: AccountId, room: RoomId, up_to: MessageNumber) -> Result<(), StorageError> {
        let update = "UPDATE memberships SET read_up_to = $3 WHERE account = $1 AND room = $2 AND read_up_to < $3";
        let update = statement(update).bind(account.to_string()).bind(room.to_string());
        update.bind(to_sql(up_to.0)).execute(&self.database).await?;
        Ok(())
    }

    async fn mute(&self, account: AccountId, room: RoomId, muted: bool) -> Result<(), StorageError> {
        let update = statement("UPDATE memberships SET muted = $3 WHERE account = $1 AND room = $2");
        update.bind(account.to_string()).bind(room.to_string()).bind(muted).execute(&self.database).await?;
        Ok(())
    }

    async fn memberships(&self, account: AccountId) -> Result<Vec<Membership>, StorageError> {
        let select =
            "SELECT room, since, read_up_to, muted FROM memberships WHERE account = $1 ORDER BY since DESC LIMIT $2";
        let select = statement(select).bind(account.to_string()).bind(to_sql(MEMBERSHIPS_LISTED as u64));
        let parse = |row: &Row| {
            Ok(Membership {
                room: row.try_get::<&str>("room")?.parse().map_err(unreadable)?,
                since: Timestamp::from_millis(from_sql(row.try_get("since")?)),
                read_up_to: MessageNumber(from_sql(row.try_get("read_up_to")?)),
                muted: row.try_get_flag("muted")? == Some(true),
            })
        };
        let rows = select.fetch_all(&self.database).await?;
        Ok(rows.iter().map(parse).collect::<Result<_, Error>>()?)
    }
}

/// Gives an account's memberships to another one.
pub(super) async fn take_along(db: &mut Connection, from: AccountId, to: AccountId) -> Result<(), Error> {
    let take = "INSERT INTO memberships (account, room, since, read_up_to, muted) \
                SELECT $2, room, since, read_up_to, muted FROM memberships WHERE account = $1 \
                ON CONFLICT (account, room) DO UPDATE SET read_up_to = \
                CASE WHEN excluded.read_up_to > memberships.read_up_to THEN excluded.read_up_to \
                ELSE memberships.read_up_to END";
    statement(take).bind(from.to_string()).bind(to.to_string()).execute(&mut *db).await?;
    statement("DELETE FROM memberships WHERE account = $1").bind(from.to_string()).execute(db).await?;
    Ok(())
}
