//! Which rooms there are. The database knows: servers of logs may lose what they have.

mod memory;
mod sql;

use std::collections::BTreeSet;

use async_trait::async_trait;
use heartogether::id::{AccountId, MessageNumber, RoomCode, RoomId};

pub use memory::MemoryDirectory;
pub use sql::SqlDirectory;

use super::{
    copy::Contents,
    position::{Position, StoredSnapshot},
};
use crate::storage::StorageError;

/// What a directory keeps of a room, for the case that all servers and nodes lose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The room, as it was at some time.
    pub copy: StoredSnapshot,
    /// Whose messages the archive has now, each account with the number of its latest.
    pub written: Vec<(AccountId, MessageNumber)>,
}

/// The rooms whose logs are elsewhere.
#[async_trait]
pub trait RoomDirectory: Send + Sync {
    /// Adds a room whose first entry names these accounts, unless a room has its code. Returns whether it did.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn add(&self, room: RoomId, code: RoomCode, accounts: &BTreeSet<AccountId>) -> Result<bool, StorageError>;

    /// The room with this code.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, StorageError>;

    /// Whether the room is there.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn is_live(&self, room: RoomId) -> Result<bool, StorageError>;

    /// All rooms.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn live(&self) -> Result<Vec<RoomId>, StorageError>;

    /// Notes that entries of a room name these accounts.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn note(&self, room: RoomId, accounts: &BTreeSet<AccountId>) -> Result<(), StorageError>;

    /// The rooms whose entries name an account.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn naming(&self, account: AccountId) -> Result<Vec<RoomId>, StorageError>;

    /// The log of a room that a single server wrote before several nodes shared the rooms; `None` if there is none.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn earlier_log(&self, room: RoomId) -> Result<Option<Contents>, StorageError>;

    /// Deletes that log, as its room goes on elsewhere.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn drop_earlier_log(&self, room: RoomId) -> Result<(), StorageError>;

    /// Keeps how a room is, in place of a copy from before, unless the room is gone. It is not a part of the log.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn keep_copy(&self, room: RoomId, copy: &StoredSnapshot) -> Result<(), StorageError>;

    /// The place of a room's copy; `None` if there is no copy.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn copied(&self, room: RoomId) -> Result<Option<Position>, StorageError>;

    /// What is kept of a room; `None` if there is no copy.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn kept(&self, room: RoomId) -> Result<Option<Kept>, StorageError>;

    /// Removes a room. To remove it twice changes nothing.
    ///
    /// # Errors
    /// [`StorageError`].
    async fn remove(&self, room: RoomId) -> Result<(), StorageError>;
}
