//! Accounts in a database, and what a sign-in makes of them.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use heartogether::{id::AccountId, time::Timestamp};
use heartogether_app::api::Account;

use super::{SqlStore, blocks, memberships, parse_account, programs, sessions, visits};
use crate::storage::{
    StorageError,
    accounts::{
        ACCOUNT_KEPT_MS, AccountRecord, Accounts, Picture, ReturnedSignIn, Session, SignedIn, Usage, VerifiedPerson,
    },
    database::{
        Connection, Durability, Error, Row, Statement, WriteTransaction, from_sql, statement, to_sql, unreadable,
    },
};

/// Milliseconds within which a new account has its first session.
const FIRST_SESSION_MS: u64 = 60_000;
/// Milliseconds between two searches for expired data.
const FORGET_EVERY_MS: u64 = 60_000;

#[async_trait]
impl Accounts for SqlStore {
    async fn add_account(&self, account: &Account, created_at: Timestamp) -> Result<(), StorageError> {
        let insert = statement("INSERT INTO accounts (id, name, created_at) VALUES ($1, $2, $3)");
        let insert = insert.bind(account.id.to_string()).bind(account.name.as_str().to_owned());
        insert.bind(to_sql(created_at.as_millis())).execute(&self.database).await?;
        Ok(())
    }

    async fn usage(&self) -> Result<Usage, StorageError> {
        let guests = "SELECT COUNT(*) AS guests FROM accounts WHERE id NOT IN (SELECT account FROM identities)";
        let guests = statement(guests).fetch_one(&self.database).await?.try_get("guests")?;
        Ok(Usage { guests: from_sql(guests), bytes: self.database.bytes_in_use().await? })
    }

    async fn sign_in(&self, arrival: &ReturnedSignIn, now: Timestamp) -> Result<Option<SignedIn>, StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        transaction.lock_accounts().await?;
        let Some(signed_in) = sign_in(&mut transaction, arrival, now).await? else { return Ok(None) };
        transaction.commit().await?;
        Ok(Some(signed_in))
    }

    async fn begin_deletion(&self, account: AccountId) -> Result<(), StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        transaction.lock_accounts().await?;
        sessions::end_all(&mut transaction, account).await?;
        programs::revoke_all(&mut transaction, account).await?;
        depart(&mut transaction, account, None).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn erase_deleted(&self) -> Result<(), StorageError> {
        // Reset before the attempt: an account that is deleted during the attempt needs another one.
        if !self.must_erase.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let emptied = self.database.erase_deleted().await;
        if !matches!(emptied, Ok(true)) {
            self.must_erase.store(true, Ordering::Relaxed);
            tracing::warn!("deleted data is still in the write-ahead log, which another reader uses");
        }
        emptied?;
        Ok(())
    }

    async fn departures(&self) -> Result<Vec<(AccountId, Option<AccountId>)>, StorageError> {
        let rows = statement("SELECT account, successor FROM departures").fetch_all(&self.database).await?;
        let parse = |row: &Row| {
            let (account, successor): (&str, Option<&str>) = (row.try_get("account")?, row.try_get("successor")?);
            let successor = successor.map(str::parse).transpose().map_err(unreadable)?;
            Ok((account.parse().map_err(unreadable)?, successor))
        };
        Ok(rows.iter().map(parse).collect::<Result<_, Error>>()?)
    }

    async fn end_departure(&self, account: AccountId) -> Result<(), StorageError> {
        let delete = statement("DELETE FROM departures WHERE account = $1").bind(account.to_string());
        delete.execute(&self.database).await?;
        Ok(())
    }

    async fn delete_account(&self, account: AccountId) -> Result<(), StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        transaction.lock_accounts().await?;
        for delete in [
            "DELETE FROM sessions WHERE account = $1",
            "DELETE FROM identities WHERE account = $1",
            "DELETE FROM visits WHERE account = $1",
            "DELETE FROM memberships WHERE account = $1",
            "DELETE FROM blocks WHERE account = $1 OR blocked = $1",
            "DELETE FROM program_tokens WHERE account = $1",
            "DELETE FROM account_keys WHERE owner = $1",
            "DELETE FROM accounts WHERE id = $1",
        ] {
            statement(delete).bind(account.to_string()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        self.must_erase.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn ban_account(&self, account: AccountId, at: Timestamp) -> Result<bool, StorageError> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::Full).await?;
        transaction.lock_accounts().await?;
        let there = statement("SELECT 1 FROM accounts WHERE id = $1").bind(account.to_string());
        if there.fetch_optional(&mut *transaction).await?.is_none() {
            return Ok(false);
        }
        for insert in [
            // Nobody knows a guest again.
            "INSERT INTO bans (account, issuer, subject, at) VALUES ($1, '', '', $2) \
             ON CONFLICT (account, issuer, subject) DO NOTHING",
            "INSERT INTO bans (account, issuer, subject, at) SELECT account, issuer, subject, $2 FROM identities \
             WHERE account = $1 ON CONFLICT (account, issuer, subject) DO NOTHING",
        ] {
            let insert = statement(insert).bind(account.to_string()).bind(to_sql(at.as_millis()));
            insert.execute(&mut *transaction).await?;
        }
        sessions::end_all(&mut transaction, account).await?;
        programs::revoke_all(&mut transaction, account).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn lift_ban(&self, account: AccountId) -> Result<bool, StorageError> {
        let delete = statement("DELETE FROM bans WHERE account = $1").bind(account.to_string());
        Ok(delete.execute(&self.database).await? > 0)
    }

    async fn is_banned(&self, issuer: &str, subject: &str) -> Result<bool, StorageError> {
        let select = statement("SELECT 1 FROM bans WHERE issuer = $1 AND subject = $2 LIMIT 1");
        let select = select.bind(issuer.to_owned()).bind(subject.to_owned());
        Ok(select.fetch_optional(&self.database).await?.is_some())
    }

    async fn set_email_shown(&self, account: AccountId, shown: bool) -> Result<(), StorageError> {
        let update = statement("UPDATE accounts SET email_shown = $2 WHERE id = $1");
        update.bind(account.to_string()).bind(shown).execute(&self.database).await?;
        Ok(())
    }

    async fn set_picture(&self, account: AccountId, picture: Option<&Picture>) -> Result<(), StorageError> {
        let update = statement("UPDATE accounts SET picture_type = $2, picture = $3 WHERE id = $1");
        let update = update.bind(account.to_string()).bind(picture.map(|picture| picture.media_type.clone()));
        update.bind(picture.map(|picture| BASE64_STANDARD.encode(&picture.bytes))).execute(&self.database).await?;
        Ok(())
    }

    async fn picture(&self, account: AccountId) -> Result<Option<Picture>, StorageError> {
        let select = "SELECT picture_type, picture FROM accounts WHERE id = $1 AND picture IS NOT NULL";
        let row = statement(select).bind(account.to_string()).fetch_optional(&self.database).await?;
        let Some(row) = row else { return Ok(None) };
        let bytes = BASE64_STANDARD.decode(row.try_get::<&str>("picture")?);
        let bytes = bytes.map_err(unreadable)?;
        Ok(Some(Picture { media_type: row.try_get("picture_type")?, bytes }))
    }

    async fn account_record(&self, account: AccountId) -> Result<Option<AccountRecord>, StorageError> {
        let select = statement("SELECT created_at, seen_at FROM accounts WHERE id = $1").bind(account.to_string());
        let Some(row) = select.fetch_optional(&self.database).await? else { return Ok(None) };
        let select = "SELECT issuer, subject FROM identities WHERE account = $1 ORDER BY issuer, subject";
        let rows = statement(select).bind(account.to_string()).fetch_all(&self.database).await?;
        let parse = |row: &Row| Ok((row.try_get("issuer")?, row.try_get("subject")?));
        let (created_at, seen_at): (i64, i64) = (row.try_get("created_at")?, row.try_get("seen_at")?);
        Ok(Some(AccountRecord {
            created_at: Timestamp::from_millis(from_sql(created_at)),
            // A guest is not noted.
            seen_at: (seen_at > 0).then(|| Timestamp::from_millis(from_sql(seen_at))),
            identities: rows.iter().map(parse).collect::<Result<_, Error>>()?,
        }))
    }

    async fn forget_expired(&self, now: Timestamp) -> Result<(), StorageError> {
        let now_ms = now.as_millis();
        let forgot_at = Timestamp::from_millis(self.forgot_at.load(Ordering::Relaxed));
        if forgot_at != Timestamp::default() && now.since_ms(forgot_at) < FORGET_EVERY_MS {
            return Ok(());
        }
        self.forgot_at.store(now_ms, Ordering::Relaxed);
        let settled_ms = now_ms.saturating_sub(FIRST_SESSION_MS);
        let left_ms = now_ms.saturating_sub(ACCOUNT_KEPT_MS);
        for (delete, limit_ms) in [
            ("DELETE FROM sessions WHERE expires_at <= $1", now_ms),
            ("DELETE FROM spent WHERE expires_at <= $1", now_ms),
            (
                "DELETE FROM identities WHERE account IN (SELECT id FROM accounts WHERE seen_at <= $1) \
                 AND account NOT IN (SELECT account FROM sessions)",
                left_ms,
            ),
            (
                "DELETE FROM accounts WHERE created_at <= $1 AND id NOT IN (SELECT account FROM sessions) \
                 AND id NOT IN (SELECT account FROM identities)",
                settled_ms,
            ),
            ("DELETE FROM program_tokens WHERE created_at <= $1 AND account NOT IN (SELECT id FROM accounts)", now_ms),
            ("DELETE FROM visits WHERE at <= $1 AND account NOT IN (SELECT id FROM accounts)", now_ms),
            (
                "DELETE FROM memberships WHERE since <= $1 AND (account NOT IN (SELECT id FROM accounts) \
                 OR room NOT IN (SELECT id FROM rooms))",
                now_ms,
            ),
            (
                "DELETE FROM blocks WHERE since <= $1 AND (account NOT IN (SELECT id FROM accounts) \
                 OR blocked NOT IN (SELECT id FROM accounts))",
                now_ms,
            ),
        ] {
            self.forget(statement(delete).bind(to_sql(limit_ms))).await?;
        }
        // A room that is open needs the keys of everybody who is in its log.
        let unused = "DELETE FROM account_keys WHERE owner NOT IN (SELECT id FROM accounts) \
                      AND account NOT IN (SELECT account FROM appearances)";
        Ok(self.forget(statement(unused)).await?)
    }
}

impl SqlStore {
    /// Deletes what has expired, while nobody adds to it.
    async fn forget(&self, delete: Statement) -> Result<(), Error> {
        let mut transaction = WriteTransaction::begin(&self.database, Durability::AsSet).await?;
        transaction.lock_accounts().await?;
        delete.slow().execute(&mut *transaction).await?;
        transaction.commit().await
    }
}

/// Makes all changes of a sign-in.
async fn sign_in(db: &mut Connection, arrival: &ReturnedSignIn, now: Timestamp) -> Result<Option<SignedIn>, Error> {
    let spend = "INSERT INTO spent (token_hash, expires_at) VALUES ($1, $2) ON CONFLICT (token_hash) DO NOTHING";
    let spend = statement(spend).bind(arrival.proof.to_string()).bind(to_sql(arrival.proof_until.as_millis()));
    if spend.execute(&mut *db).await? == 0 {
        return Ok(None);
    }
    let guest = guest_of(db, arrival, now).await?;
    let account = identify(db, &arrival.person, guest.unwrap_or(arrival.candidate), now).await?;
    let ended = match (guest, arrival.before) {
        (Some(guest), _) => sessions::end_all(db, guest).await?,
        (None, Some(before)) => {
            let delete = statement("DELETE FROM sessions WHERE token_hash = $1").bind(before.to_string());
            delete.execute(&mut *db).await?;
            vec![before]
        }
        (None, None) => Vec::new(),
    };
    if let Some(guest) = guest.filter(|guest| *guest != account.id) {
        visits::take_along(db, guest, account.id).await?;
        memberships::take_along(db, guest, account.id).await?;
        blocks::take_along(db, guest, account.id).await?;
        programs::take_along(db, guest, account.id).await?;
        let keys = statement("UPDATE account_keys SET owner = $2 WHERE owner = $1").bind(guest.to_string());
        keys.bind(account.id.to_string()).execute(&mut *db).await?;
        depart(db, guest, Some(account.id)).await?;
    }
    let ReturnedSignIn { session: token, expires_at, .. } = *arrival;
    sessions::insert(db, &Session { token, account: account.id, expires_at }).await?;
    Ok(Some(SignedIn { account, guest, ended }))
}

/// The guest who began the sign-in, if the browser's session is still theirs and they are still a guest.
async fn guest_of(db: &mut Connection, arrival: &ReturnedSignIn, now: Timestamp) -> Result<Option<AccountId>, Error> {
    let (Some(before), Some(guest)) = (arrival.before, arrival.guest) else { return Ok(None) };
    let select = "SELECT accounts.id FROM sessions JOIN accounts ON accounts.id = sessions.account \
                  WHERE token_hash = $1 AND expires_at > $2 AND accounts.id = $3 AND provider IS NULL";
    let select = statement(select).bind(before.to_string()).bind(to_sql(now.as_millis())).bind(guest.to_string());
    Ok(select.fetch_optional(db).await?.map(|_| guest))
}

async fn depart(db: &mut Connection, account: AccountId, successor: Option<AccountId>) -> Result<(), Error> {
    let insert = "INSERT INTO departures (account, successor) VALUES ($1, $2) \
                  ON CONFLICT (account) DO UPDATE SET successor = excluded.successor";
    let insert = statement(insert).bind(account.to_string());
    insert.bind(successor.map(|successor| successor.to_string())).execute(db).await?;
    Ok(())
}

/// Finds a person's account or makes one with the candidate's id, and stores the person's current name and profile.
async fn identify(
    connection: &mut Connection,
    person: &VerifiedPerson,
    candidate: AccountId,
    now: Timestamp,
) -> Result<Account, Error> {
    let VerifiedPerson { issuer, subject, provider, name, email } = person;
    let now_ms = to_sql(now.as_millis());
    let select = statement("SELECT account FROM identities WHERE issuer = $1 AND subject = $2");
    let known = select.bind(issuer.clone()).bind(subject.clone()).fetch_optional(&mut *connection).await?;
    let id = match known {
        Some(row) => row.try_get::<&str>("account")?.parse().map_err(unreadable)?,
        None => {
            let account = "INSERT INTO accounts (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
            let account = statement(account).bind(candidate.to_string()).bind(name.as_str().to_owned());
            account.bind(now_ms).execute(&mut *connection).await?;
            let identity = statement("INSERT INTO identities (issuer, subject, account) VALUES ($1, $2, $3)");
            let identity = identity.bind(issuer.clone()).bind(subject.clone()).bind(candidate.to_string());
            identity.execute(&mut *connection).await?;
            candidate
        }
    };
    let update = "UPDATE accounts SET name = $2, provider = $3, email = $4, seen_at = $5 WHERE id = $1 \
                  RETURNING id, name, provider, email, email_shown, picture_type IS NOT NULL AS has_picture";
    let update = statement(update).bind(id.to_string()).bind(name.as_str().to_owned()).bind(provider.clone());
    parse_account(&update.bind(email.clone()).bind(now_ms).fetch_one(connection).await?)
}
