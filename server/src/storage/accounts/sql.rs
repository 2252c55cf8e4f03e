//! Accounts, sessions, visits, memberships and blocks in a database.

mod accounts;
mod blocks;
mod memberships;
mod programs;
mod sessions;
mod visits;

use std::sync::atomic::{AtomicBool, AtomicU64};

use heartogether::id::DisplayName;
use heartogether_app::api::{Account, Profile};

use crate::storage::database::{Database, Error, Row, unreadable};

/// Accounts and sessions in a database.
pub struct SqlStore {
    database: Database,
    forgot_at: AtomicU64,
    /// Whether the database's journal may hold deleted data. It may at the start, because the last run can have left some.
    must_erase: AtomicBool,
}

impl SqlStore {
    /// The accounts and sessions of a database.
    pub fn new(database: impl Into<Database>) -> Self {
        let database = database.into();
        Self { database, forgot_at: AtomicU64::new(0), must_erase: AtomicBool::new(true) }
    }
}

fn parse_account(row: &Row) -> Result<Account, Error> {
    let (id, name): (&str, &str) = (row.try_get("id")?, row.try_get("name")?);
    let provider: Option<String> = row.try_get("provider")?;
    let (email, email_shown, has_picture) =
        (row.try_get("email")?, row.try_get_flag("email_shown")?, row.try_get("has_picture")?);
    Ok(Account {
        id: id.parse().map_err(unreadable)?,
        name: DisplayName::parse(name).map_err(unreadable)?,
        profile: provider.map(|provider| Profile { provider, email, email_shown, has_picture }),
    })
}
