//! The diagnostics about candidates and servers.

use heartogether::room::StreamState;
use heartogether_client::{
    Input,
    gathering::{Address, Found, ServerState},
    statistics::CandidateKind,
};

use crate::scenario::*;

const STUN: &str = "stun:stun.example";
const TURN: &str = "turn:turn.example:3478?transport=udp";
const SPARE: &str = "turns:spare.example";
const QUIET: &str = "stun:quiet.example";

#[test]
fn candidates_are_described_by_kind_transport_and_address_family_without_addresses() {
    let mut page = Page::hearing(StreamState::Live);
    assert_eq!(page.client.gathering().candidates().count(), 0);
    for candidate in [
        "candidate:1 1 udp 2122260223 0b8f1c4e-1d9f-4cde-a1b2-0123456789ab.local 50000 typ host",
        "candidate:2 1 udp 2122260223 0b8f1c4e-1d9f-4cde-a1b2-0123456789ac.local 50001 typ host",
        "candidate:3 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active",
        "candidate:4 1 udp 1686052607 2001:db8::7 50000 typ srflx raddr :: rport 0",
        "candidate:5 1 UDP 41885439 198.51.100.7 50000 typ relay raddr 192.0.2.7 rport 50000",
        "candidate:6 1 udp",
        "",
    ] {
        page.gather(100, candidate);
    }
    let found = |kind, is_tcp, address, count| (Found { kind, is_tcp, address }, count);
    let candidates: Vec<_> = page.client.gathering().candidates().collect();
    assert_eq!(
        candidates,
        [
            found(CandidateKind::Host, false, Address::HiddenByMdns, 2),
            found(CandidateKind::Host, true, Address::Ipv4, 1),
            found(CandidateKind::ServerReflexive, false, Address::Ipv6, 1),
            found(CandidateKind::Relayed, false, Address::Ipv4, 1),
        ]
    );
    let text = format!("{candidates:?}");
    for secret in ["192.0.2", "198.51", "2001:db8", "0b8f1c4e", "50000"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn each_server_has_its_own_state() {
    let mut page = Page::hearing(StreamState::Live);
    page.take(Input::IceServersKnown([STUN, TURN, SPARE, QUIET].map(str::to_owned).to_vec()));
    // Browsers name the port, and fail a server on each network of the machine.
    page.take(Input::IceServerFailed { url: "stun:stun.example:3478".to_owned(), code: 701 });
    page.take(Input::IceServerAnswered { url: "stun:stun.example:3478".to_owned() });
    page.take(Input::IceServerFailed { url: TURN.to_owned(), code: 401 });
    page.take(Input::IceServerFailed { url: "turns:spare.example:5349?transport=tcp".to_owned(), code: 701 });
    let told: Vec<_> = page.client.gathering().servers().collect();
    for server in [
        (STUN, ServerState::Answered),
        (TURN, ServerState::Refused(401)),
        (SPARE, ServerState::Silent(701)),
        (QUIET, ServerState::Untried),
    ] {
        assert!(told.contains(&server), "{server:?} is not in {told:?}");
    }
    assert_eq!(told.len(), 4, "{told:?}");
}

#[test]
fn the_number_of_reports_about_servers_is_limited() {
    let mut page = Page::hearing(StreamState::Live);
    for number in 0..1_000 {
        page.take(Input::IceServerFailed { url: format!("stun:{number}.example:3478"), code: 701 });
    }
    assert!(page.client.gathering().servers().count() <= 64);
}
