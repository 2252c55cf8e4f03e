//! How the servers are, for those who run them. No password is in it.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use futures::future::join_all;
use heartogether::id::NodeId;
use serde::Serialize;
use tokio::time::timeout;

use super::{PARTITIONS, RedisServers, keys, server::RedisServer, settings::Address, topology::Mode};
use crate::storage::log::replicated::server::Fault;

/// How long a server may take to answer.
const ANSWER: Duration = Duration::from_millis(1_500);

/// Whether Redis answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedisState {
    /// A server that is needed does not answer.
    Down,
    /// None answers, because the password is refused.
    Refused,
    /// The only server answers. It has no replica.
    Alone(Disk),
    /// Every server that is needed answers.
    Up,
}

impl RedisState {
    /// Whether every server that is needed answers.
    pub const fn answers(self) -> bool {
        matches!(self, Self::Alone(_) | Self::Up)
    }
}

/// What is on a server's disk of what it has acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// All of it.
    All,
    /// All but the last moments.
    Late,
    /// Not all of it.
    Some,
    /// This node may not ask whether it is all or all but the last moments.
    Unknown,
}

/// How the servers are.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RedisReport {
    /// The addresses of the setting.
    url: String,
    /// Whether a server refuses the password.
    is_password_refused: bool,
    /// What runs there; `None` if nothing has ever answered.
    mode: Option<Mode>,
    /// Nodes that have said lately that they live.
    nodes: Vec<String>,
    /// Rooms whose messages come in to this node.
    rooms_followed: usize,
    /// The servers that rooms are written to.
    primaries: Vec<PrimaryReport>,
    /// Partitions of the rooms that no server is the primary of.
    partitions_without_primary: usize,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PrimaryReport {
    address: String,
    /// Partitions of the rooms that it has, of 128.
    partitions: usize,
    /// `None` if it does not answer.
    #[serde(flatten)]
    answered: Option<Answered>,
    is_down: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    round_trip_ms: f64,
    version: Option<String>,
    /// Whether it writes everything to its disk.
    is_append_only: bool,
    used_memory_bytes: Option<u64>,
    /// 0 is no limit.
    max_memory_bytes: Option<u64>,
    replicas: Vec<ReplicaReport>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplicaReport {
    address: String,
    is_online: bool,
    /// What it has not acknowledged yet.
    behind_bytes: u64,
    /// Seconds since it was heard.
    silent_s: Option<u64>,
}

impl RedisServers {
    /// Whether Redis answers.
    pub async fn state(&self) -> RedisState {
        let asked = timeout(ANSWER, self.ask_all_primaries()).await;
        match asked.ok().and_then(Result::ok).unwrap_or(RedisState::Down) {
            RedisState::Down if self.is_refused() => RedisState::Refused,
            state => state,
        }
    }

    async fn ask_all_primaries(&self) -> Result<RedisState, Fault> {
        let topology = self.0.topology().await?;
        let (mut replicas, mut asked) = (0, Vec::<Address>::new());
        for partition in 0..PARTITIONS {
            let Some(address) = topology.primary(partition) else { return Ok(RedisState::Down) };
            if !asked.contains(address) {
                asked.push(address.clone());
                let server = self.0.server_of(partition).await?;
                server.ask::<String>(&redis::cmd("PING")).await?;
                replicas += server.replicas();
            }
        }
        if topology.mode != Mode::Single || replicas > 0 {
            return Ok(RedisState::Up);
        }
        let server = self.0.server_of(0).await?;
        Ok(RedisState::Alone(disk_of(&server).await?))
    }

    /// How the servers are.
    pub async fn report(&self) -> RedisReport {
        let topology = timeout(ANSWER, self.0.topology()).await.ok().and_then(Result::ok);
        let primary = |partition| topology.as_ref().and_then(|topology| topology.primary(partition));
        let mut partitions: Vec<(Address, Vec<usize>)> = Vec::new();
        for (partition, address) in (0..PARTITIONS).filter_map(|partition| Some((partition, primary(partition)?))) {
            match partitions.iter_mut().find(|(known, _)| known == address) {
                Some((_, partitions)) => partitions.push(partition),
                None => partitions.push((address.clone(), vec![partition])),
            }
        }
        let with_primary: usize = partitions.iter().map(|(_, partitions)| partitions.len()).sum();
        let primaries = join_all(partitions.into_iter().map(|(address, partitions)| self.look_at(address, partitions)));
        let (primaries, nodes) = tokio::join!(primaries, timeout(ANSWER, self.nodes()));
        RedisReport {
            url: self.0.access.settings.shown(),
            is_password_refused: self.is_refused(),
            mode: topology.as_ref().map(|topology| topology.mode),
            nodes: nodes.ok().and_then(Result::ok).unwrap_or_default(),
            rooms_followed: self.0.rooms().len(),
            primaries,
            partitions_without_primary: PARTITIONS - with_primary,
        }
    }

    async fn look_at(&self, address: Address, partitions: Vec<usize>) -> PrimaryReport {
        let answered = async {
            let server = self.0.server_of(*partitions.first()?).await.ok()?;
            ask(&server).await.ok()
        };
        let answered = timeout(ANSWER, answered).await.ok().flatten();
        let (is_down, partitions) = (answered.is_none(), partitions.len());
        PrimaryReport { address: address.to_string(), partitions, answered, is_down }
    }

    async fn nodes(&self) -> Result<Vec<String>, Fault> {
        let server = self.0.server_of(0).await?;
        let mut nodes: Vec<String> = server.ask(redis::cmd("ZRANGE").arg(keys::nodes()).arg(0).arg(-1)).await?;
        // Beside each node is its version.
        nodes.retain(|node| node.parse::<NodeId>().is_ok());
        Ok(nodes)
    }
}

async fn disk_of(server: &RedisServer) -> Result<Disk, Fault> {
    let info: String = server.ask(redis::cmd("INFO").arg("persistence")).await?;
    if value(&info, "aof_enabled") != Some("1") {
        return Ok(Disk::Some);
    }
    let policy = server.ask::<BTreeMap<String, String>>(redis::cmd("CONFIG").arg("GET").arg("appendfsync")).await;
    Ok(match policy.ok().and_then(|mut policy| policy.remove("appendfsync")).as_deref() {
        Some("always") => Disk::All,
        Some(_) => Disk::Late,
        None => Disk::Unknown,
    })
}

#[expect(clippy::disallowed_methods, reason = "a round trip is measured, and nothing depends on it")]
async fn ask(server: &RedisServer) -> Result<Answered, Fault> {
    let began = Instant::now();
    server.ask::<String>(&redis::cmd("PING")).await?;
    let round_trip_ms = began.elapsed().as_secs_f64() * 1_000.0;
    let info: String = server.ask(&redis::cmd("INFO")).await?;
    let number = |name| value(&info, name).and_then(|text| text.parse().ok());
    Ok(Answered {
        round_trip_ms,
        version: value(&info, "redis_version").map(str::to_owned),
        is_append_only: value(&info, "aof_enabled") == Some("1"),
        used_memory_bytes: number("used_memory"),
        max_memory_bytes: number("maxmemory"),
        replicas: replicas(&info),
    })
}

fn value<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines()
        .find_map(|line| line.split_once(':').filter(|(known, _)| *known == name))
        .map(|(_, value)| value.trim())
}

fn replicas(info: &str) -> Vec<ReplicaReport> {
    let written: u64 = value(info, "master_repl_offset").and_then(|text| text.parse().ok()).unwrap_or_default();
    let lines = info.lines().filter_map(|line| line.strip_prefix("slave")?.split_once(':'));
    let replicas = lines.filter(|(number, _)| number.parse::<u32>().is_ok()).map(|(_, fields)| {
        let field =
            |name| fields.trim().split(',').find_map(|field| field.split_once('=').filter(|(key, _)| *key == name));
        let field = |name| field(name).map(|(_, value)| value);
        let acknowledged: u64 = field("offset").and_then(|text| text.parse().ok()).unwrap_or_default();
        ReplicaReport {
            address: format!("{}:{}", field("ip").unwrap_or_default(), field("port").unwrap_or_default()),
            is_online: field("state") == Some("online"),
            behind_bytes: written.saturating_sub(acknowledged),
            silent_s: field("lag").and_then(|text| text.parse().ok()),
        }
    });
    replicas.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicas_are_read_from_what_a_primary_says_of_them() {
        let info = "role:master\r\nconnected_slaves:1\r\nslave0:ip=10.0.0.2,port=6380,state=online,offset=90,lag=1\r\n\
                    master_repl_offset:100\r\nslave_read_only:1\r\n";
        let address = "10.0.0.2:6380".to_owned();
        let expected = ReplicaReport { address, is_online: true, behind_bytes: 10, silent_s: Some(1) };
        assert_eq!(replicas(info), [expected]);
        assert_eq!(value(info, "role"), Some("master"));
    }
}
