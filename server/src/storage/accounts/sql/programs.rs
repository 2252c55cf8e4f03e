//! Programs' tokens in a database.

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, DisplayName},
    time::Timestamp,
};
use heartogether_app::api::{Account, Scope};

use super::{SqlStore, parse_account};
use crate::storage::{
    StorageError,
    accounts::{Programs, StoredToken, TOKEN_USE_MS, TOKENS_PER_ACCOUNT, TokenHash},
    database::{Connection, Durability, Error, Row, WriteTransaction, from_sql, statement, to_sql, unreadable},
};

#[async_trait]
impl Programs for SqlStore {
    async fn add_program_token(&self, token: &StoredToken) -> Result<bool, StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::AsSet).await?;
        // Nobody else counts meanwhile.
        transaction.lock_accounts().await?;
        let insert = "INSERT INTO program_tokens (token_hash, account, label, scopes, created_at) \
                      SELECT $1, id, $3, $4, $5 FROM accounts WHERE id = $2 \
                      AND (SELECT COUNT(*) FROM program_tokens WHERE account = $2) < $6";
        let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.code()).collect();
        let insert = statement(insert).bind(token.token.to_string()).bind(token.account.to_string());
        let insert = insert.bind(token.label.as_str().to_owned()).bind(scopes.join(" "));
        let insert = insert.bind(to_sql(token.created_at.as_millis())).bind(to_sql(TOKENS_PER_ACCOUNT as u64));
        let added = insert.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(added == 1)
    }

    async fn program_tokens(&self, account: AccountId) -> Result<Vec<StoredToken>, StorageError> {
        let select = "SELECT token_hash, label, scopes, created_at, used_at FROM program_tokens WHERE account = $1 \
                      ORDER BY created_at DESC, token_hash";
        let rows = statement(select).bind(account.to_string()).fetch_all(&self.database).await?;
        Ok(rows.iter().filter_map(|row| parse(account, row).transpose()).collect::<Result<_, Error>>()?)
    }

    async fn revoke_program_token(&self, account: AccountId, token: TokenHash) -> Result<(), StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        let delete = statement("DELETE FROM program_tokens WHERE account = $1 AND token_hash = $2");
        delete.bind(account.to_string()).bind(token.to_string()).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    async fn find_program(
        &self,
        token: TokenHash,
        now: Timestamp,
    ) -> Result<Option<(Account, Vec<Scope>)>, StorageError> {
        let select = "SELECT accounts.id, accounts.name, accounts.provider, accounts.email, accounts.email_shown, \
                      accounts.picture_type IS NOT NULL AS has_picture, scopes, used_at \
                      FROM program_tokens JOIN accounts ON accounts.id = program_tokens.account \
                      WHERE program_tokens.token_hash = $1";
        let row = statement(select).bind(token.to_string()).fetch_optional(&self.database).await?;
        let Some(row) = row else { return Ok(None) };
        let used_at: Option<i64> = row.try_get("used_at")?;
        let used_at = used_at.map(|at| Timestamp::from_millis(from_sql(at)));
        if used_at.is_none_or(|used_at| now.since_ms(used_at) >= TOKEN_USE_MS) {
            for update in [
                "UPDATE program_tokens SET used_at = $2 WHERE token_hash = $1",
                // Whose programs come has not gone.
                "UPDATE accounts SET seen_at = $2 WHERE id = (SELECT account FROM program_tokens WHERE token_hash = $1)",
            ] {
                let update = statement(update).bind(token.to_string()).bind(to_sql(now.as_millis()));
                update.execute(&self.database).await?;
            }
        }
        Ok(Some((parse_account(&row)?, Scope::list(row.try_get("scopes")?))))
    }
}

fn parse(account: AccountId, row: &Row) -> Result<Option<StoredToken>, Error> {
    let Some(token) = TokenHash::parse(row.try_get("token_hash")?) else { return Ok(None) };
    let time = |at: i64| Timestamp::from_millis(from_sql(at));
    Ok(Some(StoredToken {
        token,
        account,
        label: DisplayName::parse(row.try_get("label")?).map_err(unreadable)?,
        scopes: Scope::list(row.try_get("scopes")?),
        created_at: time(row.try_get("created_at")?),
        used_at: row.try_get::<Option<i64>>("used_at")?.map(time),
    }))
}

/// Gives a guest's tokens to an account.
pub(super) async fn take_along(db: &mut Connection, from: AccountId, to: AccountId) -> Result<(), Error> {
    let take = statement("UPDATE program_tokens SET account = $2 WHERE account = $1").bind(from.to_string());
    take.bind(to.to_string()).execute(db).await?;
    Ok(())
}

/// Revokes all tokens of an account.
pub(super) async fn revoke_all(db: &mut Connection, account: AccountId) -> Result<(), Error> {
    let delete = statement("DELETE FROM program_tokens WHERE account = $1").bind(account.to_string());
    delete.execute(db).await?;
    Ok(())
}
