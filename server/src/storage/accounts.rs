//! Accounts, sessions, visited rooms, memberships, blocks and programs' tokens, with a trait for each.

mod blocks;
mod memberships;
mod memory;
mod programs;
mod sessions;
mod sql;
mod visits;

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, DisplayName},
    time::Timestamp,
};
use heartogether_app::api::Account;

pub use blocks::{BLOCKS_KEPT, Blocks};
pub use memberships::{MEMBERSHIPS_LISTED, Membership, Memberships};
pub use memory::MemoryStore;
pub use programs::{Programs, StoredToken, TOKEN_USE_MS, TOKENS_PER_ACCOUNT};
pub use sessions::{Session, Sessions, TokenHash};
pub use sql::SqlStore;
pub use visits::{VISITS_KEPT, Visits};

use super::StorageError;

/// Milliseconds after which an account that nobody uses is deleted: a year.
pub const ACCOUNT_KEPT_MS: u64 = 365 * 24 * 60 * 60 * 1000;

/// Storage of accounts. A method that changes an account together with its sessions, visits and keys does so in one
/// transaction.
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

    /// Signs a person in, in one transaction. Returns `None` if this sign-in was completed before. A person who signs
    /// in for the first time keeps the guest's account, or gets a new one with the candidate's id. If the person has
    /// another account already, the guest departs into it. The guest's sessions end.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn sign_in(&self, arrival: &ReturnedSignIn, now: Timestamp) -> Result<Option<SignedIn>, StorageError>;

    /// Ends every session of an account that is to be deleted, revokes its programs' tokens, and records its departure.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn begin_deletion(&self, account: AccountId) -> Result<(), StorageError>;

    /// Deletes an account and all data about it except its departure. Without its keys, its sealed texts cannot be read
    /// anywhere.
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

    /// Every departure: an account that is deleted (`None`) or merged into another one. Some rooms may not know of it
    /// yet.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn departures(&self) -> Result<Vec<(AccountId, Option<AccountId>)>, StorageError>;

    /// Removes a departure, once all rooms know of it.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn end_departure(&self, account: AccountId) -> Result<(), StorageError>;

    /// Bans an account that exists: ends its sessions, revokes its programs' tokens, and keeps the people whose it is from signing in
    /// again. Returns whether the account exists. A second ban changes nothing.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn ban_account(&self, account: AccountId, at: Timestamp) -> Result<bool, StorageError>;

    /// Lifts a ban. Returns whether there was one.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn lift_ban(&self, account: AccountId) -> Result<bool, StorageError>;

    /// Whether a person is kept from signing in.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn is_banned(&self, issuer: &str, subject: &str) -> Result<bool, StorageError>;

    /// Stores whether hosts see an account's e-mail address.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn set_email_shown(&self, account: AccountId, shown: bool) -> Result<(), StorageError>;

    /// Stores an account's picture, or deletes it.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn set_picture(&self, account: AccountId, picture: Option<&Picture>) -> Result<(), StorageError>;

    /// An account's picture.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn picture(&self, account: AccountId) -> Result<Option<Picture>, StorageError>;

    /// What is kept of an account that its person sees nowhere else; `None` if there is no such account.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn account_record(&self, account: AccountId) -> Result<Option<AccountRecord>, StorageError>;

    /// Deletes what has expired by `now`: sessions, guests without a session, people who have not come for
    /// [`ACCOUNT_KEPT_MS`], and the data of both. Does so once a minute at most.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn forget_expired(&self, now: Timestamp) -> Result<(), StorageError>;
}

/// Storage of accounts, sessions, visits, memberships, blocks and programs' tokens.
pub trait Store: Accounts + Sessions + Visits + Memberships + Blocks + Programs {}

impl<T: Accounts + Sessions + Visits + Memberships + Blocks + Programs> Store for T {}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Guests' accounts.
    pub guests: u64,
    /// Bytes of the database in use, rooms included.
    pub bytes: u64,
}

/// A person whose identity a sign-in provider has confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedPerson {
    /// The provider's issuer.
    pub issuer: String,
    /// The provider's permanent id of the person.
    pub subject: String,
    /// The provider's name.
    pub provider: String,
    /// The name that others see.
    pub name: DisplayName,
    /// Their e-mail address, if the provider has checked it.
    pub email: Option<String>,
}

/// A person who comes back from a sign-in provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnedSignIn {
    /// The person.
    pub person: VerifiedPerson,
    /// The hash of the sign-in, which is completed only once.
    pub proof: TokenHash,
    /// When the sign-in expires; its hash need not be stored longer.
    pub proof_until: Timestamp,
    /// The session that the browser came with.
    pub before: Option<TokenHash>,
    /// The guest who began the sign-in. The person gets the guest's rooms if `before` is still the guest's session.
    pub guest: Option<AccountId>,
    /// The id of the account, if a new one is made.
    pub candidate: AccountId,
    /// The hash of the new session.
    pub session: TokenHash,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// The result of a [`ReturnedSignIn`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The account of the new session.
    pub account: Account,
    /// The guest whose rooms the person gets.
    pub guest: Option<AccountId>,
    /// The sessions that ended.
    pub ended: Vec<TokenHash>,
}

/// What is kept of an account that its person sees nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// When it was made.
    pub created_at: Timestamp,
    /// When its person, who has signed in with a provider, was there last.
    pub seen_at: Option<Timestamp>,
    /// The issuers of the providers, each with the permanent id by which it knows the person.
    pub identities: Vec<(String, String)>,
}

/// A picture of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its media type.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}
