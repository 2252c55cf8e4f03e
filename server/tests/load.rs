//! Load: a live room continues and others can still enter, whatever strangers do to the server.
//!
//! The real binary runs in its own process. The tests assert what people notice. The round trips of a host and a
//! listener, before and during the load, are printed (`--nocapture`) for docs/benchmarks.md. The bound on them is far
//! above normal values, and below the values of a pair that the load blocks. The load runs on its own threads, because
//! otherwise the pair would wait for them on its own side.

mod harness;

use std::{
    io::{self, ErrorKind},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use heartogether::{
    limits::Limits,
    protocol::{ClientMessage, Hello, PROTOCOL_VERSION, Ping, ServerMessage, encode},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
};
use tokio_tungstenite::tungstenite::Message;

use self::harness::{FROM_ONE_ADDRESS, LoadedServer, is_closed, socket};
use crate::support::{Connection, PATIENCE, Process, Site};

/// Sockets that say nothing.
const HALF_OPEN: u32 = 10_000;
/// Opened in one go: fewer than the system keeps for a server that has not come to them.
const AT_ONCE: u32 = 500;
/// Kilobytes of the server's memory that one of them costs, at most, in a build with whatever checks.
const SOCKET_KB: u64 = 64;
/// Sockets that say something, now and then.
const SLOW: u32 = 400;
/// Connections that send without end.
const FLOODING: u32 = 20;

/// How many sockets this process may have, and the reason if that is less than wanted.
fn as_many_as_possible(wanted: u32) -> u32 {
    let files = rlimit::increase_nofile_limit(u64::MAX).expect("the number of open files");
    let possible = u32::try_from(files).unwrap_or(u32::MAX).saturating_sub(1_000);
    if possible < wanted {
        eprintln!("load: {possible} sockets, not {wanted}: this process may open {files} files");
    }
    wanted.min(possible)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_half_open_sockets_do_not_affect_a_live_room() {
    let mut loaded = LoadedServer::build().await;
    let before_kb = loaded.measure("before 10,000 half-open sockets").await;
    let mut sockets = Vec::new();
    let half_open = as_many_as_possible(HALF_OPEN);
    assert!(half_open >= 2 * AT_ONCE, "more files can be opened: ulimit -n");
    for number in 0..half_open {
        sockets.push(loaded.socket(number).await);
        if number % AT_ONCE == 0 {
            // Who is let in came after those, so the server knows of every one: it is not the system that closes them.
            loaded.lets_others_in().await;
        }
    }
    loaded.lets_others_in().await;
    let with_kb = loaded.measure(&format!("with {} half-open sockets", sockets.len())).await;
    if let (Some(before_kb), Some(with_kb)) = (before_kb, with_kb) {
        let each_kb = with_kb.saturating_sub(before_kb) / sockets.len() as u64;
        assert!(each_kb < SOCKET_KB, "a socket that says nothing costs {each_kb} kB");
    }
    let is_open = |socket: &&TcpStream| matches!(socket.try_read(&mut [0; 16]), Err(error) if error.kind() == ErrorKind::WouldBlock);
    let open = sockets.iter().filter(is_open).count();
    eprintln!("load: {open} of them were open to the end");
    // Nobody waits for their first word for ever, and none of them has said one.
    join_all(sockets.into_iter().map(is_closed)).await;
    loaded.pair.is_undisturbed().await;
    loaded.lets_others_in().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_number_of_connections_is_limited_for_an_address() {
    let mut loaded = LoadedServer::build().await;
    let mut sockets = Vec::new();
    for _ in 0..FROM_ONE_ADDRESS {
        sockets.push(loaded.socket(0).await);
    }
    let mut last = sockets.pop().expect("many sockets");
    last.write_all(b"GET /api/health HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").await.expect("a way in");
    let mut answer = String::new();
    last.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let _fills_the_place = loaded.socket(0).await;
    is_closed(loaded.socket(0).await).await;
    loaded.lets_others_in().await;
    loaded.pair.is_undisturbed().await;
}

/// Sends what never becomes a whole request, until the server has had enough.
async fn drip(port: u16, number: u32, head: &'static str) -> io::Result<()> {
    let mut socket = socket(port, number).await?;
    socket.write_all(head.as_bytes()).await?;
    let (mut reading, mut writing) = socket.into_split();
    let dripping = async {
        while writing.write_all(b"x-a: b\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let mut buffer = [0; 1024];
    let closed = async { while reading.read(&mut buffer).await.is_ok_and(|bytes| bytes > 0) {} };
    tokio::select! {
        () = dripping => {}
        () = closed => {}
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_request_heads_are_cut_off_for_pages_and_sockets() {
    let mut loaded = LoadedServer::build().await;
    loaded.measure("before slow heads").await;
    let mut dripping = Vec::new();
    for number in 0..SLOW {
        let head = match number % 2 {
            0 => "GET / HTTP/1.1\r\nhost: here\r\n",
            _ => "GET /ws HTTP/1.1\r\nhost: here\r\nconnection: upgrade\r\nupgrade: websocket\r\n",
        };
        dripping.push(loaded.attack(drip(loaded.port(), number, head)));
    }
    loaded.lets_others_in().await;
    loaded.measure(&format!("with {SLOW} slow heads")).await;
    let cut_off = tokio::time::timeout(PATIENCE, join_all(dripping)).await.expect("every one is cut off");
    assert_eq!(cut_off.len(), SLOW as usize);
    for outcome in cut_off {
        outcome.expect("no panic").expect("a slow head was let in before it was cut off");
    }
    loaded.pair.is_undisturbed().await;
}

/// What became of the flood's connections.
#[derive(Default)]
struct Tally {
    opened: AtomicU32,
    /// Refused by the server, or by a machine that has no port left.
    failed: AtomicU32,
    /// Cut off before all was answered.
    cut_off: AtomicU32,
    /// Answered more often than a connection may ask.
    answered_too_often: AtomicU32,
}

/// Pings that a flood sends on one connection.
const PINGS: usize = 1_000;

impl Tally {
    /// What came back on a connection that stood so long.
    fn note(&self, heard: &[ServerMessage], stood: Duration) {
        let limits = Limits::default();
        let pongs = heard.iter().filter(|message| matches!(message, ServerMessage::Pong(_))).count();
        let allowed = f64::from(limits.frames_burst) + f64::from(limits.frames_per_second) * stood.as_secs_f64();
        self.answered_too_often.fetch_add(u32::from(pongs as f64 > allowed), Ordering::Relaxed);
        self.cut_off.fetch_add(u32::from(pongs < PINGS), Ordering::Relaxed);
    }
}

/// Comes, sends more than anybody may, is thrown out, and comes again, for ever. Half of them never read what comes back.
#[expect(clippy::disallowed_methods, reason = "how much is allowed grows with time itself")]
async fn flood(site: Site, cookie: String, port: u16, number: u32, tally: Arc<Tally>) {
    let ping = Message::text(encode(&ClientMessage::Ping(Ping { nonce: 1 })));
    loop {
        let connection = match socket(port, number * FROM_ONE_ADDRESS).await {
            Ok(socket) => Connection::over(site.socket_request(Some(&cookie)), socket).await,
            Err(_) => None,
        };
        let Some(mut connection) = connection else {
            tally.failed.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            continue;
        };
        tally.opened.fetch_add(1, Ordering::Relaxed);
        let began = Instant::now();
        connection.try_send(&ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION })).await;
        connection.flood(ping.clone(), PINGS).await;
        if number.is_multiple_of(2) {
            let heard = connection.drain().await;
            tally.note(&heard, began.elapsed());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signaling_flood_and_slow_readers_do_not_affect_a_live_room() {
    let mut loaded = LoadedServer::build().await;
    loaded.measure("before a flood").await;
    let cookie = loaded.process.site.sign_in("Mallory").await;
    let tally = Arc::new(Tally::default());
    let floods: Vec<JoinHandle<()>> = (0..FLOODING)
        .map(|number| {
            let site = loaded.process.site.clone();
            loaded.attack(flood(site, cookie.clone(), loaded.port(), number, tally.clone()))
        })
        .collect();
    loaded.measure(&format!("with {FLOODING} connections that flood")).await;
    loaded.lets_others_in().await;
    let (opened, failed) = (tally.opened.load(Ordering::Relaxed), tally.failed.load(Ordering::Relaxed));
    eprintln!("load: the flood came {opened} times, and {failed} times in vain");
    assert!(opened > FLOODING, "the flood comes again");
    assert!(tally.cut_off.load(Ordering::Relaxed) > 0, "the flood is cut off");
    assert_eq!(tally.answered_too_often.load(Ordering::Relaxed), 0, "nobody is heard more often than they may be");
    for flood in &floods {
        assert!(!flood.is_finished(), "the flood went on all the time");
        flood.abort();
    }
    loaded.pair.is_undisturbed().await;
}

#[tokio::test]
async fn the_number_of_members_connections_is_limited_for_an_address() {
    let data = TempDir::new().expect("a folder");
    let process = Process::start(data.path(), &["--max-sockets-per-address", "3"]);
    let mut pair = process.site.pair().await;
    let third = process.site.greet(&pair.grace).await;
    let mut fourth = process.site.connect(&pair.grace).await;
    assert_eq!(fourth.last_words().await, (heartogether::refusal::Refusal::TooManyConnections, 1008));
    drop(third);
    // The server learns of it a moment later.
    let comes_in = async {
        loop {
            let mut next = Connection::open(process.site.socket_request(Some(&pair.grace))).await;
            next.send(&ClientMessage::Ping(Ping { nonce: 1 })).await;
            if next.refusal().await == heartogether::refusal::Refusal::OutOfOrder {
                return;
            }
            // Connections that are refused stay for a moment, and there may be so many.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, comes_in).await.expect("a place that was given back");
    pair.is_undisturbed().await;
}
