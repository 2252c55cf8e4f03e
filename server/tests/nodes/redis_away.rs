//! What befalls Redis while members are at two nodes: sound and reading go on, and who writes meanwhile waits, and is told if it
//! does not help.

use std::time::{Duration, Instant};

use futures::future::join_all;
use heartogether::{refusal::Refusal, role::Role, room::RoomEvent};
use reqwest::StatusCode;
use tokio::time::sleep;

use super::house::{House, write, write_surely};
use crate::{
    redis_fleet::RedisProcess,
    support::{Connection, answer, offer, received, tell_kept, told},
};

/// What befalls a server.
struct Fault {
    name: &'static str,
    begin: fn(&RedisProcess),
    end: fn(&RedisProcess),
    /// How long it lasts; `None` for longer than anybody waits.
    lasts: Option<Duration>,
}

fn set_limit(server: &RedisProcess, bytes: &str) {
    server.cli(&["CONFIG", "SET", "maxmemory", bytes]);
}

const FAULTS: [Fault; 5] = [
    Fault { name: "full", begin: |server| set_limit(server, "1mb"), end: |server| set_limit(server, "0"), lasts: None },
    Fault {
        name: "read-only",
        begin: |server| _ = server.cli(&["REPLICAOF", "127.0.0.1", "1"]),
        end: |server| _ = server.cli(&["REPLICAOF", "NO", "ONE"]),
        lasts: None,
    },
    Fault {
        name: "at a standstill",
        begin: |server| server.signal("STOP"),
        end: |server| server.signal("CONT"),
        lasts: None,
    },
    Fault {
        name: "slow",
        begin: |server| server.signal("STOP"),
        end: |server| server.signal("CONT"),
        lasts: Some(Duration::from_secs(4)),
    },
    Fault { name: "emptied", begin: |server| _ = server.cli(&["FLUSHALL"]), end: |_| {}, lasts: Some(Duration::ZERO) },
];

#[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
async fn befalls(Fault { name, begin, end, lasts }: Fault) {
    let house = House::build().await;
    let redis = &house.fleet.servers[0];
    let (one, other) = (house.start(&[]), house.start(&[]));
    let mut pair = one.site().pair().await;
    let linus = other.site().sign_in("Linus").await;
    let (mut elsewhere, as_linus) = other.site().join(&linus, pair.code, Role::Listener).await;
    write_surely(&mut elsewhere, 1).await;
    let mut seen = Vec::new();
    hear_until(&mut pair.host, 1, &mut seen).await;

    begin(redis);
    let began = Instant::now();
    elsewhere.say(write(2)).await;
    // Members at one node find each other, so sound begins and goes on; and what nodes have is read.
    pair.is_undisturbed().await;
    for node in [&one, &other] {
        let report = node.site().get(&format!("/api/rooms/{}", pair.code), None).await;
        assert_eq!(report.status(), StatusCode::OK, "{name}: rooms can be read");
    }
    let waited = match lasts {
        Some(lasts) => {
            sleep(lasts).await;
            end(redis);
            assert!(
                matches!(elsewhere.event().await, RoomEvent::MessageSent { message } if message.nonce == 2),
                "{name}"
            );
            let waited = began.elapsed();
            assert!(waited < Duration::from_secs(10), "{name}: {waited:?}");
            format!("a message waited for {waited:?}")
        }
        None => {
            assert_eq!(elsewhere.refusal().await, Refusal::StorageUnavailable, "{name}");
            let waited = began.elapsed();
            assert!(waited > Duration::from_secs(5) && waited < Duration::from_secs(15), "{name}: {waited:?}");
            end(redis);
            let refusals = write_surely(&mut elsewhere, 2).await;
            format!("a message was refused after {waited:?}, and {refusals} times when it was over")
        }
    };
    write_surely(&mut elsewhere, 3).await;
    hear_until(&mut pair.host, 3, &mut seen).await;
    are_kept_in_order(&seen, name);
    // Signals between nodes arrive again.
    let signals = async {
        loop {
            pair.host.signal(as_linus.member, offer(7)).await;
            if let Ok(heard) = tokio::time::timeout(Duration::from_secs(1), elsewhere.hear()).await {
                return heard;
            }
        }
    };
    assert_eq!(signals.await, received(pair.as_host.member, offer(7)), "{name}");
    elsewhere.signal(pair.as_host.member, answer(7)).await;
    assert_eq!(pair.host.hear().await, received(as_linus.member, answer(7)), "{name}");
    tell_kept(&format!("Redis was {name} under two nodes: {waited}; 3 of 3 messages, signals and reading went on"));
}

/// The three messages are there once, and nobody was seen to go.
fn are_kept_in_order(events: &[RoomEvent], name: &str) {
    let is_departure = |event: &RoomEvent| {
        matches!(event, RoomEvent::MemberLeft { .. } | RoomEvent::MemberConnected { connected: false, .. })
    };
    assert!(!events.iter().any(is_departure), "{name}: {events:?}");
    let messages = events.iter().filter_map(|event| match event {
        RoomEvent::MessageSent { message } => Some(message.nonce),
        _ => None,
    });
    assert_eq!(messages.collect::<Vec<_>>(), [1, 2, 3], "{name}");
}

/// Hears events up to this message.
async fn hear_until(member: &mut Connection, nonce: u32, seen: &mut Vec<RoomEvent>) {
    let is_last = |event: &RoomEvent| matches!(event, RoomEvent::MessageSent { message } if message.nonce == nonce);
    while !seen.last().is_some_and(is_last) {
        seen.extend(told(member.receive().await));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_befalls_redis_members_stay_and_write_again_afterwards() {
    // Most of the time is waited, so all of them are waited for at once.
    join_all(FAULTS.map(befalls)).await;
}
