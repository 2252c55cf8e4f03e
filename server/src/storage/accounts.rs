//! Accounts, sessions, and where accounts have been.

mod memory;
mod sqlite;

use std::fmt;

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, DisplayName, RoomId},
    time::Timestamp,
};
use heartogether_app::api::Account;

pub use memory::MemoryStore;
pub use sqlite::SqliteStore;

use super::StorageError;

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
    /// [`StorageError`].
    async fn add_account(&self, account: &Account, created_at: Timestamp) -> Result<(), StorageError>;

    /// How much is kept.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn usage(&self) -> Result<Usage, StorageError>;

    /// Signs a person in, all of it or nothing; `None` where the sign-in has been completed before. A person seen for the first
    /// time gets the guest's account, which is theirs from then on, or the candidate's id. Sessions of the guest end; a guest
    /// whose account is not the person's then departs into it.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn sign_in(&self, arrival: &ReturnedSignIn, now: Timestamp) -> Result<Option<SignedIn>, StorageError>;

    /// Ends every session of an account that is to be deleted, and remembers that it departs.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn begin_deletion(&self, account: AccountId) -> Result<(), StorageError>;

    /// Deletes an account with all that is known of it, but for its departure. With its keys goes everything that was sealed with
    /// them, wherever it is stored.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn delete_account(&self, account: AccountId) -> Result<(), StorageError>;

    /// Sees to it that what was deleted is not in the storage's own journal any more, as far as others who read let it.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn erase_deleted(&self) -> Result<(), StorageError>;

    /// Every account that departs, and into which one: the rooms may not know of it yet.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn departures(&self) -> Result<Vec<(AccountId, Option<AccountId>)>, StorageError>;

    /// Forgets a departure: the rooms know.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn end_departure(&self, account: AccountId) -> Result<(), StorageError>;

    /// Keeps whether hosts see an account's e-mail address.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn set_email_shown(&self, account: AccountId, shown: bool) -> Result<(), StorageError>;

    /// Keeps an account's picture, or forgets it.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn set_picture(&self, account: AccountId, picture: Option<&Picture>) -> Result<(), StorageError>;

    /// An account's picture.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn picture(&self, account: AccountId) -> Result<Option<Picture>, StorageError>;

    /// Forgets what has run out by `now`: sessions, guests without one, people who have not come for long, and what hangs on
    /// them. Once a minute at most.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn forget_expired(&self, now: Timestamp) -> Result<(), StorageError>;

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

    /// Remembers that an account was in a room, and forgets all but its latest [`VISITS_KEPT`].
    ///
    /// # Errors
    /// [`StorageError`].
    async fn add_visit(&self, account: AccountId, room: RoomId, at: Timestamp) -> Result<(), StorageError>;

    /// The rooms an account was in, the latest first, over or not.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn visits(&self, account: AccountId) -> Result<Vec<RoomId>, StorageError>;
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
pub struct VerifiedPerson {
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

/// A person who comes back from a sign-in provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnedSignIn {
    /// Who.
    pub person: VerifiedPerson,
    /// What the sign-in is known by; none is completed twice.
    pub proof: TokenHash,
    /// When the proof is worth nothing in any case.
    pub proof_until: Timestamp,
    /// The session that the browser came with.
    pub before: Option<TokenHash>,
    /// The guest who set out, who goes along if the session before is still theirs.
    pub guest: Option<AccountId>,
    /// The id of the account, should a new one be made.
    pub candidate: AccountId,
    /// What the new session is known by.
    pub session: TokenHash,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What came of an [`ReturnedSignIn`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Whose the new session is.
    pub account: Account,
    /// The guest who was taken along.
    pub guest: Option<AccountId>,
    /// The sessions that ended.
    pub ended: Vec<TokenHash>,
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
