//! The reason that people are told when no path is found.

use heartogether::{protocol::Signal, room::StreamState};
use heartogether_client::{ListenerState, NoPath, SideCandidates, Timer};

use crate::scenario::*;

const NAME: &str =
    "candidate:1 1 udp 2113937151 4b0d2c7e-8b1f-4f6c-9d9e-0a1b2c3d4e5f.local 50000 typ host generation 0";
const OWN: &str = "candidate:2 1 udp 2122260223 192.168.1.7 50000 typ host generation 0";
const HERE: &str = "candidate:3 1 udp 1677729535 203.0.113.7 50001 typ srflx raddr 0.0.0.0 rport 0";
const ELSEWHERE: &str = "candidate:4 1 udp 1677729535 198.51.100.9 50002 typ srflx raddr 0.0.0.0 rport 0";
const RELAYED: &str = "candidate:5 1 udp 41885439 192.0.2.1 50003 typ relay raddr 0.0.0.0 rport 0";

fn side(candidates: &[&str]) -> SideCandidates {
    let mut side = SideCandidates::default();
    candidates.iter().for_each(|candidate| side.note(candidate));
    side
}

#[test]
fn the_candidates_of_both_sides_show_why_there_is_no_path() {
    use NoPath::*;
    let table: [(&[&str], &[&str], NoPath); 12] = [
        (&[], &[OWN, HERE], NothingGathered),
        (&["", "nonsense"], &[], Blocked),
        (&[NAME], &[NAME], NamesOnly),
        (&[NAME, HERE], &[NAME, HERE], NamesOnly),
        (&[NAME, HERE], &[NAME, ELSEWHERE], Blocked),
        (&[NAME, HERE], &[NAME], Blocked),
        (&[NAME, HERE], &[NAME, OWN, HERE], Blocked),
        (&[OWN], &[NAME], Blocked),
        (&[OWN, HERE], &[OWN, ELSEWHERE], Blocked),
        (&[NAME], &[], Blocked),
        (&[NAME, RELAYED], &[NAME], RelayInVain),
        (&[NAME], &[NAME, RELAYED], RelayInVain),
    ];
    for (own, other, expected) in table {
        assert_eq!(NoPath::between(&side(own), &side(other)), expected, "{own:?} {other:?}");
    }
}

/// Three attempts that come to nothing, with these candidates on both sides.
fn fail(page: &mut Page, own: &str, other: &str) {
    for negotiation in 200..203 {
        page.signal(HOST, offer(negotiation));
        page.accept(negotiation);
        page.gather(negotiation, own);
        page.signal(HOST, found(negotiation, &[other]));
        page.fire(Timer::Attempt(HOST));
    }
}

#[test]
fn a_listener_is_told_the_cause_of_the_last_failure() {
    let mut page = Page::listening(StreamState::Live);
    fail(&mut page, NAME, NAME);
    assert_eq!(page.client.listener_state(), ListenerState::OutOfReach(NoPath::NamesOnly));
    fail(&mut page, NAME, OWN);
    assert_eq!(page.client.listener_state(), ListenerState::OutOfReach(NoPath::Blocked));
}

#[test]
fn a_host_is_told_about_a_listener_without_a_path() {
    let mut page = Page::live(&[GRACE]);
    for negotiation in 100..103 {
        assert_eq!(page.client.no_path(), None);
        page.describe(negotiation);
        page.gather(negotiation, NAME);
        page.signal(GRACE, answer(negotiation));
        page.accept(negotiation);
        page.signal(GRACE, found(negotiation, &[NAME]));
        page.signal(GRACE, hung_up(negotiation));
        page.signal(GRACE, Signal::OfferRequest { restarts: None });
    }
    assert_eq!(page.client.no_path(), Some(NoPath::NamesOnly));
    page.change(103, heartogether_client::PeerState::Connected);
    assert_eq!(page.client.no_path(), None);
}
