//! Blocks in a database.

use async_trait::async_trait;
use heartogether::{id::AccountId, time::Timestamp};

use super::SqlStore;
use crate::storage::{
    StorageError,
    accounts::{BLOCKS_KEPT, Blocks},
    database::{Connection, Error, Row, statement, to_sql, unreadable},
};

#[async_trait]
impl Blocks for SqlStore {
    async fn block(&self, account: AccountId, other: AccountId, since: Timestamp) -> Result<bool, StorageError> {
        let insert = "INSERT INTO blocks (account, blocked, since) SELECT $1, $2, $3 \
                      WHERE (SELECT COUNT(*) FROM blocks WHERE account = $1) < $4 \
                      ON CONFLICT (account, blocked) DO NOTHING";
        let insert = statement(insert).bind(account.to_string()).bind(other.to_string());
        let insert = insert.bind(to_sql(since.as_millis())).bind(to_sql(BLOCKS_KEPT as u64));
        if insert.execute(&self.database).await? > 0 {
            return Ok(true);
        }
        let select = statement("SELECT since FROM blocks WHERE account = $1 AND blocked = $2");
        let select = select.bind(account.to_string()).bind(other.to_string());
        Ok(select.fetch_optional(&self.database).await?.is_some())
    }

    async fn unblock(&self, account: AccountId, other: AccountId) -> Result<(), StorageError> {
        let delete = statement("DELETE FROM blocks WHERE account = $1 AND blocked = $2");
        delete.bind(account.to_string()).bind(other.to_string()).execute(&self.database).await?;
        Ok(())
    }

    async fn blocked(&self, account: AccountId) -> Result<Vec<AccountId>, StorageError> {
        let select = statement("SELECT blocked FROM blocks WHERE account = $1 ORDER BY since DESC, blocked");
        let rows = select.bind(account.to_string()).fetch_all(&self.database).await?;
        let parse = |row: &Row| row.try_get::<&str>("blocked")?.parse().map_err(unreadable);
        Ok(rows.iter().map(parse).collect::<Result<_, Error>>()?)
    }
}

/// Gives whom an account has blocked to another one, and what others have blocked of it. Nobody has blocked themselves then.
pub(super) async fn take_along(db: &mut Connection, from: AccountId, to: AccountId) -> Result<(), Error> {
    for take in [
        "INSERT INTO blocks (account, blocked, since) SELECT $2, blocked, since FROM blocks \
         WHERE account = $1 AND blocked <> $2 ON CONFLICT (account, blocked) DO NOTHING",
        "INSERT INTO blocks (account, blocked, since) SELECT account, $2, since FROM blocks \
         WHERE blocked = $1 AND account <> $2 ON CONFLICT (account, blocked) DO NOTHING",
    ] {
        statement(take).bind(from.to_string()).bind(to.to_string()).execute(&mut *db).await?;
    }
    let delete = statement("DELETE FROM blocks WHERE account = $1 OR blocked = $1");
    delete.bind(from.to_string()).execute(db).await?;
    Ok(())
}
