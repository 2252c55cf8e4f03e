//! Accounts, sessions, and where accounts have been: a trait for each.

mod memory;
mod sessions;
mod sqlite;
mod visits;

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, DisplayName},
    time::Timestamp,
};
use heartogether_app::api::Account;

pub use memory::MemoryStore;
pub use sessions::{Session, Sessions, TokenHash};
pub use sqlite::SqliteStore;
pub use visits::{VISITS_KEPT, Visits};

use super::StorageError;

/// Milliseconds after which an account that nobody uses is forgotten: a year.
pub const ACCOUNT_KEPT_MS: u64 = 365 * 24 * 60 * 60 * 1000;

/// Where accounts are kept. What changes an account together with its sessions, visits and keys is here, and is done as a whole or
/// not at all.
#[async_trait]
pub trait Accounts: Send + Sync {
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

    /// Erases what was deleted from the storage's own journal. If another reader keeps it from that, the next call tries again;
    /// if nothing is to be erased, a call costs nothing.
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
}

/// All that is kept of accounts.
pub trait Store: Accounts + Sessions + Visits {}

impl<T: Accounts + Sessions + Visits> Store for T {}

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
