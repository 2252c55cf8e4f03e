//! What the log must not contain, even at the most detailed level.

use std::{fs::File, process::Stdio, sync::Arc};

use heartogether::{
    engagement::MessageText,
    id::NegotiationId,
    protocol::{Candidate, Publish, Signal, ToRoom, Write},
    room::{RoomEvent, Source},
};
use heartogether_server::clock::{Clock, ManualClock, SystemClock};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    browser::{Browser, led_to},
    provider::{Provider, SECRET, ada},
    support::{Process, received},
};

const SDP: &str = "v=0 a=fingerprint:sha-256 SECRET-FINGERPRINT";
const CANDIDATE: &str = "candidate:1 1 udp 2122260223 192.0.2.77 50000 typ host";
const MESSAGE: &str = "for the host alone";

/// Fails where the log holds one of these.
fn holds_none_of(log: &str, secrets: &[&str]) {
    assert!(log.contains("heartogether_server"), "there is a log: {log}");
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "the log holds {secret}");
    }
}

fn token(cookie: &str) -> &str {
    let session = cookie.split("; ").find_map(|cookie| cookie.strip_prefix("heartogether.sid="));
    session.expect("a session's cookie")
}

#[tokio::test]
async fn a_sign_in_leaves_no_secret_in_the_most_detailed_log() {
    let data = TempDir::new().expect("a folder for the data");
    let path = data.path().join("log");
    let provider = Provider::start(Arc::new(ManualClock::at(SystemClock::start().now()))).await;
    let turn = ["--turn-urls", "relay.example:3478", "--turn-secret", "TURN-SECRET"].map(str::to_owned);
    let flags = [provider.flags(), turn.to_vec()].concat();
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    let log = File::create(&path).expect("a file for the log");
    let server = Process::start_with(data.path(), &flags, "trace", Stdio::from(log));
    let browser = Browser::of(&server.site);
    let address = browser.set_out("/auth/test?next=/").await;
    let state = Provider::asked(&address)["state"].clone();
    let back = provider.consent(&address, ada());
    assert_eq!(led_to(&browser.get(&back).await), "/");
    let code = server.site.create_room(&browser.cookies()).await;
    let servers: Value = browser.get(&format!("/api/ice-servers?room={code}")).await.json().await.expect("JSON");
    let credential = servers.as_array().and_then(|all| all.last()?["credential"].as_str()).expect("a credential");
    let cookies = browser.cookies();
    drop(server);

    let log = std::fs::read_to_string(&path).expect("the log");
    let code = back.split("code=").nth(1).and_then(|rest| rest.split('&').next()).expect("a code");
    holds_none_of(
        &log,
        &["ada@example.org", "Ada Lovelace", "TURN-SECRET", SECRET, &state, code, token(&cookies), credential],
    );
}

#[tokio::test]
async fn a_whole_broadcast_leaves_no_secret_in_the_most_detailed_log() {
    let data = TempDir::new().expect("a folder for the data");
    let path = data.path().join("log");
    let log = File::create(&path).expect("a file for the log");
    let server = Process::start_with(data.path(), &[], "trace", Stdio::from(log));
    let mut pair = server.site.pair().await;
    pair.host.say(ToRoom::Publish(Publish { source: Source::Display, paused: false })).await;
    let offer = Signal::Offer { negotiation: NegotiationId(1), sdp: SDP.to_owned(), restarts: None };
    pair.host.signal(pair.as_listener.member, offer.clone()).await;
    assert!(matches!(pair.listener.event().await, RoomEvent::PublicationChanged { .. }));
    assert_eq!(pair.listener.hear().await, received(pair.as_host.member, offer));
    let candidate = Candidate { candidate: CANDIDATE.to_owned(), sdp_mid: None, sdp_m_line_index: Some(0) };
    let candidates = Signal::Candidates { negotiation: NegotiationId(1), candidates: vec![candidate] };
    pair.listener.signal(pair.as_host.member, candidates.clone()).await;
    assert!(matches!(pair.host.event().await, RoomEvent::PublicationChanged { .. }));
    assert_eq!(pair.host.hear().await, received(pair.as_listener.member, candidates));
    let text = MessageText::parse(MESSAGE).expect("a message");
    pair.listener.say(ToRoom::Write(Write { nonce: 1, text, pictures: Vec::new(), reply_to: None })).await;
    assert!(matches!(pair.host.event().await, RoomEvent::MessageSent { .. }));
    server.site.get(&format!("/listen/{}", pair.code), Some(&pair.grace)).await;
    pair.host.say(ToRoom::Stop).await;
    assert!(matches!(pair.host.event().await, RoomEvent::RoomEnded { .. }));
    drop(server);

    let log = std::fs::read_to_string(&path).expect("the log");
    let resume = [pair.as_host.token.to_string(), pair.as_listener.token.to_string()];
    let words = ["SECRET-FINGERPRINT", "192.0.2.77", MESSAGE, "Grace", "Ada"];
    holds_none_of(&log, &[&[token(&pair.ada), token(&pair.grace), &resume[0], &resume[1]][..], &words].concat());
}
