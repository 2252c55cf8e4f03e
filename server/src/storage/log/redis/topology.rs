//! Which server is the primary of which partition, by the votes of those who decide about it.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    sync::Arc,
    time::Duration,
};

use futures::future::join_all;
use redis::{AsyncConnectionConfig, RedisResult, aio::MultiplexedConnection};
use serde::Serialize;

use super::{
    access::Access,
    partitions::PARTITIONS,
    settings::{Address, RedisSettings},
};
use crate::{
    error::report_storage,
    storage::log::replicated::{confirmation::Deciders, server::Fault},
};

/// How long those who decide may take to answer.
const VOTE: Duration = Duration::from_millis(700);

/// What runs at the addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// One server, with or without replicas.
    Single,
    /// Sentinels, which watch a primary.
    Sentinel,
    /// The nodes of a cluster.
    Cluster,
}

/// Which server is the primary of what.
#[derive(Clone, Debug)]
pub(super) struct Topology {
    pub(super) mode: Mode,
    /// One for each partition; `None` where there is none at the moment.
    primaries: Vec<Option<Address>>,
    /// Who is asked next time.
    deciders: BTreeSet<Address>,
}

/// A server does not say who is the primary.
#[derive(Debug, thiserror::Error)]
#[error("Redis at {address} does not answer as it should")]
struct Silent {
    address: Address,
    source: Arc<dyn Error + Send + Sync>,
}

/// What one of those who decide says.
struct Vote {
    mode: Mode,
    primaries: Vec<Option<Address>>,
    others: Vec<Address>,
}

impl Topology {
    /// Asks all known addresses. `before` is what was known.
    pub(super) async fn find(access: &Access, before: Option<&Self>) -> Option<Self> {
        let mut asked: BTreeSet<Address> = access.settings.addresses().iter().cloned().collect();
        asked.extend(before.into_iter().flat_map(|before| before.deciders.iter().cloned()));
        let votes = ask_all(access, &asked).await;
        let mode = votes.iter().map(|(_, vote)| vote.mode).max_by_key(|mode| *mode as u8)?;
        let votes: Vec<_> = votes.into_iter().filter(|(_, vote)| vote.mode == mode).collect();
        let primaries =
            (0..PARTITIONS).map(|partition| elected(votes.iter().map(|(_, vote)| vote), partition)).collect();
        let mut topology = Self { mode, primaries, deciders: asked };
        topology.deciders.extend(votes.iter().flat_map(|(_, vote)| vote.others.iter().cloned()));
        if mode == Mode::Cluster {
            let primaries: BTreeSet<_> = topology.primaries.iter().flatten().cloned().collect();
            // A cluster's replicas have no vote, and say what they have heard.
            topology.deciders = if primaries.is_empty() { topology.deciders } else { primaries };
        }
        Some(topology)
    }

    /// The primary of a partition.
    pub(super) fn primary(&self, partition: usize) -> Option<&Address> {
        self.primaries.get(partition)?.as_ref()
    }

    /// All primaries.
    pub(super) fn primaries(&self) -> BTreeSet<&Address> {
        self.primaries.iter().flatten().collect()
    }

    /// Asks those who decide whether a server is the primary of a partition; `None` where nobody decides.
    pub(super) async fn deciders(&self, access: &Access, address: &Address, partition: usize) -> Option<Deciders> {
        if self.mode == Mode::Single {
            return None;
        }
        let votes = ask_all(access, &self.deciders).await;
        let names = |vote: &Vote| vote.primaries.get(partition).is_some_and(|named| named.as_ref() == Some(address));
        let naming = votes.iter().filter(|(_, vote)| vote.mode == self.mode && names(vote)).count();
        Some(Deciders { all: self.deciders.len(), naming })
    }
}

/// The address that most name.
fn elected<'a>(votes: impl Iterator<Item = &'a Vote>, partition: usize) -> Option<Address> {
    let mut counts: BTreeMap<&Address, usize> = BTreeMap::new();
    for named in votes.filter_map(|vote| vote.primaries.get(partition)?.as_ref()) {
        *counts.entry(named).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(address, _)| address.clone())
}

async fn ask_all(access: &Access, addresses: &BTreeSet<Address>) -> Vec<(Address, Vote)> {
    let votes = addresses.iter().map(|address| async move {
        let vote = tokio::time::timeout(VOTE, ask(access, address)).await.ok()?;
        let vote = vote.map_err(|Fault(source)| Silent { address: address.clone(), source });
        vote.inspect_err(|error| report_storage(error)).ok().map(|vote| (address.clone(), vote))
    });
    join_all(votes).await.into_iter().flatten().collect()
}

async fn ask(access: &Access, address: &Address) -> Result<Vote, Fault> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(access.settings.connect_timeout))
        .set_response_timeout(Some(VOTE));
    let mut connection = access.connect(address, &config).await?;
    let info: String = redis::cmd("INFO").arg("server").query_async(&mut connection).await?;
    match info.lines().find_map(|line| line.strip_prefix("redis_mode:")).map(str::trim) {
        Some("sentinel") => Ok(ask_sentinel(&access.settings, &mut connection).await?),
        Some("cluster") => Ok(ask_cluster(address, &mut connection).await?),
        _ => Ok(Vote { mode: Mode::Single, primaries: vec![Some(address.clone()); PARTITIONS], others: Vec::new() }),
    }
}

async fn ask_sentinel(settings: &RedisSettings, connection: &mut MultiplexedConnection) -> RedisResult<Vote> {
    let master = match settings.master() {
        Some(name) => name.to_owned(),
        None => {
            let masters: Vec<BTreeMap<String, String>> =
                redis::cmd("SENTINEL").arg("MASTERS").query_async(connection).await?;
            masters.into_iter().find_map(|mut master| master.remove("name")).unwrap_or_default()
        }
    };
    let primary: Option<(String, u16)> =
        redis::cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(&master).query_async(connection).await?;
    let sentinels: Vec<BTreeMap<String, String>> =
        redis::cmd("SENTINEL").arg("SENTINELS").arg(&master).query_async(connection).await?;
    let address = |sentinel: &BTreeMap<String, String>| {
        Some(Address { host: sentinel.get("ip")?.clone(), port: sentinel.get("port")?.parse().ok()? })
    };
    let primary = primary.map(|(host, port)| Address { host, port });
    let others = sentinels.iter().filter_map(address).collect();
    Ok(Vote { mode: Mode::Sentinel, primaries: vec![primary; PARTITIONS], others })
}

async fn ask_cluster(asked: &Address, connection: &mut MultiplexedConnection) -> RedisResult<Vote> {
    type Node = (Option<String>, u16, redis::Value, redis::Value);
    let slots: Vec<Vec<redis::Value>> = redis::cmd("CLUSTER").arg("SLOTS").query_async(connection).await?;
    let mut primaries = vec![None; PARTITIONS];
    for range in slots {
        let [first, last, primary, ..] = &range[..] else { continue };
        let first: usize = redis::from_redis_value_ref(first)?;
        let last: usize = redis::from_redis_value_ref(last)?;
        let (host, port, ..): Node = redis::from_redis_value_ref(primary)?;
        // A node that does not know its own address says nothing: it is the one that was asked for.
        let host = host.filter(|host| !host.is_empty() && host != "?").unwrap_or_else(|| asked.host.clone());
        for (partition, named) in primaries.iter_mut().enumerate() {
            let slot = usize::from(super::partitions::slot_of(&super::partitions::tag_of(partition)));
            if (first..=last).contains(&slot) {
                *named = Some(Address { host: host.clone(), port });
            }
        }
    }
    let others = primaries.iter().flatten().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    Ok(Vote { mode: Mode::Cluster, primaries, others })
}
