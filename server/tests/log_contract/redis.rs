//! The contract on real Redis servers, and what is theirs alone.

use std::{sync::Arc, time::Duration};

use heartogether::id::NodeId;
use heartogether_server::storage::{
    epochs::{Epochs, MemoryEpochs, SqlEpochs},
    log::{
        AppendNonce, LogError,
        redis::{RedisServers, RedisSettings},
        replicated::{MemoryDirectory, Parts, ReplicatedLog, RoomDirectory, SqlDirectory},
    },
};

use super::{Bench, ROOM, bench::clock, created, keeps_the_contract, lost, read, seqs};
use crate::{
    redis_fleet::Fleet,
    support::{self, PostgresDatabase},
};

/// A log on emptied servers.
fn empty(fleet: &Fleet) -> Bench {
    start(fleet, Arc::new(MemoryDirectory::default()), Arc::new(MemoryEpochs::default()))
}

/// A log on emptied servers whose rooms are known to a database.
async fn empty_in_postgres(fleet: &Fleet) -> Bench {
    let kept = PostgresDatabase::create().await;
    let database = kept.open().await;
    let (directory, epochs) = (SqlDirectory::new(database.clone()), SqlEpochs::new(database));
    Bench { _kept: Some(Box::new(kept)), ..start(fleet, Arc::new(directory), Arc::new(epochs)) }
}

fn start(fleet: &Fleet, directory: Arc<dyn RoomDirectory>, epochs: Arc<dyn Epochs>) -> Bench {
    fleet.empty();
    let clock = clock();
    let settings = RedisSettings::parse(&fleet.url, None, true, Duration::from_secs(2)).expect("an address");
    let (servers, incoming) = RedisServers::new(settings);
    let (node, servers, sealer) = (NodeId::from_bits(1), Arc::new(servers), support::sealer());
    let log = ReplicatedLog::start(Parts { node, servers, incoming, epochs, directory, sealer, clock: clock.clone() });
    Bench { log: Arc::new(log), clock, _kept: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_redis_keeps_the_contract() {
    let fleet = Fleet::single();
    keeps_the_contract(async || empty_in_postgres(&fleet).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_with_sentinels_keeps_the_contract() {
    let fleet = Fleet::sentinels();
    assert_eq!(fleet.sentinel_count(), 3);
    keeps_the_contract(async || empty(&fleet)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_cluster_keeps_the_contract() {
    let fleet = Fleet::cluster();
    keeps_the_contract(async || empty(&fleet)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_append_is_answered_with_its_place() {
    let fleet = Fleet::single();
    let log = empty(&fleet).log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let nonce = AppendNonce::from_bits(7);
    let first = log.append_once(ROOM, nonce, lost(1)).await.expect("appended");
    log.append(ROOM, lost(2)).await.expect("appended");
    assert_eq!(log.append_once(ROOM, nonce, lost(1)).await.expect("there already"), first);
    assert_eq!(seqs(&read(&*log, ROOM, 0).await), [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_steps_aside_where_it_does_not_understand_an_entry() {
    let fleet = Fleet::single();
    let log = empty(&fleet).log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let mut entries = log.subscribe(ROOM).await.expect("subscribed");
    let server = &fleet.servers[0];
    let keys = server.cli(&["KEYS", "*:log"]);
    let key = keys.trim();
    let meta = key.replace(":log", ":meta");
    let epoch = server.cli(&["HGET", &meta, "epoch"]);
    let id = format!("{}-2", epoch.trim());
    // As a newer version writes it.
    server.cli(&["XADD", key, &id, "at", "1000", "n", "a", "d", "99\n{\"kind\":\"unheard_of\"}\n"]);
    server.cli(&["HSET", &meta, "seq", "2", "last", &id, "confirmed", "2"]);
    // Whether this is still appended depends on which comes first.
    let _ = log.append(ROOM, lost(1)).await;
    assert!(entries.recv().await.is_err(), "the room's task is told");
    assert!(matches!(log.read(ROOM, heartogether::id::Seq(0), 9).await, Err(LogError::NotUnderstood)));
}
