//! The contract on real Redis servers, and what is theirs alone.

use std::time::Duration;

use heartogether_server::{
    cluster::{
        RedisBus,
        bus::{Received, To},
        message::Envelope,
    },
    storage::log::{
        redis::{RedisServers, RedisSettings},
        replicated::Incoming,
    },
};
use tokio::time::timeout;

use super::{Member, ended, keeps_the_contract, meet, next, node, relay::Relay, signal};
use crate::{redis_fleet::Fleet, support::PATIENCE};

/// A node on the bus. Its servers' messages about logs come in beside it.
fn join(fleet: &Fleet, number: u128) -> (Member, (RedisServers, Incoming)) {
    join_at(&fleet.url, number)
}

fn join_at(url: &str, number: u128) -> (Member, (RedisServers, Incoming)) {
    let settings = RedisSettings::parse(url, None, true, Duration::from_secs(2)).expect("an address");
    let (servers, incoming) = RedisServers::new(settings);
    let (bus, inbox) = RedisBus::join(servers.shared(), node(number));
    ((Box::new(bus), inbox), (servers, incoming))
}

async fn keeps_the_contract_on(fleet: &Fleet) {
    let (members, _servers): (Vec<_>, Vec<_>) = (1..=3).map(|number| join(fleet, number)).unzip();
    keeps_the_contract(members).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bus_on_a_single_redis_keeps_the_contract() {
    keeps_the_contract_on(&Fleet::single()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bus_on_a_redis_cluster_keeps_the_contract() {
    keeps_the_contract_on(&Fleet::cluster()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rubbish_and_what_another_version_says_are_passed_over() {
    let fleet = Fleet::single();
    let ((bus, inbox), _servers) = join(&fleet, 1);
    let (other, _others) = join(&fleet, 2);
    let mut members = [(bus, inbox), other];
    meet(&mut members).await;
    let server = &fleet.servers[0];
    let channels = server.cli(&["PUBSUB", "SHARDCHANNELS"]);
    let mine = channels.lines().find(|channel| channel.ends_with(&node(1).to_string())).expect("its channel");
    let from = node(2);
    for text in [
        "rubbish".to_owned(),
        "x".repeat(100_000),
        format!(r#"{{"from":"{from}","message":{{"kind":"unheard_of","by":7}}}}"#),
        Envelope { from: node(1), message: ended(1) }.encode(),
        Envelope { from, message: ended(2) }.encode(),
    ] {
        server.cli(&["SPUBLISH", mine, &text]);
    }
    assert_eq!(next(&mut members[0].1).await, ended(2), "nothing else, not even what it says itself");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_cut_off_says_later_what_has_to_arrive_and_knows_that_it_missed_something() {
    let fleet = Fleet::single();
    let relay = Relay::to(fleet.servers[0].port).await;
    let (cut_off, _servers) = join_at(&format!("redis://127.0.0.1:{}", relay.port), 1);
    let (other, _others) = join(&fleet, 2);
    let mut members = [cut_off, other];
    meet(&mut members).await;
    relay.set(false);
    let interrupted = async { while members[0].1.recv().await.expect("the bus is there") != Received::Interrupted {} };
    timeout(PATIENCE, interrupted).await.expect("the node knows that it misses messages");
    members[0].0.tell(To::Node(node(2)), signal(1));
    members[0].0.tell(To::Others, ended(1));
    members[1].0.tell(To::Others, ended(2));
    // Time for an attempt that fails.
    tokio::time::sleep(Duration::from_millis(500)).await;
    relay.set(true);
    assert_eq!(next(&mut members[1].1).await, ended(1), "and not the signal");
    meet(&mut members).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_hear_each_other_again_after_redis_was_away() {
    let mut fleet = Fleet::single();
    let (mut members, _servers): (Vec<_>, Vec<_>) = (1..=2).map(|number| join(&fleet, number)).unzip();
    meet(&mut members).await;
    fleet.servers[0].kill();
    fleet.servers[0].start_again();
    meet(&mut members).await;
}

/// The server at which nodes are subscribed.
fn server_of_nodes(fleet: &Fleet) -> usize {
    let is_it = |number: &usize| {
        let server = &fleet.servers[*number];
        server.is_primary() && server.cli(&["PUBSUB", "SHARDCHANNELS", "*:n:all"]).contains(":n:all")
    };
    (0..fleet.servers.len()).find(is_it).expect("a server")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_of_a_cluster_hear_each_other_again_after_a_failover() {
    let mut fleet = Fleet::cluster();
    let (mut members, _servers): (Vec<_>, Vec<_>) = (1..=2).map(|number| join(&fleet, number)).unzip();
    meet(&mut members).await;
    let killed = server_of_nodes(&fleet);
    fleet.servers[killed].kill();
    meet(&mut members).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_hear_each_other_again_after_sentinels_have_replaced_a_server_that_stood_still() {
    let fleet = Fleet::sentinels();
    let (mut members, _servers): (Vec<_>, Vec<_>) = (1..=2).map(|number| join(&fleet, number)).unzip();
    meet(&mut members).await;
    let stopped = server_of_nodes(&fleet);
    fleet.servers[stopped].signal("STOP");
    meet(&mut members).await;
    // For a while it takes itself for the primary.
    fleet.servers[stopped].signal("CONT");
    meet(&mut members).await;
}
