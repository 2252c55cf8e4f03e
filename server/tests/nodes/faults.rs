//! What befalls nodes and their Redis: rooms go on, and nothing acknowledged is lost.

use std::time::{Duration, Instant};

use futures::future::join_all;
use heartogether::{
    protocol::{Join, Publish, ToRoom},
    refusal::Refusal,
    role::Role,
    room::{RoomEvent, Source, StreamState},
};
use reqwest::StatusCode;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use super::house::{House, nonces, write, write_surely};
use crate::{
    redis_fleet::Fleet,
    storage::readiness,
    support::{
        Connection, PostgresServer, Process, Site, changed_to, eventually, free_port, resume, said_in, tell_kept,
    },
};

/// In which a room can be written to again.
const AGAIN: Duration = Duration::from_secs(15);
/// How long PostgreSQL stands still.
const STANDSTILL: Duration = Duration::from_secs(60);
/// In which the members of a node that dies are back.
pub const BACK: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_starts_before_its_redis_is_ready_with_it() {
    let mut house = House::build().await;
    house.fleet.servers[0].kill();
    let data = TempDir::new().expect("a folder");
    let port = free_port().to_string();
    let site = Site { authority: format!("127.0.0.1:{port}") };
    let mut command = Process::command(data.path(), "warn");
    command.args(["--port", &port, "--host", "127.0.0.1"]).args(house.flags());
    let starting = Process::begin(command);
    eventually(async || tokio::net::TcpStream::connect(&site.authority).await.is_ok()).await;
    let down = json!({ "ready": false, "parts": { "rooms": "starting", "storage": "starting", "redis": "down" } });
    eventually(async || readiness(&site).await == (StatusCode::SERVICE_UNAVAILABLE, down.clone())).await;
    assert_eq!(site.get("/api/health", None).await.status(), StatusCode::OK);
    house.fleet.servers[0].start_again();
    let server = tokio::task::spawn_blocking(|| starting.ready()).await.expect("a server");
    let mut pair = server.site.pair().await;
    pair.is_undisturbed().await;
    assert_eq!(write_surely(&mut pair.listener, 1).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
async fn without_redis_rooms_are_read_and_writes_fail_visibly_in_time() {
    let mut house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let mut pair = one.site().pair().await;
    write_surely(&mut pair.listener, 1).await;
    let mut moved = other.site().greet(&pair.grace).await;
    moved.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    moved.resumed().await;
    house.fleet.servers[0].kill();
    let began = Instant::now();
    moved.say(write(2)).await;
    eventually(async || readiness(one.site()).await.1["parts"]["redis"] == "down").await;
    for node in [&one, &other] {
        let (status, told) = readiness(node.site()).await;
        assert_eq!(status, StatusCode::OK, "a balancer that took every node out would help nobody: {told}");
        assert_eq!(told["parts"]["storage"], "ok");
        let report = node.site().get(&format!("/api/rooms/{}", pair.code), None).await;
        assert_eq!(report.status(), StatusCode::OK, "rooms can be read");
    }
    let linus = one.site().sign_in("Linus").await;
    let me = other.site().get("/auth/me", Some(&linus)).await;
    assert_eq!(me.status(), StatusCode::OK, "sessions are in the database, which both nodes have");
    assert_eq!(moved.refusal().await, Refusal::StorageUnavailable);
    let waited = began.elapsed();
    assert!(waited > Duration::from_secs(5) && waited < Duration::from_secs(15), "{waited:?}");
    house.fleet.servers[0].start_again();
    let refusals = write_surely(&mut moved, 2).await;
    tell_kept(&format!("without Redis, a write was refused after {waited:?}; with it, {refusals} were"));
    eventually(async || readiness(one.site()).await.1["parts"]["redis"] == "ok").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_is_killed_and_started_again_under_load_costs_nothing() {
    const MESSAGES: u32 = 40;
    let house = House::build().await;
    let (one, other) = (house.start_patient(&[]).await, house.start_patient(&[]).await);
    let House { mut fleet, kept: _kept, .. } = house;
    let mut pair = one.site.pair().await;
    let restarts = tokio::task::spawn_blocking(move || {
        for _ in 0..2 {
            std::thread::sleep(Duration::from_millis(200));
            fleet.servers[0].kill();
            std::thread::sleep(Duration::from_millis(300));
            fleet.servers[0].start_again();
        }
        fleet
    });
    let mut refusals = 0;
    for nonce in 1..=MESSAGES {
        refusals += write_surely(&mut pair.listener, nonce).await;
        sleep(Duration::from_millis(20)).await;
    }
    let _fleet = restarts.await.expect("started again");
    let mut moved = other.site.greet(&pair.ada).await;
    moved
        .send(&said_in(pair.code, ToRoom::Join(Join { role: Role::Host, take_over: true, name: None, returns: false })))
        .await;
    let kept = nonces(&moved.joined().await.room.messages);
    assert_eq!(kept, (1..=MESSAGES).collect::<Vec<_>>(), "each once, in the order in which it was sent");
    tell_kept(&format!(
        "a Redis that was killed twice under load: {MESSAGES} of {MESSAGES} messages kept, {refusals} refusals"
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
async fn members_of_a_node_that_is_killed_are_back_soon_and_nothing_acknowledged_is_lost() {
    let house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let ada = one.site().sign_in("Ada").await;
    let code = one.site().create_room(&ada).await;
    let (_host, as_host) = one.site().join(&ada, code, Role::Host).await;
    let guests = join_all(["Grace", "Linus", "Edsger", "Barbara"].map(|guest| one.site().sign_in(guest))).await;
    let mut members = join_all(guests.iter().map(|guest| one.site().join(guest, code, Role::Listener))).await;
    let acknowledged = join_all(members.iter_mut().zip([10, 20, 30, 40]).map(|((member, _), first)| async move {
        for nonce in first..first + 3 {
            assert_eq!(write_surely(member, nonce).await, 0);
        }
        // It is under way when the node dies, so it may be kept or not.
        member.say(write(first + 3)).await;
        (first..first + 3).collect::<Vec<_>>()
    }))
    .await;
    drop(one);
    let killed = Instant::now();
    let back = join_all(guests.iter().zip(&members).map(|(guest, (_, joined))| async {
        let mut member = other.site().greet(guest).await;
        member.send(&resume(code, joined, joined.seq)).await;
        member.resumed().await;
        member
    }));
    let (_members, took) = (back.await, killed.elapsed());
    assert!(took < BACK, "{took:?}");
    let mut host = other.site().greet(&ada).await;
    host.send(&resume(code, &as_host, as_host.seq)).await;
    host.resumed().await;
    // The others have written as much at once as an account may, over all nodes.
    let (mut ken, _) = other.site().join(&other.site().sign_in("Ken").await, code, Role::Listener).await;
    assert_eq!(write_surely(&mut ken, 1).await, 0, "the room goes on");
    let mut again = other.site().greet(&ada).await;
    again
        .send(&said_in(code, ToRoom::Join(Join { role: Role::Host, take_over: true, name: None, returns: false })))
        .await;
    let kept = nonces(&again.joined().await.room.messages);
    for nonce in acknowledged.concat() {
        assert_eq!(kept.iter().filter(|kept| **kept == nonce).count(), 1, "{nonce} in {kept:?}");
    }
    tell_kept(&format!("a node was killed: 4 of 4 members were back after {took:?}, 12 of 12 messages kept"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_of_a_node_that_is_killed_enter_their_grace_once() {
    let house = House::build().await;
    let nodes = [(); 3].map(|()| house.start(&[]));
    let pair = nodes[0].site().pair().await;
    // Two nodes have the room open and notice.
    let mut host = nodes[1].site().greet(&pair.ada).await;
    host.send(&said_in(
        pair.code,
        ToRoom::Join(Join { role: Role::Host, take_over: true, name: None, returns: false }),
    ))
    .await;
    host.joined().await;
    let linus = nodes[2].site().sign_in("Linus").await;
    let (_linus, joined) = nodes[2].site().join(&linus, pair.code, Role::Listener).await;
    let [killed, _one, other] = nodes;
    drop((killed, pair.host, pair.listener));
    let mut told = Vec::new();
    while told.last() != Some(&RoomEvent::MemberLeft { member: pair.as_listener.member }) {
        let event = host.event().await;
        let (RoomEvent::MemberConnected { member, .. } | RoomEvent::MemberLeft { member }) = &event else { continue };
        assert_ne!(*member, joined.member, "whoever is elsewhere stays");
        told.push(event);
    }
    let lost = RoomEvent::MemberConnected { member: pair.as_listener.member, connected: false };
    assert_eq!(told, [lost, RoomEvent::MemberLeft { member: pair.as_listener.member }]);
    drop(other);
    tell_kept("a node was killed and its member did not come back: it was away once, and left once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
async fn while_the_database_of_the_nodes_is_away_nobody_is_put_out() {
    let mut database = PostgresServer::start();
    let (database_url, kept) = (database.url(), Box::new(()));
    let house = House { fleet: Fleet::single(), database_url, kept };
    let (one, other) = (house.start(&[]), house.start(&[]));
    let mut pair = one.site().pair().await;
    let mut moved = other.site().greet(&pair.grace).await;
    moved.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    moved.resumed().await;
    assert_eq!(write_surely(&mut moved, 1).await, 0);
    database.stop();
    eventually(async || readiness(one.site()).await.1["parts"]["storage"] == "down").await;
    assert_eq!(readiness(one.site()).await.1["parts"]["redis"], "ok");
    pair.host.drain().await;
    assert_eq!(pair.host.closed_with, None);
    database.run();
    eventually(async || readiness(other.site()).await.0 == StatusCode::OK).await;
    write_surely(&mut moved, 2).await;
    eventually(async || readiness(one.site()).await.0 == StatusCode::OK).await;

    // What needs no account goes on: streams, and signals between members.
    pair.host.say(ToRoom::Publish(Publish { source: Source::Microphone, paused: false })).await;
    turns_to(&mut moved, StreamState::Live).await;
    pair.host.drain().await;
    database.freeze();
    let (frozen, mut turns) = (Instant::now(), 0);
    moved.say(write(3)).await;
    assert_eq!(moved.refusal().await, Refusal::StorageUnavailable, "it may be in the archive of messages");
    pair.listener = moved;
    while frozen.elapsed() < STANDSTILL {
        for (command, state) in [(ToRoom::Pause, StreamState::Paused), (ToRoom::Resume, StreamState::Live)] {
            pair.host.say(command).await;
            turns_to(&mut pair.host, state).await;
            turns_to(&mut pair.listener, state).await;
            turns += 1;
        }
        pair.is_undisturbed().await;
        sleep(Duration::from_secs(4)).await;
    }
    database.thaw();
    for node in [&one, &other] {
        eventually(async || readiness(node.site()).await.0 == StatusCode::OK).await;
    }
    write_surely(&mut pair.listener, 3).await;
    let linus = one.site().sign_in("Linus").await;
    let (_linus, joined) = other.site().join(&linus, pair.code, Role::Listener).await;
    let has_joined = |event| matches!(event, RoomEvent::MemberJoined { member } if member.member == joined.member);
    while !has_joined(pair.host.event().await) {}
    tell_kept(&format!(
        "PostgreSQL was away, and stood still for {STANDSTILL:?}: members stayed, {turns} of {turns} pauses and resumes reached \
         the other node, and messages and accounts were stored again"
    ));
}

/// The next that somebody is told is that the stream is so.
async fn turns_to(member: &mut Connection, state: StreamState) {
    assert_eq!(changed_to(&member.event().await), Some(state));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_goes_on_once_another_server_of_the_cluster_has_taken_its_place() {
    goes_on_without_its_primary(Fleet::cluster(), "a cluster").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_goes_on_once_sentinels_have_put_the_replica_in_its_place() {
    goes_on_without_its_primary(Fleet::sentinels(), "Sentinels").await;
}

#[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
async fn goes_on_without_its_primary(fleet: Fleet, of: &str) {
    let mut house = House::with(fleet).await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let mut pair = one.site().pair().await;
    let linus = other.site().sign_in("Linus").await;
    let (mut elsewhere, _) = other.site().join(&linus, pair.code, Role::Listener).await;
    assert!(readiness(one.site()).await.1.get("notes").is_none(), "there are replicas");
    write_surely(&mut pair.listener, 1).await;
    write_surely(&mut elsewhere, 11).await;
    let primary = house.fleet.primary();
    house.fleet.servers[primary].kill();
    let killed = Instant::now();
    let refusals = write_surely(&mut pair.listener, 2).await;
    let again = killed.elapsed();
    assert!(again < AGAIN, "{again:?}");
    write_surely(&mut elsewhere, 12).await;
    let mut moved = other.site().greet(&pair.ada).await;
    moved
        .send(&said_in(pair.code, ToRoom::Join(Join { role: Role::Host, take_over: true, name: None, returns: false })))
        .await;
    assert_eq!(nonces(&moved.joined().await.room.messages), [1, 11, 2, 12]);
    tell_kept(&format!(
        "a primary of {of} was killed under two nodes: 4 of 4 messages, {refusals} refusals, written again after {again:?}"
    ));
}
