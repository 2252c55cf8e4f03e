//! The steps in which the real binary stops: not ready, members told one after the other, requests finished, gone.

use futures::future::join_all;
use heartogether::role::Role;
use heartogether_server::clock::{Clock, SystemClock};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Process, RawSocket, eventually, resume};

/// Milliseconds of a step that no test waits for.
const FOR_EVER: &str = "1000000";

/// Waits until the server says that it is stopping. It answers nothing else from then on.
async fn says_not_ready(server: &Process) {
    eventually(|| async {
        let answer = server.site.get("/api/ready", None).await;
        let status = answer.status();
        let told: Value = answer.json().await.expect("JSON");
        let is_stopping = told == json!({ "ready": false, "parts": { "rooms": "stopping", "storage": "ok" } });
        assert_eq!(is_stopping, status == StatusCode::SERVICE_UNAVAILABLE, "{status}: {told}");
        is_stopping
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_not_ready_any_more_still_serves_everybody() {
    let data = TempDir::new().expect("a folder for the data");
    let flags = ["--stop-delay-ms", FOR_EVER, "--stop-timeout-ms", "2000000"];
    let server = Process::start(data.path(), &flags);
    let mut pair = server.site.pair().await;
    server.tell_to_stop();
    says_not_ready(&server).await;
    assert_eq!(server.site.get("/api/health", None).await.status(), StatusCode::OK);
    let late = server.site.sign_in("Late").await;
    let _late = server.site.join(&late, pair.code, Role::Listener).await;
    pair.host.drain().await;
    pair.listener.drain().await;
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn members_are_told_to_move_one_after_the_other() {
    const MEMBERS: usize = 20;
    const SPREAD_MS: u64 = 2_000;
    let data = TempDir::new().expect("a folder for the data");
    let (clock, spread_ms) = (SystemClock::start(), SPREAD_MS.to_string());
    let server = Process::start(data.path(), &["--stop-delay-ms", "1", "--stop-spread-ms", &spread_ms]);
    let ada = server.site.sign_in("Ada").await;
    let mut members = join_all((0..MEMBERS).map(|_| server.site.greet(&ada))).await;
    server.tell_to_stop();
    let told = members.iter_mut().map(|member| async {
        let code = member.close_code().await;
        (code, clock.now())
    });
    let (codes, mut times): (Vec<_>, Vec<_>) = join_all(told).await.into_iter().unzip();
    assert!(server.ended().success());
    assert_eq!(codes, [1001; MEMBERS]);
    times.sort();
    let since_first = |member: usize| times[member].since_ms(times[0]);
    assert!(since_first(MEMBERS - 1) > SPREAD_MS / 2, "{times:?}");
    assert!(since_first(MEMBERS / 2) > SPREAD_MS / 8, "half of them in the same moment: {times:?}");
}

#[tokio::test]
async fn a_second_signal_ends_it_and_nothing_that_was_answered_is_lost() {
    let data = TempDir::new().expect("a folder for the data");
    let flags = ["--stop-delay-ms", FOR_EVER, "--stop-timeout-ms", "2000000"];
    let server = Process::start(data.path(), &flags);
    let pair = server.site.pair().await;
    server.tell_to_stop();
    says_not_ready(&server).await;
    server.tell_to_stop();
    assert_eq!(server.ended().code(), Some(1));
    let next = Process::start(data.path(), &[]);
    let mut host = next.site.greet(&pair.ada).await;
    host.send(&resume(pair.code, &pair.as_host, pair.as_host.seq)).await;
    host.resumed().await;
}

#[tokio::test]
async fn the_time_limit_ends_it_whatever_is_under_way() {
    let data = TempDir::new().expect("a folder for the data");
    let server = Process::start(data.path(), &["--stop-timeout-ms", "500"]);
    let mut socket = RawSocket::open(&server.site.authority).await;
    let head = "POST /api/fn/sign_in_as_guest HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n\
                content-type: application/x-www-form-urlencoded\r\ncontent-length: 8\r\n\r\n";
    socket.send(head.as_bytes()).await;
    assert!(socket.up_to(b"\r\n\r\n").await.starts_with(b"HTTP/1.1 100"));
    let clock = SystemClock::start();
    let told_at = clock.now();
    assert_eq!(server.terminate().code(), Some(1));
    // Without the limit, the request would have ten seconds.
    let took_ms = clock.now().since_ms(told_at);
    assert!(took_ms < 8_000, "{took_ms}");
}
