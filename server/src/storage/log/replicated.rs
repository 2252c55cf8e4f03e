//! Logs on servers that several nodes reach, and that may be lost or replaced by others at any moment.
//!
//! Each epoch of a room is opened on one run of one server, and only that gives out its numbers. An entry counts as written once
//! [`confirmation`] says so and this node's [`copy`] has it. Nodes apply confirmed entries only, each after the one before it. If
//! the server is replaced, [`healing`] chooses what the room goes on with, and a new epoch begins; epochs come from the database.
//!
//! Decisions are in `confirmation`, `copy` and `healing`, which do no I/O; `server` says what is asked of servers.

mod appending;
pub mod confirmation;
pub mod copy;
mod directory;
mod following;
mod healer;
pub mod healing;
mod listening;
mod log;
mod nodes;
pub mod position;
pub mod server;
pub mod version;
mod writer;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use heartogether::id::{NodeId, RoomId};
use tokio::{sync::mpsc, task::JoinHandle};

use super::{LogError, topics::Topics};
use crate::{
    clock::Clock,
    storage::{StorageError, epochs::Epochs, sealing::Sealer},
};
pub use directory::{Kept, MemoryDirectory, RoomDirectory, SqlDirectory};
use following::Follower;
pub use listening::FORGOTTEN;
use nodes::Nodes;
use position::Position;
use server::{Fault, LogServers, Message};
use writer::Order;

/// How long a caller waits for servers that do not answer.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// The pause before something is tried again.
const PAUSE: Duration = Duration::from_millis(100);

/// A room's message.
pub type Incoming = mpsc::UnboundedReceiver<(Option<RoomId>, Message)>;

/// What a replicated log works with.
pub struct Parts {
    /// This node.
    pub node: NodeId,
    /// The servers.
    pub servers: Arc<dyn LogServers>,
    /// What they send: messages of a room, or of all rooms.
    pub incoming: Incoming,
    /// Draws epochs.
    pub epochs: Arc<dyn Epochs>,
    /// Knows which rooms there are.
    pub directory: Arc<dyn RoomDirectory>,
    /// Seals what people write.
    pub sealer: Arc<Sealer>,
    /// Dates entries.
    pub clock: Arc<dyn Clock>,
}

/// Logs on servers that several nodes reach.
pub struct ReplicatedLog {
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

/// What the log's tasks share.
struct Shared {
    node: NodeId,
    servers: Arc<dyn LogServers>,
    epochs: Arc<dyn Epochs>,
    directory: Arc<dyn RoomDirectory>,
    sealer: Arc<Sealer>,
    clock: Arc<dyn Clock>,
    topics: Topics,
    nodes: Nodes,
    followers: Mutex<HashMap<RoomId, Arc<Follower>>>,
    writers: Mutex<HashMap<String, mpsc::Sender<Order>>>,
    /// Rooms that had epochs and were not in the directory when this was looked at last.
    gone: Mutex<BTreeSet<RoomId>>,
    /// Rooms that may go on with this copy in the directory, as nobody else has had anything of them for a while.
    given_up: Mutex<HashMap<RoomId, Position>>,
    is_stopped: AtomicBool,
}

impl ReplicatedLog {
    /// Starts the log's tasks. Needs a tokio runtime.
    pub fn start(parts: Parts) -> Self {
        let Parts { node, servers, incoming, epochs, directory, sealer, clock } = parts;
        let (topics, nodes, followers, writers, gone, given_up, is_stopped) = Default::default();
        let shared = Arc::new(Shared {
            node,
            servers,
            epochs,
            directory,
            sealer,
            clock,
            topics,
            nodes,
            followers,
            writers,
            gone,
            given_up,
            is_stopped,
        });
        let tasks = vec![
            tokio::spawn(shared.clone().hear(incoming)),
            tokio::spawn(shared.clone().check_quiet_rooms()),
            tokio::spawn(shared.clone().beat()),
        ];
        Self { shared, tasks }
    }
}

/// A log that is dropped without having been stopped, as if its node had died.
impl Drop for ReplicatedLog {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        self.shared.is_stopped.store(true, Relaxed);
    }
}

impl Shared {
    /// The servers did not do something in time.
    fn took_too_long(&self) -> LogError {
        self.servers.obstacle().map_or_else(|| StorageError::took_too_long().into(), LogError::from)
    }

    fn followers(&self) -> MutexGuard<'_, HashMap<RoomId, Arc<Follower>>> {
        self.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gone(&self) -> MutexGuard<'_, BTreeSet<RoomId>> {
        self.gone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn given_up(&self) -> MutexGuard<'_, HashMap<RoomId, Position>> {
        self.given_up.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Fault> for LogError {
    fn from(fault: Fault) -> Self {
        Self::Storage(Arc::new(fault))
    }
}
