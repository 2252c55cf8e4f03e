//! What diagnostics tell of candidates and servers.

use heartogether::room::StreamState;
use heartogether_client::Input;

use crate::scenario::*;

const STUN: &str = "stun:stun.example";
const TURN: &str = "turn:turn.example:3478?transport=udp";
const SPARE: &str = "turns:spare.example";
const QUIET: &str = "stun:quiet.example";

fn lines(page: &Page) -> Vec<String> {
    page.client.gathering().lines().into_iter().map(|(label, said)| format!("{label}: {said}")).collect()
}

#[test]
fn candidates_are_told_by_kind_transport_and_address_family_and_never_by_address() {
    let mut page = Page::hearing(StreamState::Live);
    assert!(lines(&page).contains(&"Candidate: none found yet".to_owned()));
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
    let text = page.client.gathering().text();
    for line in [
        "Candidate: host over UDP, hidden by mDNS, 2 times",
        "Candidate: host over TCP, IPv4",
        "Candidate: srflx over UDP, IPv6",
        "Candidate: relay over UDP, IPv4",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    for secret in ["192.0.2", "198.51", "2001:db8", "0b8f1c4e", "50000"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn each_server_has_its_state() {
    let mut page = Page::hearing(StreamState::Live);
    page.take(Input::IceServersKnown([STUN, TURN, SPARE, QUIET].map(str::to_owned).to_vec()));
    // Browsers name the port, and fail a server on each network of the machine.
    page.take(Input::IceServerFailed { url: "stun:stun.example:3478".to_owned(), code: 701 });
    page.take(Input::IceServerAnswered { url: "stun:stun.example:3478".to_owned() });
    page.take(Input::IceServerFailed { url: TURN.to_owned(), code: 401 });
    page.take(Input::IceServerFailed { url: "turns:spare.example:5349?transport=tcp".to_owned(), code: 701 });
    let told = lines(&page);
    for line in [
        "Server: stun:stun.example: answered",
        "Server: turn:turn.example:3478?transport=udp: refused (error 401)",
        "Server: turns:spare.example: no answer (error 701)",
        "Server: stun:quiet.example: not tried, or no answer yet",
    ] {
        assert!(told.iter().any(|said| said == line), "{line} is not in {told:?}");
    }
    assert_eq!(told.iter().filter(|line| line.starts_with("Server")).count(), 4, "{told:?}");
}

#[test]
fn what_is_said_about_servers_is_bounded() {
    let mut page = Page::hearing(StreamState::Live);
    for number in 0..1_000 {
        page.take(Input::IceServerFailed { url: format!("stun:{number}.example:3478"), code: 701 });
    }
    assert!(lines(&page).len() <= 65);
}
