//! The rooms' logs. The state of a live room comes from its log alone.
//!
//! A [`RoomLog`] numbers, dates and stores each entry, and sends it to the subscribers. It does not interpret entries;
//! [`step`](heartogether::room::step) does.

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

/// The format of stored events. A log skips entries of another version.
pub const EVENT_VERSION: u32 = 2;

/// The format of stored snapshots. Snapshots of another version are ignored.
pub const SNAPSHOT_VERSION: u32 = 1;

/// Entries in a page when a whole log is read. Many such pages fit into memory.
pub const PAGE: usize = 1_000;

/// A room's entries from the subscription on, in order. A subscriber that lags or finds a gap reads the log.
pub type Subscription = broadcast::Receiver<Arc<Entry>>;

/// A log for each live room.
#[async_trait]
pub trait RoomLog: Send + Sync {
    /// Reserves the code and appends the room's first entry.
    ///
    /// # Errors
    /// [`LogError::CodeTaken`] or [`LogError::Storage`].
    async fn create(&self, created: RoomCreated) -> Result<Arc<Entry>, LogError>;

    /// The live room with this code.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, LogError>;

    /// Appends an event. When this returns, the subscribers have the entry.
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

    /// Subscribes to the room's entries from now on.
    ///
    /// # Errors
    /// [`LogError::NoSuchRoom`] or [`LogError::Storage`].
    async fn subscribe(&self, room: RoomId) -> Result<Subscription, LogError>;

    /// Every live room.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    async fn live(&self) -> Result<Vec<RoomId>, LogError>;

    /// The live rooms whose entries name an account.
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
    /// Its entries, without those that cannot be read.
    pub entries: Vec<Arc<Entry>>,
    /// How many entries were skipped because they cannot be read.
    pub skipped: u64,
    /// Where the next page begins: after this place. `None` at the end of the log.
    pub next: Option<Seq>,
}

/// The accounts that an event names.
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

/// Why a log could not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// A live room uses the code.
    #[error("a live room has this code")]
    CodeTaken,
    /// The room does not exist or is closed.
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
    fn from(StorageError { source: error, .. }: StorageError) -> Self {
        Self::Storage(error)
    }
}
