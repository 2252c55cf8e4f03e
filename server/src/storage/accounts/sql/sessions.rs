//! Sessions in a database.

use async_trait::async_trait;
use heartogether::{id::AccountId, time::Timestamp};
use heartogether_app::api::Account;

use super::{SqlStore, parse_account};
use crate::storage::{
    StorageError,
    accounts::{Accounts, Session, Sessions, TokenHash},
    database::{Connection, Durability, Error, Row, WriteTransaction, from_sql, statement, to_sql},
};

#[async_trait]
impl Sessions for SqlStore {
    async fn add_session(&self, session: &Session, now: Timestamp) -> Result<(), StorageError> {
        self.forget_expired(now).await?;
        let mut transaction = WriteTransaction::begin_for_one(&self.database).await?;
        transaction.hold_accounts().await?;
        insert(&mut transaction, session).await?;
        Ok(transaction.commit().await?)
    }

    async fn find_session(&self, token: TokenHash, now: Timestamp) -> Result<Option<Account>, StorageError> {
        let select = "SELECT accounts.id, accounts.name, accounts.provider, accounts.email, accounts.email_shown, \
                      accounts.picture_type IS NOT NULL AS has_picture \
                      FROM sessions JOIN accounts ON accounts.id = sessions.account \
                      WHERE sessions.token_hash = $1 AND sessions.expires_at > $2";
        let query = statement(select).bind(token.to_string()).bind(to_sql(now.as_millis()));
        let row = query.fetch_optional(&self.database).await?;
        Ok(row.as_ref().map(parse_account).transpose()?)
    }

    async fn session_end(&self, token: TokenHash, now: Timestamp) -> Result<Option<Timestamp>, StorageError> {
        let select = "SELECT expires_at FROM sessions WHERE token_hash = $1 AND expires_at > $2";
        let query = statement(select).bind(token.to_string()).bind(to_sql(now.as_millis()));
        let row = query.fetch_optional(&self.database).await?;
        let end = row.map(|row| row.try_get("expires_at")).transpose()?;
        Ok(end.map(|end| Timestamp::from_millis(from_sql(end))))
    }

    async fn session_ends(&self, account: AccountId, now: Timestamp) -> Result<Vec<Timestamp>, StorageError> {
        let select = "SELECT expires_at FROM sessions WHERE account = $1 AND expires_at > $2 ORDER BY expires_at";
        let query = statement(select).bind(account.to_string()).bind(to_sql(now.as_millis()));
        let rows = query.fetch_all(&self.database).await?;
        let parse = |row: &Row| Ok(Timestamp::from_millis(from_sql(row.try_get("expires_at")?)));
        Ok(rows.iter().map(parse).collect::<Result<_, Error>>()?)
    }

    async fn extend_session(
        &self,
        token: TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StorageError> {
        let update = statement("UPDATE sessions SET expires_at = $2 WHERE token_hash = $1 RETURNING account");
        let update = update.bind(token.to_string()).bind(to_sql(expires_at.as_millis()));
        let Some(row) = update.fetch_optional(&self.database).await? else { return Ok(false) };
        let account: String = row.try_get("account")?;
        let seen = statement("UPDATE accounts SET seen_at = $2 WHERE id = $1").bind(account);
        seen.bind(to_sql(now.as_millis())).execute(&self.database).await?;
        Ok(true)
    }

    async fn end_session(&self, token: TokenHash) -> Result<(), StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        let delete = statement("DELETE FROM sessions WHERE token_hash = $1").bind(token.to_string());
        delete.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn end_sessions(&self, account: AccountId) -> Result<Vec<TokenHash>, StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        transaction.lock_accounts().await?;
        let ended = end_all(&mut transaction, account).await?;
        transaction.commit().await?;
        Ok(ended)
    }
}

/// Adds a session.
pub(super) async fn insert(db: &mut Connection, session: &Session) -> Result<(), Error> {
    let insert = statement("INSERT INTO sessions (token_hash, account, expires_at) VALUES ($1, $2, $3)");
    let insert = insert.bind(session.token.to_string()).bind(session.account.to_string());
    insert.bind(to_sql(session.expires_at.as_millis())).execute(db).await?;
    Ok(())
}

/// Ends every session of an account, and returns them.
pub(super) async fn end_all(db: &mut Connection, account: AccountId) -> Result<Vec<TokenHash>, Error> {
    let delete = statement("DELETE FROM sessions WHERE account = $1 RETURNING token_hash");
    let rows = delete.bind(account.to_string()).fetch_all(db).await?;
    let parse = |row: &Row| Ok(TokenHash::parse(row.try_get("token_hash")?));
    rows.iter().filter_map(|row| parse(row).transpose()).collect()
}
