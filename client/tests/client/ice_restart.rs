//! What host and listener do about a peer connection that receives nothing any more.

use heartogether::{id::NegotiationId, protocol::Signal, room::StreamState};
use heartogether_client::{Input, Output, PeerState, Timer};

use crate::scenario::*;

fn asks(commands: &[Output]) -> bool {
    sent(commands).contains(&say(HOST, Signal::OfferRequest { restarts: Some(NegotiationId(100)) }))
}

#[test]
fn a_short_gap_needs_no_restart() {
    let mut page = Page::reaching();
    let commands = page.change(100, PeerState::Disconnected);
    assert_eq!(timer(&commands, Timer::Recovery(GRACE)), Some(3_500));
    assert!(restarted(&commands).is_empty());
    page.change(100, PeerState::Connected);
    assert_eq!(page.fire(Timer::Recovery(GRACE)), []);
}

#[test]
fn a_host_restarts_three_times_and_then_opens_a_new_connection() {
    let mut page = Page::reaching();
    page.change(100, PeerState::Disconnected);
    for (before, negotiation) in [(100, 101), (101, 102), (102, 103)] {
        let commands = page.fire(Timer::Recovery(GRACE));
        assert_eq!(restarted(&commands), [(before, negotiation)]);
        assert_eq!(timer(&commands, Timer::Recovery(GRACE)), Some(3_500));
        assert_eq!(sent(&page.describe(negotiation)), [say(GRACE, offer_again(negotiation, 100))]);
    }
    let commands = page.fire(Timer::Recovery(GRACE));
    assert_eq!((closed(&commands), offered(&commands)), (vec![], vec![104]), "the old one may still come back");
    assert_eq!(sent(&page.describe(104)), [say(GRACE, offer(104))]);
}

#[test]
fn a_host_does_not_wait_after_a_failure() {
    let mut page = Page::reaching();
    let commands = page.change(100, PeerState::Failed);
    assert_eq!((restarted(&commands), closed(&commands)), (vec![(100, 101)], vec![]));
}

#[test]
fn a_successful_restart_resets_the_count() {
    let mut page = Page::reaching();
    page.change(100, PeerState::Failed);
    page.change(101, PeerState::Connected);
    for negotiation in 101..104 {
        assert_eq!(restarted(&page.change(negotiation, PeerState::Failed)), [(negotiation, negotiation + 1)]);
    }
}

#[test]
fn signals_from_before_a_restart_are_dropped() {
    let mut page = Page::reaching();
    page.change(100, PeerState::Failed);
    page.describe(101);
    assert!(page.signal(GRACE, answer(100)).iter().all(|command| !matches!(command, Output::AcceptAnswer { .. })));
    let commands = page.signal(GRACE, answer(101));
    let negotiation = with(GRACE, 101);
    assert!(commands.contains(&Output::AcceptAnswer { negotiation, sdp: sdp(101) }));
}

#[test]
fn a_listener_requests_three_restarts_and_then_a_new_connection() {
    let mut page = Page::hearing(StreamState::Live);
    let commands = page.change(100, PeerState::Disconnected);
    assert_eq!(timer(&commands, Timer::Recovery(HOST)), Some(3_500));
    for _ in 0..3 {
        let commands = page.fire(Timer::Recovery(HOST));
        assert!(asks(&commands) && closed(&commands).is_empty());
    }
    let commands = page.fire(Timer::Recovery(HOST));
    assert_eq!(closed(&commands), [100]);
    assert_eq!(sent(&commands), [say(HOST, hung_up(100)), say(HOST, Signal::OfferRequest { restarts: None })]);
}

#[test]
fn a_listener_answers_a_restart_on_the_same_peer_connection() {
    let mut page = Page::hearing(StreamState::Live);
    page.change(100, PeerState::Disconnected);
    let commands = page.signal(HOST, offer_again(107, 100));
    let (before, negotiation) = (with(HOST, 100), with(HOST, 107));
    assert!(commands.contains(&Output::AnswerRestart { before, negotiation, sdp: sdp(107) }));
    assert!(closed(&commands).is_empty());
    assert_eq!(sent(&page.describe(107)), [say(HOST, answer(107))]);
    let again = page.signal(HOST, offer_again(109, 100));
    let (before, negotiation) = (with(HOST, 107), with(HOST, 109));
    assert!(again.contains(&Output::AnswerRestart { before, negotiation, sdp: sdp(109) }));
}

#[test]
fn a_listener_without_the_restarted_connection_requests_a_new_one() {
    let mut page = Page::listening(StreamState::Live);
    let commands = page.signal(HOST, offer_again(107, 100));
    assert_eq!(sent(&commands), [say(HOST, Signal::OfferRequest { restarts: None })]);
}

#[test]
fn a_host_restarts_on_request_unless_an_offer_is_under_way() {
    let mut page = Page::reaching();
    let request = || Signal::OfferRequest { restarts: Some(NegotiationId(100)) };
    assert_eq!(restarted(&page.signal(GRACE, request())), [(100, 101)]);
    page.describe(101);
    assert!(page.signal(GRACE, request()).iter().all(|command| !matches!(command, Output::Restart { .. })));
    page.accept(101);
    assert_eq!(restarted(&page.signal(GRACE, request())), [(101, 102)]);
}

#[test]
fn a_host_offers_again_if_a_request_names_an_unknown_attempt() {
    let mut page = Page::reaching();
    let commands = page.signal(GRACE, Signal::OfferRequest { restarts: Some(NegotiationId(7)) });
    assert_eq!((closed(&commands), offered(&commands)), (vec![], vec![101]));
}

#[test]
fn both_sides_try_at_once_when_the_page_is_shown_or_the_network_changes() {
    let mut host = Page::reaching();
    assert!(restarted(&host.take(Input::Woken)).is_empty(), "what flows is left alone");
    host.change(100, PeerState::Disconnected);
    assert_eq!(restarted(&host.take(Input::Woken)), [(100, 101)]);
    let mut listener = Page::hearing(StreamState::Live);
    listener.change(100, PeerState::Disconnected);
    let commands = listener.take(Input::Woken);
    assert!(asks(&commands));
}

#[test]
fn without_signaling_nothing_is_tried_until_signaling_is_back() {
    let mut host = Page::reaching();
    host.change(100, PeerState::Disconnected);
    host.lose();
    for _ in 0..9 {
        assert!(restarted(&host.fire(Timer::Recovery(GRACE))).is_empty());
    }
    assert_eq!(restarted(&host.miss(Vec::new())), [(100, 101)]);
    let mut listener = Page::hearing(StreamState::Live);
    listener.change(100, PeerState::Disconnected);
    listener.lose();
    listener.fire(Timer::Recovery(HOST));
    let commands = listener.miss(Vec::new());
    assert!(asks(&commands));
}

#[test]
fn a_host_waits_for_a_disconnected_listener_and_starts_when_they_are_back() {
    let mut page = Page::reaching();
    page.learn(connected(GRACE, false));
    page.change(100, PeerState::Disconnected);
    assert_eq!(page.fire(Timer::Recovery(GRACE)), []);
    let back = page.learn(connected(GRACE, true));
    assert_eq!(restarted(&back), [(100, 101)]);
}

#[test]
fn a_restart_whose_answer_was_lost_is_offered_again() {
    let mut page = Page::reaching();
    page.change(100, PeerState::Failed);
    page.describe(101);
    page.change(101, PeerState::Connected);
    page.learn(connected(GRACE, false));
    let back = page.learn(connected(GRACE, true));
    assert_eq!(restarted(&back), [(101, 102)]);
}
