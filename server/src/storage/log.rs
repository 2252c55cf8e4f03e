//! The rooms' logs. The state of a live room comes from its log alone.
//!
//! A [`RoomLog`] numbers, dates and stores each entry, and sends it to the subscribers. It does not interpret entries;
//! [`step`](heartogether::room::step) does. Several nodes may append to one log. All of them get its entries in the same
//! order, and a room changes only by what it gets from its log: also by what this node has appended.

mod memory;
pub mod redis;
pub mod replicated;
mod sql;
mod topics;

use std::{collections::BTreeSet, error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, NodeId, RoomCode, RoomId, Seq},
    room::{Entry, Event, Room, RoomCreated},
    time::Timestamp,
};
use sha2::{Digest, Sha256};
use tokio::sync::broadcast;

pub use memory::MemoryLog;
pub use sql::SqlLog;

use super::StorageError;

/// The format of stored events. A log skips entries of another version.
pub const EVENT_VERSION: u32 = 2;

/// The newest format of stored snapshots. Snapshots of a later version are ignored.
pub const SNAPSHOT_VERSION: u32 = 3;

/// The oldest version whose readers know all that a snapshot of this room says. Those of version 1 do not know that the owner is asked
/// before somebody comes in: they would let everybody in. Those of version 2 do not know that requests end by themselves,
/// nor when the latest message was written that only the archive has.
pub fn snapshot_version(room: &Room) -> u32 {
    match () {
        () if room.has_asking_terms() || room.follows_archive() => SNAPSHOT_VERSION,
        () if room.uses_admission() => 2,
        () => 1,
    }
}

/// Entries in a page when a whole log is read. Many such pages fit into memory.
pub const PAGE: usize = 1_000;

/// A room's entries from the subscription on, in order. A subscriber that lags or finds a gap reads the log. A subscription that
/// ends while the room is live means that the log is no longer the one that the subscriber has read: it reads all of it again.
pub type Subscription = broadcast::Receiver<Arc<Entry>>;

/// A log for each live room.
#[async_trait]
pub trait RoomLog: Send + Sync {
    /// Reserves the code and appends the room's first entry.
    ///
    /// # Errors
    /// [`LogError::CodeTaken`] or [`LogError::Storage`].
    async fn create(&self, created: RoomCreated) -> Result<Appended, LogError>;

    /// The live room with this code.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, LogError>;

    /// Appends an event. When this returns, the entry is acknowledged, and the subscribers on this node have it.
    ///
    /// # Errors
    /// [`LogError::NoSuchRoom`] or [`LogError::Storage`].
    async fn append(&self, room: RoomId, event: Event) -> Result<Appended, LogError>;

    /// Appends an event that may have been appended before with the same nonce, by this node or another one. Then this returns
    /// where it is. A log that this node alone appends to knows whether it has appended, and takes no notice of the nonce.
    ///
    /// # Errors
    /// Those of [`append`](Self::append).
    async fn append_once(&self, room: RoomId, nonce: AppendNonce, event: Event) -> Result<Appended, LogError> {
        let _ = nonce;
        self.append(room, event).await
    }

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

    /// Deletes what is left of rooms that do not live any more: a node may have died while it closed one. What is found now is deleted
    /// the next time that this is called.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    async fn forget_gone(&self) -> Result<(), LogError> {
        Ok(())
    }

    /// The copy of a room that is kept beside the log; `None` if there is none.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    async fn copied(&self, _room: RoomId) -> Result<Option<CopyId>, LogError> {
        Ok(None)
    }

    /// Lets a room of which [nothing is left](LogError::NothingLeft) go on as its copy says. Returns whether it does; not if this is
    /// not the copy any more.
    ///
    /// # Errors
    /// [`LogError::NotUnderstood`] if only another version can read the copy, [`LogError::Storage`].
    async fn restore(&self, _room: RoomId, _copy: CopyId) -> Result<bool, LogError> {
        Ok(false)
    }

    /// Which of these nodes are gone: nobody is connected to them any more. One node at a time serves a log that has no word of
    /// its own here, so all nodes but the one that asks are those of earlier runs.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    async fn gone(&self, others: BTreeSet<NodeId>) -> Result<BTreeSet<NodeId>, LogError> {
        Ok(others)
    }

    /// How often a room asks whether nodes are gone that its members are connected to; `None` if that cannot change while
    /// this node runs.
    fn looks_for_gone_nodes_every(&self) -> Option<Duration> {
        None
    }

    /// Whether this node is the one that looks after a room even if it has no members there. All nodes that see the same nodes
    /// agree on one.
    fn looks_after(&self, _room: RoomId) -> bool {
        true
    }

    /// Whether this node may let go of rooms that nobody on it needs. While it does not reach the log's servers, nobody knows what they
    /// still have, nor whether the node that looks after a room lives.
    fn may_let_go(&self) -> bool {
        true
    }

    /// Stops: from now on nothing is written, and every change fails with [`LogError::Stopped`]. Returns once what waits is written.
    async fn stop(&self) {}
}

/// Which of a room's copies is meant, that were kept one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyId {
    /// The epoch of the last entry that the copy has.
    pub epoch: u64,
    /// The number of that entry.
    pub seq: u64,
}

/// Where an appended entry is, and when it was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its number.
    pub seq: Seq,
    /// Its time.
    pub at: Timestamp,
}

impl From<&Entry> for Appended {
    fn from(entry: &Entry) -> Self {
        Self { seq: entry.seq, at: entry.at }
    }
}

/// What a log recognises a repeated append by, within the last [`NONCES`] entries of a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppendNonce(u128);

/// Entries of a room whose nonces a log remembers.
pub const NONCES: u64 = 1_024;

impl AppendNonce {
    /// Makes a nonce from 128 bits: random ones, or ones that every node draws alike from the same cause.
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The nonce of a cause, which every node that sees it draws alike.
    pub(crate) fn of(cause: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in cause {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        let hash: [u8; 32] = hash.finalize().into();
        Self(hash.iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte)))
    }
}

impl fmt::Display for AppendNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
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
        Event::ReopenRequested { account, .. }
        | Event::CommandedByProgram { account, .. }
        | Event::AccountBanned { account }
        | Event::AccountDeleted { account } => (Some(*account), None),
        Event::AccountMerged { from, to } => (Some(*from), Some(*to)),
        Event::Commanded { .. }
        | Event::ClosedByOperator
        | Event::PictureRemoved(_)
        | Event::ConnectionLost { .. }
        | Event::NodeLost { .. }
        | Event::Woke => (None, None),
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
    /// The servers of the room's log have lost it, and no node has a copy.
    #[error("nothing is left of the room's log")]
    NothingLeft,
    /// There are entries of a format that this version does not know; another version does.
    #[error("the room's log has entries of a newer version")]
    NotUnderstood,
    /// The log is no longer the one that was read: its end was lost with its storage, and others have gone on without it.
    #[error("the room's log has been healed without its last entries")]
    Rewritten,
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
