//! Sessions: who is signed in, and until when.

use std::fmt;

use async_trait::async_trait;
use heartogether::{id::AccountId, time::Timestamp};
use heartogether_app::api::Account;

use crate::storage::StorageError;

/// Storage of sessions.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Adds a session of an account that exists, and deletes what has expired by `now`.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn add_session(&self, session: &Session, now: Timestamp) -> Result<(), StorageError>;

    /// The account of a session that has not expired by `now`.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find_session(&self, token: TokenHash, now: Timestamp) -> Result<Option<Account>, StorageError>;

    /// When a session ends; `None` if it has ended by `now`.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn session_end(&self, token: TokenHash, now: Timestamp) -> Result<Option<Timestamp>, StorageError>;

    /// When the sessions of an account end that have not ended by `now`, the earliest first.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn session_ends(&self, account: AccountId, now: Timestamp) -> Result<Vec<Timestamp>, StorageError>;

    /// Sets a new end for a session that is used at `now`. Returns whether the session exists.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn extend_session(
        &self,
        token: TokenHash,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StorageError>;

    /// Ends a session.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn end_session(&self, token: TokenHash) -> Result<(), StorageError>;

    /// Ends every session of an account, and returns them.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn end_sessions(&self, account: AccountId) -> Result<Vec<TokenHash>, StorageError>;
}

/// A sign-in that lasts until it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its hash.
    pub token: TokenHash,
    /// Its account.
    pub account: AccountId,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// The SHA-256 of a session's id or of a sign-in's state. It finds them, but nobody can sign in with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl TokenHash {
    /// Reads what [`fmt::Display`] writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = (text.len() == 64 && text.is_ascii()).then_some(text)?;
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}
