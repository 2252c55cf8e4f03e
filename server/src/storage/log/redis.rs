//! Servers of logs that run Redis 7 or newer, or Valkey: a single one, one that Sentinels watch, or a cluster.
//!
//! What runs at the addresses of the setting is asked there. Everything that has to happen as a whole is a script on the server;
//! entries are in a stream whose ids are their places, so the server itself refuses an entry that is not the next one.

mod access;
mod keys;
mod listening;
mod partitions;
mod report;
mod scripts;
mod server;
mod settings;
mod shared;
mod topology;
mod wire;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use async_trait::async_trait;
use heartogether::id::{NodeId, RoomId};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, mpsc};

use access::Access;
pub(crate) use access::PasswordRefused;
pub(crate) use keys::{node_channel, nodes_channel};
pub use report::{Disk, RedisReport, RedisState};
pub use settings::RedisSettings;
pub(crate) use shared::Heard;
pub use shared::SharedRedis;

use super::replicated::{
    Incoming,
    confirmation::Deciders,
    server::{Fault, LogServer, LogServers, Message},
    version::NodeVersion,
};
use partitions::{PARTITIONS, partition_of};
use scripts::Scripts;
use server::RedisServer;
use settings::Address;
use shared::NodeChannels;
use topology::Topology;

/// How long ago a node may have said that it lives, in milliseconds.
const ALIVE_MS: u64 = 3_000;

/// Redis servers.
pub struct RedisServers(Arc<Links>);

/// The servers that this node has connected to.
type Connected = HashMap<Address, Arc<RedisServer>>;

/// The connections of this node.
struct Links {
    access: Access,
    scripts: Scripts,
    /// Connections so far.
    count: AtomicU64,
    topology: AsyncMutex<Option<Arc<Topology>>>,
    /// How often the primaries were looked for.
    looks: AtomicU64,
    servers: Arc<AsyncMutex<Connected>>,
    /// The rooms whose messages come in.
    rooms: Mutex<BTreeSet<RoomId>>,
    node_channels: NodeChannels,
    out: mpsc::UnboundedSender<(Option<RoomId>, Message)>,
}

/// No server is known that could be asked.
#[derive(Debug, thiserror::Error)]
#[error("no Redis server answers that is the primary of the room's partition")]
struct NoPrimary;

impl RedisServers {
    /// Servers at these addresses. Nothing is connected yet.
    pub fn new(settings: RedisSettings) -> (Self, Incoming) {
        let (out, incoming) = mpsc::unbounded_channel();
        let (count, topology, looks, servers, rooms, node_channels) = Default::default();
        let (access, scripts) = (Access::new(settings), Scripts::new());
        let links = Links { access, scripts, count, topology, looks, servers, rooms, node_channels, out };
        (Self(Arc::new(links)), incoming)
    }

    /// Whether a server refuses the password.
    pub(crate) fn is_refused(&self) -> bool {
        self.0.access.is_refused()
    }

    /// The same servers, for what nodes share beside the logs.
    pub fn shared(&self) -> SharedRedis {
        SharedRedis::new(self.0.clone())
    }
}

impl Links {
    fn rooms(&self) -> MutexGuard<'_, BTreeSet<RoomId>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why there is no server that could be asked.
    fn no_primary(&self) -> Fault {
        if self.access.is_refused() { PasswordRefused::fault() } else { Fault(Arc::new(NoPrimary)) }
    }

    async fn topology(&self) -> Result<Arc<Topology>, Fault> {
        let mut known = self.topology.lock().await;
        if let Some(topology) = &*known {
            return Ok(topology.clone());
        }
        let found = Topology::find(&self.access, None).await.ok_or_else(|| self.no_primary())?;
        Ok(known.insert(Arc::new(found)).clone())
    }

    /// Finds the primaries anew. Callers that come meanwhile wait for the look that begins next.
    async fn find_again(&self) {
        let looks = self.looks.load(Relaxed);
        let mut known = self.topology.lock().await;
        if self.looks.load(Relaxed) > looks + 1 {
            return;
        }
        self.looks.fetch_add(1, Relaxed);
        if let Some(found) = Topology::find(&self.access, known.as_deref()).await {
            *known = Some(Arc::new(found));
        }
        let primaries = known.as_deref().map(Topology::primaries).unwrap_or_default();
        self.servers.lock().await.retain(|address, server| {
            let is_used = primaries.contains(address) && !server.is_broken();
            if !is_used {
                server.give_up();
            }
            is_used
        });
    }

    async fn server_of(self: &Arc<Self>, partition: usize) -> Result<Arc<RedisServer>, Fault> {
        let topology = self.topology().await?;
        let address = topology.primary(partition).ok_or_else(|| self.no_primary())?;
        let servers = self.servers.clone().lock_owned().await;
        if let Some(server) = servers.get(address).filter(|server| !server.is_broken()) {
            return Ok(server.clone());
        }
        // In a task of its own: a caller that stops waiting would leave a connection without subscriptions.
        let connecting = self.clone().connect(address.clone(), topology, servers);
        tokio::spawn(connecting).await.map_err(|error| Fault(Arc::new(error)))?
    }

    /// Connects to a server and subscribes there. A connection without all of its subscriptions is given up.
    async fn connect(
        self: Arc<Self>,
        address: Address,
        topology: Arc<Topology>,
        mut servers: OwnedMutexGuard<Connected>,
    ) -> Result<Arc<RedisServer>, Fault> {
        let (pushed, incoming) = mpsc::unbounded_channel();
        let server = RedisServer::connect(&self, &address, topology.mode, pushed).await?;
        servers.insert(address, server.clone());
        drop(servers);
        tokio::spawn(listening::hear(Arc::downgrade(&self), server.clone(), incoming));
        let subscribed = self.listen_again(&server, &topology).await;
        if subscribed.is_err() {
            server.give_up();
        }
        subscribed.map(|()| server)
    }

    /// What those who decide say about a server.
    async fn deciders(&self, address: &Address) -> Option<Deciders> {
        let topology = self.topology.lock().await.clone()?;
        let partition = (0..PARTITIONS).find(|partition| topology.primary(*partition) == Some(address));
        match partition {
            Some(partition) => topology.deciders(&self.access, address, partition).await,
            // It is not a primary any more, as far as is known.
            None => Some(Deciders { all: 1, naming: 0 }),
        }
    }
}

#[async_trait]
impl LogServers for RedisServers {
    async fn primary(&self, room: RoomId) -> Result<Arc<dyn LogServer>, Fault> {
        Ok(self.0.server_of(partition_of(room)).await?)
    }

    async fn look_again(&self) {
        self.0.find_again().await;
    }

    async fn listen(&self, room: RoomId) -> Result<(), Fault> {
        self.0.rooms().insert(room);
        let server = self.0.server_of(partition_of(room)).await?;
        server.ask::<redis::Value>(redis::cmd("SSUBSCRIBE").arg(keys::channel(room))).await.map(drop)
    }

    async fn unlisten(&self, room: RoomId) {
        self.0.rooms().remove(&room);
        if let Ok(server) = self.0.server_of(partition_of(room)).await {
            // Messages of rooms that nobody follows are passed over.
            let _ = server.ask::<redis::Value>(redis::cmd("SUNSUBSCRIBE").arg(keys::channel(room))).await;
        }
    }

    async fn beat(&self, node: NodeId) -> Result<BTreeMap<NodeId, NodeVersion>, Fault> {
        let server = match self.0.server_of(0).await {
            Ok(server) => server,
            Err(fault) => {
                self.0.find_again().await;
                return Err(fault);
            }
        };
        let (seconds, micros): (u64, u64) = server.ask(&redis::cmd("TIME")).await?;
        let (now, key) = (seconds * 1_000 + micros / 1_000, keys::nodes());
        // Of a node that does not say its version, the second is missing. Nodes of versions that say none pass it over.
        let said = [node.to_string(), said_version(node)];
        server.ask::<i64>(redis::cmd("ZADD").arg(&key).arg(now).arg(&said[0]).arg(now).arg(&said[1])).await?;
        let oldest = now.saturating_sub(ALIVE_MS);
        server.ask::<i64>(redis::cmd("ZREMRANGEBYSCORE").arg(&key).arg("-inf").arg(oldest)).await?;
        let alive: Vec<String> = server.ask(redis::cmd("ZRANGE").arg(&key).arg(0).arg(-1)).await?;
        Ok(read_versions(&alive))
    }

    fn obstacle(&self) -> Option<Fault> {
        self.0.access.is_refused().then(PasswordRefused::fault)
    }

    async fn depart(&self, node: NodeId) -> Result<(), Fault> {
        let server = self.0.server_of(0).await?;
        let said = [node.to_string(), said_version(node)];
        server.ask::<i64>(redis::cmd("ZREM").arg(keys::nodes()).arg(&said)).await.map(drop)
    }
}

/// What a node says of its version.
fn said_version(node: NodeId) -> String {
    format!("{node} {}", NodeVersion::own())
}

/// Which nodes have said that they live, and their versions.
fn read_versions(said: &[String]) -> BTreeMap<NodeId, NodeVersion> {
    let mut versions: BTreeMap<NodeId, NodeVersion> =
        said.iter().filter_map(|node| Some((node.parse().ok()?, NodeVersion::default()))).collect();
    for (node, version) in said.iter().filter_map(|said| said.split_once(' ')) {
        if let (Ok(node), Ok(version)) = (node.parse(), version.parse()) {
            versions.insert(node, version);
        }
    }
    versions
}
