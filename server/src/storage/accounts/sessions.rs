//! Sessions: who is signed in, and until when.

use std::fmt;

use async_trait::async_trait;
use heartogether::{id::AccountId, time::Timestamp};
use heartogether_app::api::Account;

use crate::storage::StorageError;

/// Where sessions are kept.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Adds a session of an account that is there, and forgets what has expired by `now`.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn add_session(&self, session: &Session, now: Timestamp) -> Result<(), StorageError>;

    /// Whose session this is, if it has not expired by `now`.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find_session(&self, token: TokenHash, now: Timestamp) -> Result<Option<Account>, StorageError>;

    /// When a session ends; `None` if it has by `now`.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn session_end(&self, token: TokenHash, now: Timestamp) -> Result<Option<Timestamp>, StorageError>;

    /// Lets a session that is used at `now` end at another time. Whether it was still there.
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

    /// Ends every session of an account, and names them.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn end_sessions(&self, account: AccountId) -> Result<Vec<TokenHash>, StorageError>;
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

/// The SHA-256 of a session's id or of a sign-in's state: enough to find it, of no use for signing in.
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
