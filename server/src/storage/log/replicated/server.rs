//! What a replicated log asks of the servers that hold it. Redis answers it in `log::redis`, and tests answer
//! it with servers that they stop, split and empty as they like.

use std::{collections::BTreeMap, error::Error, sync::Arc};

use async_trait::async_trait;
use heartogether::id::{NodeId, RoomId};

use super::{
    confirmation::Evidence,
    copy::{Confirmed, Contents},
    healing::{Offer, Remains},
    position::{Data, Position, StoredEntry, StoredSnapshot},
    version::NodeVersion,
};

/// A server did not do what it was asked, or nobody knows whether it did.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the log's server did not answer as it should")]
pub struct Fault(#[source] pub Arc<dyn Error + Send + Sync>);

/// The servers that hold logs, and what comes from them.
#[async_trait]
pub trait LogServers: Send + Sync {
    /// The server that takes what is written to this room, as far as is known.
    async fn primary(&self, room: RoomId) -> Result<Arc<dyn LogServer>, Fault>;

    /// Finds out anew which server is the primary of what: something failed.
    async fn look_again(&self);

    /// From now on this room's messages come in.
    async fn listen(&self, room: RoomId) -> Result<(), Fault>;

    /// This room's messages need not come in any more.
    async fn unlisten(&self, room: RoomId);

    /// Says that this node lives, and its version. Returns every node that has said so lately.
    async fn beat(&self, node: NodeId) -> Result<BTreeMap<NodeId, NodeVersion>, Fault>;

    /// What keeps servers from being reached, if that is known and they have to be told apart from those that are away.
    fn obstacle(&self) -> Option<Fault> {
        None
    }

    /// Says that this node is gone.
    async fn depart(&self, node: NodeId) -> Result<(), Fault>;
}

/// One server. Where it writes, it checks that it is the same run of the same process that opened the room's epoch.
#[async_trait]
pub trait LogServer: Send + Sync {
    /// What tells it from others, such as its address.
    fn id(&self) -> &str;

    /// Appends in this order, and waits for a replica. The answers have the order of the appends.
    async fn append(&self, batch: &[Append]) -> Result<Written, Fault>;

    /// Waits for a replica to have all that this node has written. Returns how many have.
    async fn wait(&self) -> Result<u64, Fault>;

    /// What is known of what was written, once so many replicas have acknowledged it.
    async fn evidence(&self, acknowledged: u64) -> Result<Evidence, Fault>;

    /// Notes that everything up to a number is confirmed, and tells it to all who listen. If the epoch was only just opened, it is
    /// the room's line from now on.
    async fn confirm(&self, room: RoomId, epoch: u64, seq: u64) -> Result<(), Fault>;

    /// What is there: the entries after `after` if that is in the log, or else all of it.
    async fn read(&self, room: RoomId, after: Position) -> Result<State, Fault>;

    /// Writes nothing of weight in an epoch, so that one can wait for what others have written before. Returns the last number, or
    /// `None` if the epoch does not hold any more, and how many replicas have it.
    async fn settle(&self, room: RoomId, epoch: u64) -> Result<(Option<u64>, u64), Fault>;

    /// Opens an epoch, unless something has changed since `opening` was made. Returns whether it did, and how many replicas have it.
    async fn open(&self, room: RoomId, opening: &Opening) -> Result<(bool, u64), Fault>;

    /// Asks every node that listens for its copy. Returns how many do.
    async fn call(&self, room: RoomId, epoch: u64, remains: Remains) -> Result<usize, Fault>;

    /// Gives this node's copy.
    async fn offer(&self, room: RoomId, epoch: u64, offer: &Offer) -> Result<(), Fault>;

    /// The copies that were given for an epoch.
    async fn offers(&self, room: RoomId, epoch: u64) -> Result<Vec<Offer>, Fault>;

    /// Stores a snapshot and drops the entries up to `cut`. Returns whether the epoch holds.
    async fn add_snapshot(&self, room: RoomId, epoch: u64, snapshot: &StoredSnapshot, cut: u64) -> Result<bool, Fault>;

    /// Deletes the room, and tells those who listen. Returns how many replicas know.
    async fn close(&self, room: RoomId) -> Result<u64, Fault>;
}

/// An entry to be appended.
#[derive(Clone, Debug)]
pub struct Append {
    /// The room.
    pub room: RoomId,
    /// The epoch that the node takes to hold.
    pub epoch: u64,
    /// What a repeated append is recognised by.
    pub nonce: String,
    /// The node's time, in milliseconds. The entry's is never before that of an earlier entry.
    pub now: u64,
    /// The event.
    pub data: Data,
}

/// What became of a batch.
#[derive(Clone, Debug)]
pub struct Written {
    /// One for each append.
    pub answers: Vec<Answer>,
    /// How many replicas have all of it.
    pub acknowledged: u64,
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is there.
    Appended {
        /// Its place.
        position: Position,
        /// Its time.
        at: u64,
        /// Whether it was there before.
        is_repeated: bool,
    },
    /// The epoch does not hold on this server.
    Sealed,
}

/// What may be done with what a server has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// There is nothing.
    #[default]
    Missing,
    /// Another run of a server opened the epoch.
    Sealed,
    /// The epoch was opened, and nobody has confirmed it.
    Opening,
    /// Entries are appended and read.
    Open,
}

/// What a server has of a room.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What may be done with it.
    pub standing: Standing,
    /// The latest epoch that was opened there.
    pub epoch: u64,
    /// Everything there, also what is not confirmed.
    pub remains: Remains,
    /// What is confirmed.
    pub confirmed: Confirmed,
}

/// How an epoch is opened.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The new epoch.
    pub epoch: u64,
    /// What the server is expected to have: the latest epoch, and the last number.
    pub expected: (u64, u64),
    /// The line that what is there afterwards belongs to.
    pub line: u64,
    /// Whether what is there is dropped before.
    pub replaces: bool,
    /// What is added.
    pub contents: Contents,
}

/// What comes from a server without having been asked for.
#[derive(Clone, Debug)]
pub enum Message {
    /// Confirmed entries of a line, or the line alone.
    Entries {
        /// The line.
        line: u64,
        /// The entries.
        entries: Vec<Arc<StoredEntry>>,
    },
    /// Somebody heals the room and asks for copies.
    Call {
        /// The epoch that is to be opened.
        epoch: u64,
        /// What the server has.
        remains: Remains,
    },
    /// The room was closed.
    Closed,
    /// Messages may have been lost.
    Interrupted,
}
