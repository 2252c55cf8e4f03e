//! Visits in a database.

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, RoomId},
    time::Timestamp,
};

use super::SqlStore;
use crate::storage::{
    StorageError,
    accounts::{VISITS_KEPT, Visits},
    database::{Connection, Error, Row, statement, to_sql, unreadable},
};

#[async_trait]
impl Visits for SqlStore {
    async fn add_visit(&self, account: AccountId, room: RoomId, at: Timestamp) -> Result<(), StorageError> {
        let upsert = "INSERT INTO visits (account, room, at) VALUES ($1, $2, $3) \
                      ON CONFLICT (account, room) DO UPDATE SET at = excluded.at";
        let upsert = statement(upsert).bind(account.to_string()).bind(room.to_string());
        upsert.bind(to_sql(at.as_millis())).execute(&self.database).await?;
        Ok(forget_visits(&mut self.database.acquire().await?, account).await?)
    }

    async fn visits(&self, account: AccountId) -> Result<Vec<RoomId>, StorageError> {
        let select = "SELECT room FROM visits WHERE account = $1 ORDER BY at DESC";
        let rows = statement(select).bind(account.to_string()).fetch_all(&self.database).await?;
        let parse = |row: &Row| row.try_get::<&str>("room")?.parse().map_err(unreadable);
        Ok(rows.iter().map(parse).collect::<Result<_, Error>>()?)
    }
}

/// Gives an account's visits to another one.
pub(super) async fn take_along(db: &mut Connection, from: AccountId, to: AccountId) -> Result<(), Error> {
    let take = "INSERT INTO visits (account, room, at) SELECT $2, room, at FROM visits WHERE account = $1 \
                ON CONFLICT (account, room) DO UPDATE SET at = \
                CASE WHEN excluded.at > visits.at THEN excluded.at ELSE visits.at END";
    statement(take).bind(from.to_string()).bind(to.to_string()).execute(&mut *db).await?;
    forget_visits(db, to).await
}

/// Deletes all but an account's latest visits.
async fn forget_visits(db: &mut Connection, account: AccountId) -> Result<(), Error> {
    let forget = "DELETE FROM visits WHERE account = $1 AND room NOT IN \
                  (SELECT room FROM visits WHERE account = $1 ORDER BY at DESC LIMIT $2)";
    let forget = statement(forget).bind(account.to_string()).bind(to_sql(VISITS_KEPT as u64));
    forget.execute(db).await?;
    Ok(())
}
