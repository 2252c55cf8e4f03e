//! Nodes that append to the room and apply what its log says.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use heartogether::{
    id::{AccountId, ConnectionId, DisplayName, MemberId, NodeId, Seq},
    limits::Limits,
    room::{Entry, Event, Policy, Room, RoomCreated, step},
};
use heartogether_server::storage::log::{
    AppendNonce, LogError, PAGE, RoomLog,
    replicated::{Incoming, Parts, ReplicatedLog, server::LogServers},
};
use tokio::{sync::broadcast::error::RecvError, task::JoinHandle, time::sleep};

use super::{House, ROOM, checker::History, seed::Random};

/// Those who append at a node, each one entry after the other.
const AUTHORS: u64 = 3;
/// Entries between two snapshots.
const SNAPSHOT_EVERY: u64 = 40;

/// How nodes reach the servers.
pub trait Reach: Send + Sync {
    /// A node starts.
    fn join(&self, node: NodeId) -> (Arc<dyn LogServers>, Incoming);

    /// A node dies.
    fn leave(&self, node: NodeId);
}

/// The nodes of a history.
pub struct Nodes {
    reach: Arc<dyn Reach>,
    /// How long an author pauses, at most, in milliseconds.
    pause_ms: u64,
    house: House,
    history: History,
    random: Mutex<Random>,
    living: Mutex<BTreeMap<NodeId, Life>>,
    drawn: AtomicU64,
    is_over: Arc<AtomicBool>,
}

/// A node that lives.
struct Life {
    log: Arc<ReplicatedLog>,
    applied: Arc<AtomicU64>,
    authors: Vec<JoinHandle<()>>,
    reader: Option<JoinHandle<()>>,
}

impl Drop for Life {
    fn drop(&mut self) {
        self.authors.iter().chain(&self.reader).for_each(JoinHandle::abort);
    }
}

impl Nodes {
    pub fn new(reach: Arc<dyn Reach>, pause_ms: u64, house: House, history: History, random: Random) -> Self {
        let (living, drawn, is_over) = Default::default();
        Self { reach, pause_ms, house, history, random: Mutex::new(random), living, drawn, is_over }
    }

    /// Starts so many nodes, and the room.
    pub async fn begin(&self, nodes: usize) {
        let first = self.start(false);
        first.create(created()).await.expect("a room");
        for _ in 0..nodes {
            self.start(true);
        }
    }

    /// Starts a node.
    pub fn start(&self, takes_part: bool) -> Arc<ReplicatedLog> {
        let node = NodeId::from_bits(u128::from(self.drawn.fetch_add(1, SeqCst) + 1));
        let (servers, incoming) = self.reach.join(node);
        let House { epochs, directory, sealer, clock } = self.house.clone();
        let log = Arc::new(ReplicatedLog::start(Parts { node, servers, incoming, epochs, directory, sealer, clock }));
        let applied = Arc::new(AtomicU64::default());
        let (mut authors, mut reading) = (Vec::new(), None);
        if takes_part {
            let reader = Reader {
                node: node.to_string(),
                log: log.clone(),
                history: self.history.clone(),
                applied: applied.clone(),
            };
            reading = Some(tokio::spawn(reader.read_along()));
            authors.extend((0..AUTHORS).map(|author| tokio::spawn(self.author(node, author, log.clone()))));
        }
        self.living
            .lock()
            .expect("no poison")
            .insert(node, Life { log: log.clone(), applied, authors, reader: reading });
        log
    }

    /// A node that lives, drawn by chance. The first takes no part and stays.
    pub fn some(&self) -> Option<NodeId> {
        let living: Vec<_> = self.living.lock().expect("no poison").keys().skip(1).copied().collect();
        let drawn = self.random.lock().expect("no poison").below(living.len().max(1) as u64);
        living.get(usize::try_from(drawn).ok()?).copied()
    }

    /// A node dies without a word.
    pub fn kill(&self, node: NodeId) {
        self.reach.leave(node);
        self.living.lock().expect("no poison").remove(&node);
    }

    /// Appends one entry after the other until the history is over.
    fn author(&self, node: NodeId, author: u64, log: Arc<ReplicatedLog>) -> impl Future<Output = ()> + use<> {
        let (history, is_over) = (self.history.clone(), self.is_over.clone());
        let mut random = Random::new(self.random.lock().expect("no poison").draw());
        let pause_ms = self.pause_ms;
        async move {
            let mut number = 0;
            while !is_over.load(SeqCst) {
                sleep(Duration::from_millis(random.below(pause_ms))).await;
                number += 1;
                let name = format!("{node}{author:02}");
                let says = u128::from_str_radix(&name[28..], 16).expect("a number") * 1_000_000 + number;
                append(&log, &history, says).await;
            }
        }
    }

    /// Lets all nodes come to rest, and waits until they have applied the same.
    ///
    /// # Errors
    /// What keeps them from it.
    pub async fn settle(&self) -> Result<(), String> {
        self.is_over.store(true, SeqCst);
        self.wait_for(|life| life.authors.iter().all(JoinHandle::is_finished)).await;
        let log = self.living.lock().expect("no poison").values().next().ok_or("nobody lives")?.log.clone();
        let last = loop {
            match append(&log, &self.history, 1).await {
                Some(seq) => break seq,
                None => sleep(Duration::from_millis(200)).await,
            }
        };
        self.wait_for(|life| life.reader.is_none() || life.applied.load(SeqCst) >= last).await;
        Ok(())
    }

    async fn wait_for(&self, is_true: impl Fn(&Life) -> bool) {
        while !self.living.lock().expect("no poison").values().all(&is_true) {
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until so many more entries are applied by a node.
    pub async fn wait_for_entries(&self, more: u64) {
        let applied = || {
            let living = self.living.lock().expect("no poison");
            living.values().map(|life| life.applied.load(SeqCst)).max().unwrap_or_default()
        };
        let until = applied() + more;
        while applied() < until {
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// What a new node reads.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn replay(&self) -> Result<Vec<(u64, u128)>, String> {
        let log = self.start(false);
        let mut replay = Vec::new();
        let mut from = Some(Seq::default());
        while let Some(after) = from {
            let page = log.read(ROOM, after, PAGE).await.map_err(|error| format!("a new node cannot read: {error}"))?;
            replay.extend(page.entries.iter().map(|entry| (entry.seq.0, says(entry))));
            from = page.next;
        }
        Ok(replay)
    }

    pub fn end(&self) {
        self.living.lock().expect("no poison").clear();
    }
}

/// Appends as a caller does that tries again. Returns the number if it was acknowledged.
async fn append(log: &ReplicatedLog, history: &History, says: u128) -> Option<u64> {
    let event = Event::ConnectionLost { connection: ConnectionId::from_bits(says) };
    for _ in 0..3 {
        match log.append_once(ROOM, AppendNonce::from_bits(says), event.clone()).await {
            Ok(appended) => {
                history.acknowledge(appended.seq.0, says);
                return Some(appended.seq.0);
            }
            Err(_) => history.refuse(),
        }
    }
    None
}

/// Applies what the log says.
struct Reader {
    node: String,
    log: Arc<ReplicatedLog>,
    history: History,
    applied: Arc<AtomicU64>,
}

impl Reader {
    async fn read_along(self) {
        loop {
            match self.read_once().await {
                Ok(()) => self.history.heal(),
                Err(_) => sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Reads the log from its beginning until it is rewritten.
    async fn read_once(&self) -> Result<(), LogError> {
        let mut entries = self.log.subscribe(ROOM).await?;
        let mut room = self.log.snapshot(ROOM).await?.unwrap_or_default();
        self.read_on(&mut room).await?;
        loop {
            match entries.recv().await {
                Ok(entry) if entry.seq == room.seq().next() => self.apply(&mut room, &entry),
                Ok(entry) if entry.seq <= room.seq() => {}
                Ok(_) | Err(RecvError::Lagged(_)) => self.read_on(&mut room).await?,
                Err(RecvError::Closed) => return Ok(()),
            }
            if room.seq().0 % SNAPSHOT_EVERY == 0 {
                // Without it the next start takes longer.
                let _ = self.log.add_snapshot(ROOM, room.clone()).await;
            }
        }
    }

    async fn read_on(&self, room: &mut Room) -> Result<(), LogError> {
        let mut from = Some(room.seq());
        while let Some(after) = from {
            let page = self.log.read(ROOM, after, PAGE).await?;
            for entry in &page.entries {
                if entry.seq != room.seq().next() {
                    self.history.complain(format!("{} reads {} after {}", self.node, entry.seq.0, room.seq().0));
                }
                self.apply(room, entry);
            }
            from = page.next;
        }
        Ok(())
    }

    fn apply(&self, room: &mut Room, entry: &Entry) {
        self.history.apply(&self.node, entry.seq.0, says(entry));
        *room = step(std::mem::take(room), entry).0;
        self.applied.store(room.seq().0, SeqCst);
    }
}

fn says(entry: &Entry) -> u128 {
    match &entry.event {
        Event::ConnectionLost { connection } => u128::from_str_radix(&connection.to_string(), 16).expect("a number"),
        _ => 0,
    }
}

/// The room of every history.
pub fn created() -> RoomCreated {
    RoomCreated {
        id: ROOM,
        code: "ABC234".parse().expect("a code"),
        owner: AccountId::from_bits(1),
        owner_member: MemberId::from_bits(2),
        owner_name: DisplayName::parse("Ada").expect("a name"),
        name: None,
        policy: Policy::broadcast(&Limits::default()),
    }
}
