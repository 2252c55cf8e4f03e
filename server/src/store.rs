//! Accounts, sessions, and where accounts have been.

mod memory;
mod sqlite;

use std::{error::Error, fmt};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, DisplayName, RoomId},
    time::Timestamp,
};
use heartogether_app::api::Account;

pub use memory::MemoryStore;
pub use sqlite::SqliteStore;

/// Rooms remembered for one account.
pub const VISITS_KEPT: usize = 8;
/// Milliseconds after which an account that nobody uses is forgotten: a year.
pub const ACCOUNT_KEPT_MS: u64 = 365 * 24 * 60 * 60 * 1000;

/// Where accounts and sessions are kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// Adds a guest's account.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add_account(&self, account: &Account, created_at: Timestamp) -> Result<(), StoreError>;

    /// How much is kept.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn usage(&self) -> Result<Usage, StoreError>;

    /// The account of a person, as they are now. A person seen for the first time gets `candidate`: a guest's account,
    /// which is theirs from then on, or a new one.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sign_in(&self, person: &Person, candidate: AccountId, now: Timestamp) -> Result<Account, StoreError>;

    /// Deletes an account with all that is known of it, and names the sessions it had.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_account(&self, account: AccountId) -> Result<Vec<TokenHash>, StoreError>;

    /// Keeps whether hosts see an account's e-mail address.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn set_email_shown(&self, account: AccountId, shown: bool) -> Result<(), StoreError>;

    /// Keeps an account's picture, or forgets it.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn set_picture(&self, account: AccountId, picture: Option<&Picture>) -> Result<(), StoreError>;

    /// An account's picture.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn picture(&self, account: AccountId) -> Result<Option<Picture>, StoreError>;

    /// Forgets what has run out by `now`: sessions, guests without one, people who have not come for long, and what hangs on
    /// them. Once a minute at most.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn forget_expired(&self, now: Timestamp) -> Result<(), StoreError>;

    /// Adds a session of an account that is there, and forgets what has expired by `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn add_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError>;

    /// Whose session this is, if it has not expired by `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_session(&self, token: TokenHash, now: Timestamp) -> Result<Option<Account>, StoreError>;

    /// When a session ends; `None` if it has by `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn session_end(&self, token: TokenHash, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// Lets a session that is used at `now` end at another time. Whether it was still there.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn extend_session(&self, token: TokenHash, expires_at: Timestamp, now: Timestamp)
    -> Result<bool, StoreError>;

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end_session(&self, token: TokenHash) -> Result<(), StoreError>;

    /// Ends every session of an account, and names them.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end_sessions(&self, account: AccountId) -> Result<Vec<TokenHash>, StoreError>;

    /// Remembers until `expires_at` that something has been used. Whether it was the first time.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn spend(&self, token: TokenHash, expires_at: Timestamp) -> Result<bool, StoreError>;

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
}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Guests' accounts.
    pub guests: u64,
    /// Bytes of the database in use, rooms included.
    pub bytes: u64,
}

/// Somebody for whom a sign-in provider vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The provider's issuer.
    pub issuer: String,
    /// What the provider knows them by, for ever.
    pub subject: String,
    /// The provider's name.
    pub provider: String,
    /// What others see.
    pub name: DisplayName,
    /// Their e-mail address, if the provider has checked it.
    pub email: Option<String>,
}

/// A picture of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its media type.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
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

/// The storage failed.
#[derive(Debug, thiserror::Error)]
#[error("the store of accounts and sessions failed")]
pub struct StoreError(#[source] Box<dyn Error + Send + Sync>);

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self(Box::new(error))
    }
}
