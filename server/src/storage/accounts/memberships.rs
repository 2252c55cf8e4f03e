//! The lounges that accounts are members of, for the list on their pages. The rooms themselves know who is a member.

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, MessageNumber, RoomId},
    time::Timestamp,
};

use crate::storage::StorageError;

/// Lounges listed for one account, at most: the latest that it has come into.
pub const MEMBERSHIPS_LISTED: usize = 200;

/// A lounge in an account's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The room.
    pub room: RoomId,
    /// Since when.
    pub since: Timestamp,
    /// The latest message that the account has seen.
    pub read_up_to: MessageNumber,
    /// Whether the account wants no notifications from there.
    pub muted: bool,
}

/// Storage of memberships.
#[async_trait]
pub trait Memberships: Send + Sync {
    /// Adds a lounge to an account's list. One that is there already stays as it is. Returns whether it is new.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn add_membership(&self, account: AccountId, room: RoomId, since: Timestamp) -> Result<bool, StorageError>;

    /// Takes a lounge off the list.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn end_membership(&self, account: AccountId, room: RoomId) -> Result<(), StorageError>;

    /// Notes how far an account has read. A mark never goes back, and without a membership nothing is noted.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn mark_read(&self, account: AccountId, room: RoomId, up_to: MessageNumber) -> Result<(), StorageError>;

    /// Notes whether an account wants no notifications from a lounge.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn mute(&self, account: AccountId, room: RoomId, muted: bool) -> Result<(), StorageError>;

    /// The lounges in an account's list, those that have ended too, at most [`MEMBERSHIPS_LISTED`].
    ///
    /// # Errors
    /// [`StorageError`].
    async fn memberships(&self, account: AccountId) -> Result<Vec<Membership>, StorageError>;
}
