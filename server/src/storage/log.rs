//! The rooms' logs: the one truth about every live room.
//!
//! A [`RoomLog`] gives each entry its place and its time, keeps it, and hands it to whoever has subscribed. It knows
//! nothing of what entries mean; [`step`](heartogether::room::step) does.

mod memory;
mod sqlite;
mod topics;

use std::{error::Error, sync::Arc};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, RoomCode, RoomId, Seq},
    room::{Entry, Event, Room, RoomCreated},
};
use tokio::sync::broadcast;

pub use memory::MemoryLog;
pub use sqlite::SqliteLog;

use super::StorageError;

/// The shape in which events are kept. A log skips entries of a version it does not know.
pub const EVENT_VERSION: u32 = 2;

/// The shape in which snapshots are kept. One of another version is passed over.
pub const SNAPSHOT_VERSION: u32 = 1;

/// Entries that are read at once by whoever goes through a log: as many as fit into memory many times over.
pub const PAGE: usize = 1_000;

/// The entries of one room from the subscription on, in order. Whoever lags or finds a gap reads the log.
pub type Subscription = broadcast::Receiver<Arc<Entry>>;

/// A log for each live room.
#[async_trait]
pub trait RoomLog: Send + Sync {
    /// Claims the code among the live rooms and appends the room's first entry.
    ///
    /// # Errors
    /// [`LogError::CodeTaken`] or [`LogError::Storage`].
    async fn create(&self, created: RoomCreated) -> Result<Arc<Entry>, LogError>;

    /// The live room with this code.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, LogError>;

    /// Appends what happened. Once it returns, subscribers have the entry.
    ///
    /// # Errors
    /// [`LogError::NoSuchRoom`] or [`LogError::Storage`].
    async fn append(&self, room: RoomId, event: Event) -> Result<Arc<Entry>, LogError>;

    /// At most `limit` entries after `after`, oldest first; none for a room that is not live.
    ///
    /// # Errors
    /// [`LogError::Storage`] or [`LogError::Unreadable`].
    async fn read(&self, room: RoomId, after: Seq, limit: usize) -> Result<Page, LogError>;

    /// Keeps a room as it is, and cuts the log below the latest of its earlier snapshots that can be read: should this one not be
    /// readable, that one and the log after it are.
    ///
    /// # Errors
    /// [`LogError::NoSuchRoom`] or [`LogError::Storage`].
    async fn add_snapshot(&self, id: RoomId, room: Room) -> Result<(), LogError>;

    /// The latest snapshot of a room that can be read; `None` if there is none.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    async fn snapshot(&self, room: RoomId) -> Result<Option<Room>, LogError>;

    /// Every entry from now on.
    ///
    /// # Errors
    /// [`LogError::NoSuchRoom`] or [`LogError::Storage`].
    async fn subscribe(&self, room: RoomId) -> Result<Subscription, LogError>;

    /// Every live room.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    async fn live(&self) -> Result<Vec<RoomId>, LogError>;

    /// The live rooms in whose entries an account stands.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    async fn naming(&self, account: AccountId) -> Result<Vec<RoomId>, LogError>;

    /// Deletes the room's entries and frees its code. Closing a room twice changes nothing.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    async fn close(&self, room: RoomId) -> Result<(), LogError>;
}

/// A part of a room's log.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Its entries, those apart that are not understood.
    pub entries: Vec<Arc<Entry>>,
    /// How many are not understood, and were skipped.
    pub skipped: u64,
    /// Where the next page begins: after this place. `None` at the end of the log.
    pub next: Option<Seq>,
}

/// The accounts that stand in an event.
fn accounts_in(event: &Event) -> impl Iterator<Item = AccountId> + use<> {
    let (one, other) = match event {
        Event::RoomCreated(created) => (Some(created.owner), None),
        Event::JoinRequested(request) => (Some(request.account), None),
        Event::ResumeRequested(request) => (Some(request.account), None),
        Event::ReopenRequested { account, .. } | Event::AccountDeleted { account } => (Some(*account), None),
        Event::AccountMerged { from, to } => (Some(*from), Some(*to)),
        Event::Commanded { .. } | Event::ConnectionLost { .. } | Event::NodeLost { .. } | Event::Woke => (None, None),
    };
    one.into_iter().chain(other)
}

/// Why a log did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// A live room has the code.
    #[error("a live room has this code")]
    CodeTaken,
    /// The room never was or is closed.
    #[error("no such live room")]
    NoSuchRoom,
    /// The server is stopping, and nothing is written any more.
    #[error("the room log has stopped")]
    Stopped,
    /// The storage failed. What failed now may work later.
    #[error("the room log's storage failed")]
    Storage(#[source] Arc<dyn Error + Send + Sync>),
    /// Neither a snapshot nor the first entry is there that this version understands; another version may.
    #[error("the beginning of the room's log is not there or not understood")]
    NoBeginning,
    /// What is stored cannot be read any more, now or later.
    #[error("the room log is damaged")]
    Unreadable(#[source] Arc<dyn Error + Send + Sync>),
}

/// Damage that is not the log's counts as a fault that may pass: no room is given up for it.
impl From<StorageError> for LogError {
    fn from(StorageError(error): StorageError) -> Self {
        Self::Storage(error)
    }
}
