//! Accounts and sessions in a SQLite file.

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, DisplayName, RoomId},
    refusal::Refusal,
    time::Timestamp,
};
use heartogether_app::api::Account;
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

use super::{Session, Store, StoreError, TokenHash, VISITS_KEPT};
use crate::database::to_sql;

/// Milliseconds within which a new account has its first session.
const FIRST_SESSION_MS: u64 = 60_000;

/// Accounts and sessions in a SQLite file that [`database::open`](crate::database::open) opened.
pub struct SqliteStore {
    pool: SqlitePool,
}

impl SqliteStore {
    /// The accounts and sessions of a file.
    pub fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// Deletes the sessions that have run out and the accounts that have none, but for those about to get their first.
    async fn forget_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        let sessions = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(to_sql(now.as_millis()));
        sessions.execute(&self.pool).await?;
        let delete = "DELETE FROM accounts WHERE created_at <= $1 AND id NOT IN (SELECT account FROM sessions)";
        let settled_ms = now.as_millis().saturating_sub(FIRST_SESSION_MS);
        sqlx::query(delete).bind(to_sql(settled_ms)).execute(&self.pool).await?;
        let visits = "DELETE FROM visits WHERE account NOT IN (SELECT id FROM accounts)";
        sqlx::query(visits).execute(&self.pool).await?;
        Ok(())
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn add_account(&self, account: &Account, created_at: Timestamp) -> Result<(), StoreError> {
        let insert = sqlx::query("INSERT INTO accounts (id, name, created_at) VALUES ($1, $2, $3)");
        let insert = insert.bind(account.id.to_string()).bind(account.name.as_str().to_owned());
        insert.bind(to_sql(created_at.as_millis())).execute(&self.pool).await?;
        Ok(())
    }

    async fn add_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError> {
        self.forget_expired(now).await?;
        let insert = sqlx::query("INSERT INTO sessions (token_hash, account, expires_at) VALUES ($1, $2, $3)");
        let insert = insert.bind(session.token.to_string()).bind(session.account.to_string());
        insert.bind(to_sql(session.expires_at.as_millis())).execute(&self.pool).await?;
        Ok(())
    }

    async fn add_visit(&self, account: AccountId, room: RoomId, at: Timestamp) -> Result<(), StoreError> {
        let upsert = "INSERT INTO visits (account, room, at) VALUES ($1, $2, $3) \
                      ON CONFLICT (account, room) DO UPDATE SET at = excluded.at";
        let upsert = sqlx::query(upsert).bind(account.to_string()).bind(room.to_string());
        upsert.bind(to_sql(at.as_millis())).execute(&self.pool).await?;
        let forget = "DELETE FROM visits WHERE account = $1 AND room NOT IN \
                      (SELECT room FROM visits WHERE account = $1 ORDER BY at DESC LIMIT $2)";
        let forget = sqlx::query(forget).bind(account.to_string()).bind(to_sql(VISITS_KEPT as u64));
        forget.execute(&self.pool).await?;
        Ok(())
    }

    async fn visits(&self, account: AccountId) -> Result<Vec<RoomId>, StoreError> {
        let select = "SELECT room FROM visits WHERE account = $1 ORDER BY at DESC";
        let rows = sqlx::query(select).bind(account.to_string()).fetch_all(&self.pool).await?;
        let parse = |row: &SqliteRow| row.try_get::<&str, _>("room")?.parse().map_err(unreadable);
        Ok(rows.iter().map(parse).collect::<Result<_, sqlx::Error>>()?)
    }

    async fn find_session(&self, token: TokenHash, now: Timestamp) -> Result<Option<Account>, StoreError> {
        let select = "SELECT accounts.id, accounts.name FROM sessions JOIN accounts ON accounts.id = sessions.account \
                      WHERE sessions.token_hash = $1 AND sessions.expires_at > $2";
        let query = sqlx::query(select).bind(token.to_string()).bind(to_sql(now.as_millis()));
        let row = query.fetch_optional(&self.pool).await?;
        Ok(row.as_ref().map(parse_account).transpose()?)
    }
}

fn unreadable(refusal: Refusal) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(refusal))
}

fn parse_account(row: &SqliteRow) -> Result<Account, sqlx::Error> {
    let (id, name): (&str, &str) = (row.try_get("id")?, row.try_get("name")?);
    Ok(Account { id: id.parse().map_err(unreadable)?, name: DisplayName::parse(name).map_err(unreadable)? })
}
