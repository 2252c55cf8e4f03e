//! The server stops, and another one starts with the same data.

use crate::support::told;
use heartogether::{
    id::Seq,
    protocol::{Publish, ToRoom},
    room::{Missed, RoomEvent, Source, StreamState},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{PATIENCE, Process, RawSocket, Site, TestServer, changed_to, free_port, resume};

#[tokio::test]
async fn members_are_told_to_reconnect_and_the_write_ahead_log_is_emptied() {
    let mut server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let (database, mut late) = (server.database(), server.site.greet(&pair.ada).await);
    let wal = database.with_extension("db-wal");
    assert!(wal.metadata().expect("a write-ahead log").len() > 0);
    let (codes, ()) = tokio::join!(
        async { [pair.host.close_code().await, pair.listener.close_code().await, late.close_code().await] },
        server.stop()
    );
    assert_eq!(codes, [1001, 1001, 1001]);
    assert!(!wal.exists());

    let site = server.again(&[]).await;
    let mut host = site.greet(&pair.ada).await;
    host.send(&resume(pair.code, &pair.as_host, pair.as_host.seq)).await;
    host.resumed().await;
}

#[tokio::test]
async fn a_pending_request_is_answered_before_the_stop() {
    let mut server = TestServer::start().await;
    let mut socket = RawSocket::open(&server.site.authority).await;
    let head = "POST /api/fn/sign_in_as_guest HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n\
                content-type: application/x-www-form-urlencoded\r\ncontent-length: 8\r\n\r\n";
    socket.send(head.as_bytes()).await;
    assert!(socket.up_to(b"\r\n\r\n").await.starts_with(b"HTTP/1.1 100"));
    let authority = server.site.authority.clone();
    let finish = async {
        // Nobody new is let in any more: the server is stopping.
        let is_closed = async {
            while tokio::net::TcpStream::connect(&authority).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, is_closed).await.expect("a port that is closed");
        socket.send(b"name=Ada").await;
        String::from_utf8(socket.rest().await).expect("text")
    };
    let (answer, ()) = tokio::join!(finish, server.stop());
    assert!(answer.contains("set-cookie: heartogether.sid="), "{answer}");
}

/// What a port answers; `None` while nobody listens there.
async fn ask(port: u16, path: &str, accept: &str) -> Option<reqwest::Response> {
    crate::support::install_crypto();
    let request = reqwest::Client::new().get(format!("http://127.0.0.1:{port}{path}"));
    request.header("accept", accept).send().await.ok()
}

#[tokio::test]
async fn after_a_rolling_update_everybody_has_their_place() {
    let data = TempDir::new().expect("a folder for the data");
    let old = Process::start(data.path(), &[]);
    let mut pair = old.site.pair().await;
    pair.host.say(ToRoom::Publish(Publish { source: Source::Display, paused: false })).await;
    assert_eq!(changed_to(&pair.listener.event().await), Some(StreamState::Live));

    let port = free_port();
    let mut command = Process::command(data.path(), "warn");
    command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
    let new = Process::begin(command);
    let is_alive = async {
        while ask(port, "/api/health", "*/*").await.is_none_or(|answer| answer.status() != StatusCode::OK) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, is_alive).await.expect("a server that lives");
    let ready = ask(port, "/api/ready", "*/*").await.expect("an answer");
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    let told: Value = ready.json().await.expect("JSON");
    assert_eq!(told, json!({ "ready": false, "parts": { "rooms": "starting", "storage": "starting" } }));
    for (accept, told) in [("text/html", "HearTogether is starting"), ("application/json", "server_starting")] {
        let answer = ask(port, &format!("/room/{}", pair.code), accept).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key("retry-after"));
        assert!(!answer.headers().contains_key("content-language"), "the service worker shows its page instead");
        assert!(answer.text().await.expect("text").contains(told), "{accept}");
    }

    old.tell_to_stop();
    assert_eq!((pair.host.close_code().await, pair.listener.close_code().await), (1001, 1001));
    let new = tokio::task::spawn_blocking(move || new.ready()).await.expect("a server that is ready");
    assert!(old.ended().success());
    assert_eq!(new.site.get("/api/ready", None).await.status(), StatusCode::OK);
    come_back(&new.site, &mut pair).await;
    pair.is_undisturbed().await;
}

/// Both resume, and nobody was put out meanwhile.
async fn come_back(site: &Site, pair: &mut crate::support::Pair) {
    let mut host = site.greet(&pair.ada).await;
    host.send(&resume(pair.code, &pair.as_host, Seq(0))).await;
    let mut view = pair.as_host.room.clone();
    match host.resumed().await.missed {
        Missed::Events(events) => events.iter().for_each(|event| view.apply(event)),
        Missed::Room(room) => view = room,
    }
    let mut listener = site.greet(&pair.grace).await;
    listener.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    listener.resumed().await;
    for message in host.drain().await {
        if let Some(event) = told(message) {
            assert!(!matches!(event, RoomEvent::MemberLeft { .. }));
            view.apply(&event);
        }
    }
    assert_eq!(view.stream(), StreamState::Live);
    let listeners: Vec<_> = view.members.iter().map(|listener| (listener.member, listener.connected)).collect();
    assert_eq!(listeners, [(pair.as_listener.member, true)]);
    listener.drain().await;
    (pair.host, pair.listener) = (host, listener);
}

#[tokio::test]
async fn a_server_that_does_not_get_the_data_says_so_and_disturbs_nobody() {
    let data = TempDir::new().expect("a folder for the data");
    let first = Process::start(data.path(), &[]);
    let mut pair = first.site.pair().await;
    let mut second = Process::command(data.path(), "warn");
    second.args(["--host", "127.0.0.1", "--port", "0", "--data-lock-wait-ms", "0"]);
    let output = second.output().expect("the binary");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.contains("another server uses the data folder") && told.contains("DATA_DIR"), "{told}");
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn callers_over_ipv4_and_ipv6_are_served_and_counted_by_their_address() {
    let data = TempDir::new().expect("a folder for the data");
    let mut command = Process::command(data.path(), "warn");
    command.args(["--port", "0", "--trusted-proxies", "127.0.0.1,::1"]).env_remove("HOST");
    let server = Process::spawn(command);
    let (_, port) = server.site.authority.rsplit_once(':').expect("a port");
    for host in ["127.0.0.1", "[::1]"] {
        if host == "[::1]" && std::net::TcpListener::bind("[::1]:0").is_err() {
            eprintln!("left out: this machine has no IPv6");
            continue;
        }
        let site = Site { authority: format!("{host}:{port}") };
        // Believed from a trusted proxy alone: an IPv4 address that came as `::ffff:127.0.0.1` would be none.
        let headers = [("x-forwarded-for", "192.0.2.9"), ("x-forwarded-proto", "https"), ("host", "192.0.2.1")];
        let answer = site.submit("sign_in_as_guest", "name=Ada", &headers).await;
        let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie in ASCII");
        assert!(cookie.ends_with("; Secure"), "{host}: {cookie}");
    }
}
