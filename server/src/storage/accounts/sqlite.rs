//! Accounts, sessions and visits in a SQLite file.

mod accounts;
mod sessions;
mod visits;

use std::sync::atomic::{AtomicBool, AtomicU64};

use heartogether::id::DisplayName;
use heartogether_app::api::{Account, Profile};
use sqlx::{Row, SqlitePool, sqlite::SqliteRow};

use crate::storage::database::unreadable;

/// Accounts and sessions in a SQLite file that [`database::open`](crate::storage::database::open) opened.
pub struct SqliteStore {
    pool: SqlitePool,
    forgot_at: AtomicU64,
    /// Whether the write-ahead log may hold deleted data. It may at the start, because the last run can have left some.
    must_erase: AtomicBool,
}

impl SqliteStore {
    /// The accounts and sessions of a file.
    pub fn new(pool: SqlitePool) -> Self {
        Self { pool, forgot_at: AtomicU64::new(0), must_erase: AtomicBool::new(true) }
    }
}

fn parse_account(row: &SqliteRow) -> Result<Account, sqlx::Error> {
    let (id, name): (&str, &str) = (row.try_get("id")?, row.try_get("name")?);
    let provider: Option<String> = row.try_get("provider")?;
    let (email, email_shown, has_picture) =
        (row.try_get("email")?, row.try_get("email_shown")?, row.try_get("has_picture")?);
    Ok(Account {
        id: id.parse().map_err(unreadable)?,
        name: DisplayName::parse(name).map_err(unreadable)?,
        profile: provider.map(|provider| Profile { provider, email, email_shown, has_picture }),
    })
}
