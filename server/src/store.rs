//! Accounts, sessions, and where accounts have been.

mod memory;
mod sqlite;

use std::{error::Error, fmt};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, RoomId},
    time::Timestamp,
};
use heartogether_app::api::Account;

pub use memory::MemoryStore;
pub use sqlite::SqliteStore;

/// Rooms remembered for one account.
pub const VISITS_KEPT: usize = 8;

/// Where accounts and sessions are kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// Adds an account.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add_account(&self, account: &Account, created_at: Timestamp) -> Result<(), StoreError>;

    /// Adds a session of an account that is there, and forgets those that have expired by `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError>;

    /// Remembers that an account was in a room, and forgets all but its latest [`VISITS_KEPT`].
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add_visit(&self, account: AccountId, room: RoomId, at: Timestamp) -> Result<(), StoreError>;

    /// The rooms an account was in, the latest first, over or not.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn visits(&self, account: AccountId) -> Result<Vec<RoomId>, StoreError>;

    /// Whose session this is, if it has not expired by `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_session(&self, token: TokenHash, now: Timestamp) -> Result<Option<Account>, StoreError>;
}

/// A sign-in that lasts until it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What it is known by.
    pub token: TokenHash,
    /// Whose.
    pub account: AccountId,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// The SHA-256 of a session's token: enough to find the session, of no use for signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The storage failed.
#[derive(Debug, thiserror::Error)]
#[error("the store of accounts and sessions failed")]
pub struct StoreError(#[source] Box<dyn Error + Send + Sync>);

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self(Box::new(error))
    }
}
