//! Several nodes on one Redis and one PostgreSQL: they show the same rooms.

mod balancer;
mod faults;
mod generated;
mod house;
mod lost_lounge;
mod lounges;
mod nginx;
mod operator;
mod reaching;
mod redis_away;
mod restored;
mod rolling;
mod scaling;
mod snapshots;
mod subscriptions;
mod together;
mod versions;
mod watched;

use std::{process::Output, time::Duration};

use heartogether::{
    protocol::{Join, ToRoom},
    role::Role,
    room::{Missed, RoomEvent},
};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use crate::support::{Pair, Process, eventually, resume, said_in};
use house::{House, SECRET, nonces, write, write_surely};

/// How long a room may outlast its node: until that is noticed, another node opens the room, and its time is over.
const ENDED: Duration = Duration::from_secs(60);

/// A server that does not start, and what it says.
fn start_in_vain(flags: &[&str]) -> String {
    let data = TempDir::new().expect("a folder");
    let mut command = Process::command(data.path(), "info");
    let Output { status, stderr, .. } = command.args(["--port", "0"]).args(flags).output().expect("a process");
    assert!(!status.success());
    String::from_utf8(stderr).expect("text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_on_one_node_is_read_on_the_other_in_one_order() {
    let house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let Pair { code, ada, mut host, mut listener, .. } = one.site().pair().await;
    // Whoever is a guest of one node is one of the other.
    let linus = one.site().sign_in("Linus").await;
    let (mut elsewhere, _) = other.site().join(&linus, code, Role::Listener).await;
    assert!(matches!(host.event().await, RoomEvent::MemberJoined { member } if member.name.as_str() == "Linus"));
    let report = other.site().get(&format!("/api/rooms/{code}"), None).await;
    let report: Value = report.json().await.expect("a report");
    assert_eq!((&report["listenerCount"], &report["hostConnected"]), (&json!(2), &json!(true)));
    let (here, there) = (
        async {
            for nonce in 1..=4 {
                listener.say(write(nonce)).await;
            }
        },
        async {
            for nonce in 11..=14 {
                elsewhere.say(write(nonce)).await;
            }
        },
    );
    tokio::join!(here, there);
    let mut heard = Vec::new();
    while heard.len() < 8 {
        if let RoomEvent::MessageSent { message } = host.event().await {
            heard.push(message);
        }
    }
    assert!(heard.windows(2).all(|two| two[0].number < two[1].number));
    let (of_listener, of_linus): (Vec<_>, Vec<_>) = nonces(&heard).into_iter().partition(|nonce| *nonce <= 10);
    assert_eq!(
        (of_listener, of_linus),
        (vec![1, 2, 3, 4], vec![11, 12, 13, 14]),
        "each in the order in which it was sent"
    );
    // Ada's page moves to the other node, which has a copy of its own.
    let mut moved = other.site().greet(&ada).await;
    moved
        .send(&said_in(code, ToRoom::Join(Join { role: Role::Host, take_over: true, name: None, returns: false })))
        .await;
    assert_eq!(nonces(&moved.joined().await.room.messages), nonces(&heard));
    // A log-out on one node ends the connections to the other.
    one.site().post("/auth/logout", "", &[("cookie", &linus)]).await;
    elsewhere.close_code().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_who_comes_to_another_node_resumes() {
    let house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let mut pair = one.site().pair().await;
    write_surely(&mut pair.listener, 1).await;
    let seq = pair.as_listener.seq;
    let mut moved = other.site().greet(&pair.grace).await;
    moved.send(&resume(pair.code, &pair.as_listener, seq)).await;
    let Missed::Events(missed) = moved.resumed().await.missed else { panic!("few events were missed") };
    assert!(missed.iter().any(|event| matches!(event, RoomEvent::MessageSent { message } if message.nonce == 1)));
    assert_eq!(write_surely(&mut moved, 2).await, 0);
    let messages = async {
        loop {
            if let RoomEvent::MessageSent { message } = pair.host.event().await
                && message.nonce == 2
            {
                return message.author;
            }
        }
    };
    assert_eq!(messages.await, pair.as_listener.member, "it is the same member");
    pair.listener = moved;
    pair.host.drain().await;
    pair.listener.drain().await;
    pair.is_undisturbed().await;
    // The node that they come from stops in order, and the room goes on without it.
    one.terminate();
    assert_eq!(write_surely(&mut pair.listener, 3).await, 0);
    let mut host = other.site().greet(&pair.ada).await;
    host.send(&resume(pair.code, &pair.as_host, pair.as_host.seq)).await;
    host.resumed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_whose_only_node_is_killed_ends_in_time() {
    let house = House::build().await;
    // After half of the time, the room warns of its end.
    let short = ["--room-ttl-ms", "6000", "--room-reopen-ms", "1000"];
    let (one, other) = (house.start(&short), house.start(&short));
    let pair = one.site().pair().await;
    drop(one);
    drop(pair);
    let mut database = PgConnection::connect(&house.database_url).await.expect("a connection");
    let mut rooms = async || {
        let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM rooms").fetch_one(&mut database).await;
        count.expect("counted")
    };
    assert_eq!(rooms().await, 1);
    let ended = async {
        while rooms().await > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(ENDED, ended).await.expect("the room ends");
    // Its log is deleted after its name.
    eventually(async || house.fleet.servers[0].cli(&["KEYS", "*:r:*"]).trim().is_empty()).await;
    drop(other);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_make_the_tables_once_and_keep_single_servers_away() {
    let house = House::build().await;
    let nodes: Vec<_> = (0..3)
        .map(|_| {
            let data = TempDir::new().expect("a folder");
            let mut command = Process::command(data.path(), "warn");
            command.args(["--port", "0", "--host", "127.0.0.1"]).args(house.flags());
            (Process::begin(command), data)
        })
        .collect();
    let nodes: Vec<_> = nodes.into_iter().map(|(starting, data)| (starting.ready(), data)).collect();
    let alone = ["--database-url", &house.database_url, "--data-lock-wait-ms", "0"];
    let refused = start_in_vain(&alone);
    assert!(refused.contains("another server uses the database"), "{refused}");
    for (process, _) in nodes {
        assert!(process.terminate().success());
    }
    let data = TempDir::new().expect("a folder");
    let single = Process::start(data.path(), &alone);
    let refused = start_in_vain(&[&house.flags(), &["--data-lock-wait-ms", "0"][..]].concat());
    assert!(refused.contains("another server uses the database"), "{refused}");
    assert!(single.terminate().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_of_a_single_server_goes_on_with_several_nodes() {
    let house = House::build().await;
    let (data, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let flags = ["--database-url", &house.database_url, "--jwt-secret", SECRET];
    let single = Process::start(data.path(), &flags);
    let mut pair = single.site.pair().await;
    write_surely(&mut pair.listener, 1).await;
    assert!(single.terminate().success());
    let nodes = [data.path(), folder.path()].map(|folder| Process::start(folder, &house.flags()));
    let mut host = nodes[0].site.greet(&pair.ada).await;
    host.send(&resume(pair.code, &pair.as_host, pair.as_host.seq)).await;
    let Missed::Events(missed) = host.resumed().await.missed else { panic!("few events were missed") };
    assert!(missed.iter().any(|event| matches!(event, RoomEvent::MessageSent { message } if message.nonce == 1)));
    let mut listener = nodes[1].site.greet(&pair.grace).await;
    listener.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    listener.resumed().await;
    assert_eq!(write_surely(&mut listener, 2).await, 0);
    let mut database = PgConnection::connect(&house.database_url).await.expect("a connection");
    let left = "SELECT (SELECT COUNT(*) FROM entries) + (SELECT COUNT(*) FROM snapshots)";
    let left: i64 = sqlx::query_scalar(left).fetch_one(&mut database).await.expect("counted");
    assert_eq!(left, 0, "the room is in one place");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_guests_wrote_can_be_read_as_long_as_the_room_lives() {
    let house = House::build().await;
    let node = house.start_patient(&["--session-ttl-seconds", "100"]).await;
    let mut pair = node.site.pair().await;
    write_surely(&mut pair.listener, 1).await;
    let mut database = PgConnection::connect(&house.database_url).await.expect("a connection");
    let mut counted = async || {
        let count = "SELECT (SELECT COUNT(*) FROM accounts), (SELECT COUNT(*) FROM account_keys)";
        sqlx::query_as::<_, (i64, i64)>(count).fetch_one(&mut database).await.expect("counted")
    };
    assert_eq!(counted().await, (2, 2));
    // Their sessions end, and housekeeping deletes their accounts.
    node.clock.advance(2 * 60 * 60 * 1000);
    let expired = async {
        loop {
            if let (0, keys) = counted().await {
                return keys;
            }
        }
    };
    let keys = tokio::time::timeout(ENDED, expired).await.expect("the accounts are deleted");
    assert_eq!(keys, 2, "the room has what they wrote");
}

#[test]
fn what_nodes_need_beside_redis_is_said_in_one_sentence() {
    let redis = ["--redis-url", "redis://:hush@127.0.0.1"];
    let told = start_in_vain(&redis);
    assert!(told.contains("REDIS_URL needs DATABASE_URL") && told.trim().lines().count() == 1, "{told}");
    let database = ["--database-url", "postgres://127.0.0.1/hear"];
    let told = start_in_vain(&[redis, database].concat());
    assert!(told.contains("REDIS_URL needs JWT_SECRET") && told.trim().lines().count() == 1, "{told}");
    assert!(!told.contains("hush"), "{told}");
}
