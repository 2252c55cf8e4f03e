//! How nodes reach Redis: how long they wait for a connection, and with which user and password.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use futures::future::join_all;
use heartogether::room::RoomEvent;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::{
    house::{House, SECRET, write_surely},
    together::apart,
};
use crate::{
    redis_fleet::Fleet,
    support::{Connection, PATIENCE, PostgresDatabase, Process, tell_kept},
};

/// Connections on which nothing is said.
const SILENT: usize = 3;
/// In which a room can be written to after its primary has been killed.
const AGAIN: Duration = Duration::from_secs(60);

/// For how long a node waits for each connection on which nothing is said. Every other connection leads to a real server, if there is
/// one, so that the node finds it and connects again.
async fn waits(timeout_ms: &str, server: Option<u16>) -> Vec<Duration> {
    let (database, data) = (PostgresDatabase::create().await, TempDir::new().expect("a folder"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("redis://{}", listener.local_addr().expect("an address"));
    let mut command = Process::command(data.path(), "off");
    command.args(["--port", "0", "--host", "127.0.0.1", "--jwt-secret", SECRET, "--database-url", &database.url]);
    command.args(["--redis-url", &url, "--redis-connect-timeout-ms", timeout_ms]).stdout(Stdio::null());
    let mut node = command.spawn().expect("a server");
    let (mut silent, mut leads_on) = (Vec::new(), false);
    while silent.len() < SILENT {
        let (mut stream, _) =
            timeout(PATIENCE, listener.accept()).await.expect("another attempt").expect("a connection");
        leads_on = !leads_on && server.is_some();
        match server.filter(|_| leads_on) {
            Some(port) => {
                _ = tokio::spawn(async move {
                    let mut server = TcpStream::connect(("127.0.0.1", port)).await.expect("a real server");
                    let _ = copy_bidirectional(&mut stream, &mut server).await;
                })
            }
            None => silent.push(tokio::spawn(open_for(stream))),
        }
    }
    let waits = join_all(silent).await.into_iter().map(|wait| wait.expect("it ends")).collect();
    node.kill().expect("killed");
    node.wait().expect("gone");
    waits
}

/// For how long the other side leaves a connection open on which nothing is said.
#[expect(clippy::disallowed_methods, reason = "how long it takes is measured on a real connection")]
async fn open_for(mut stream: TcpStream) -> Duration {
    let (began, mut asked) = (Instant::now(), [0; 1_024]);
    while stream.read(&mut asked).await.is_ok_and(|length| length > 0) {}
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_to_redis_is_waited_for_as_long_as_is_set() {
    let redis = Fleet::single();
    let (short, long) = tokio::join!(waits("100", None), waits("3000", Some(redis.servers[0].port)));
    assert!(short.iter().min() < Some(&Duration::from_millis(500)), "{short:?}");
    assert!(long.iter().max() > Some(&Duration::from_secs(2)), "{long:?}");
}

const PASSWORD: [&str; 4] = ["--requirepass", "porcupine-of-redis", "--masterauth", "porcupine-of-redis"];
/// The user that docs/operating.md proposes, and its rights, also on Sentinels.
const USER: (&str, &str) = ("ada", "hedgehog-of-redis");
const RIGHTS: [&str; 6] = ["~*", "&*", "+@all", "-@admin", "-@dangerous", "+info"];
const ON_SENTINELS: [&str; 3] = ["+info", "+ping", "+sentinel"];

/// Hears until this message comes.
async fn hear(member: &mut Connection, nonce: u32) {
    while !matches!(member.event().await, RoomEvent::MessageSent { message } if message.nonce == nonce) {}
}

/// One node knows the password alone, and the other the user. They show the same room, also after the primary was killed.
async fn is_used(fleet: Fleet, name: &str) {
    fleet.add_user(USER, &RIGHTS, &ON_SENTINELS);
    let mut house = House::with(fleet).await;
    let one = house.start(&[]);
    house.fleet.url = house.fleet.url.replace(":porcupine-of-redis@", "ada:hedgehog-of-redis@");
    let other = house.start(&[]);
    let mut pair = apart(one.site(), other.site()).await;
    write_surely(&mut pair.listener, 1).await;
    hear(&mut pair.host, 1).await;
    pair.is_undisturbed().await;
    let primary = house.fleet.primary();
    house.fleet.servers[primary].kill();
    let again = timeout(AGAIN, write_surely(&mut pair.listener, 2)).await.expect("it can be written to again");
    hear(&mut pair.host, 2).await;
    tell_kept(&format!("{name} with a password: 2 of 2 messages, and {again} refusals while the primary was replaced"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sentinels_and_their_servers_can_have_a_password_and_a_user() {
    is_used(Fleet::sentinels_with(&PASSWORD), "Sentinels").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_can_have_a_password_and_a_user() {
    is_used(Fleet::cluster_with(&PASSWORD), "a cluster").await;
}
