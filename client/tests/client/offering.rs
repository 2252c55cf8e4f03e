//! To whom a host offers, and when.

use heartogether::protocol::{Publish, Signal, ToRoom};
use heartogether::room::{EndReason, Missed, RoomEvent, Source, StreamState};
use heartogether_client::{HostState, Input, Output, PeerState};

use crate::scenario::*;

#[test]
fn a_host_offers_to_all_listeners_when_the_capture_starts() {
    let mut page = Page::hosting(&[GRACE, EDSGER]);
    let commands = page.take(Input::CaptureStarted(Source::Display));
    assert_eq!(offered(&commands), [100, 101]);
    assert_eq!(sent(&page.describe(101)), [say(EDSGER, offer(101))]);
    assert_eq!(sent(&page.describe(100)), [say(GRACE, offer(100))]);
}

#[test]
fn a_host_does_not_offer_to_disconnected_listeners() {
    let mut page = Page::hosting(&[GRACE]);
    page.learn(connected(GRACE, false));
    assert!(offered(&page.take(Input::CaptureStarted(Source::Display))).is_empty());
}

#[test]
fn a_host_offers_to_listeners_who_join_later() {
    let mut page = Page::live(&[]);
    assert_eq!(offered(&page.learn_all(comes(GRACE))), [100]);
    assert_eq!(offered(&page.learn_all(comes(EDSGER))), [101]);
    assert_eq!(page.client.peer_state(GRACE), Some(PeerState::Connecting));
}

#[test]
fn a_host_offers_again_on_request_and_closes_the_old_connection() {
    let mut page = Page::live(&[GRACE, EDSGER]);
    page.accept(100);
    let commands = page.signal(GRACE, Signal::OfferRequest { restarts: None });
    assert_eq!((closed(&commands), offered(&commands)), (vec![100], vec![102]));
    assert_eq!(page.describe(100), []);
    assert_eq!(page.client.peer_state(EDSGER), Some(PeerState::Connecting));
}

#[test]
fn an_offer_under_way_is_not_repeated_for_an_early_request() {
    let mut page = Page::live(&[GRACE]);
    let commands = page.signal(GRACE, Signal::OfferRequest { restarts: None });
    assert_eq!((closed(&commands), offered(&commands)), (vec![], vec![]));
    assert_eq!(sent(&page.describe(100)), [say(GRACE, offer(100))]);
    let commands = page.signal(GRACE, Signal::OfferRequest { restarts: None });
    assert_eq!((closed(&commands), offered(&commands)), (vec![100], vec![101]), "it was lost");
    assert!(offered(&page.signal(GRACE, Signal::OfferRequest { restarts: None })).is_empty(), "and so on");
}

#[test]
fn a_host_offers_at_once_to_a_returning_listener_without_a_connection() {
    let mut page = Page::live(&[GRACE]);
    page.learn(connected(GRACE, false));
    let commands = page.learn(connected(GRACE, true));
    assert_eq!((closed(&commands), offered(&commands)), (vec![100], vec![101]));
}

#[test]
fn a_host_without_a_capture_offers_nothing() {
    let mut page = Page::hosting(&[GRACE]);
    assert!(offered(&page.signal(GRACE, Signal::OfferRequest { restarts: None })).is_empty());
    assert!(offered(&page.learn_all(comes(EDSGER))).is_empty());
    page.lose();
    assert!(offered(&page.resume(Missed::Room(view(StreamState::Idle, &[GRACE])))).is_empty());
}

#[test]
fn a_change_of_the_source_keeps_all_connections() {
    let mut page = Page::live(&[GRACE]);
    page.change(100, PeerState::Connected);
    let commands = page.take(Input::CaptureStarted(Source::Display));
    assert_eq!((closed(&commands), offered(&commands)), (vec![], vec![]));
}

#[test]
fn an_answer_is_set_on_its_peer_connection() {
    let mut page = Page::live(&[GRACE]);
    let commands = page.signal(GRACE, answer(100));
    let negotiation = with(GRACE, 100);
    assert!(commands.contains(&Output::AcceptAnswer { negotiation, sdp: sdp(100) }));
    page.accept(100);
    assert!(!takes_anything(&page.signal(GRACE, answer(100))), "one answer is enough");
}

fn takes_anything(commands: &[Output]) -> bool {
    let takes = |command: &Output| {
        matches!(command, Output::AcceptAnswer { .. } | Output::AddCandidates { .. } | Output::OpenAnswering { .. })
    };
    commands.iter().any(takes)
}

#[test]
fn signals_of_another_negotiation_or_from_another_member_are_dropped() {
    let mut page = Page::live(&[GRACE, EDSGER]);
    page.accept(100);
    page.signal(GRACE, Signal::OfferRequest { restarts: None });
    for (from, negotiation) in [(GRACE, 100), (GRACE, 101), (GRACE, 999), (EDSGER, 102)] {
        assert!(!takes_anything(&page.signal(from, answer(negotiation))), "{from:?} {negotiation}");
        page.accept(negotiation);
        assert!(!takes_anything(&page.signal(from, found(negotiation, &["x"]))), "{from:?} {negotiation}");
        assert!(closed(&page.signal(from, hung_up(negotiation))).is_empty(), "{from:?} {negotiation}");
    }
}

#[test]
fn signals_for_the_other_role_are_ignored() {
    let mut host = Page::live(&[GRACE]);
    assert!(!takes_anything(&host.signal(GRACE, offer(5))));
    let mut listener = Page::hearing(StreamState::Live);
    assert!(!takes_anything(&listener.signal(HOST, answer(100))));
    assert!(offered(&listener.signal(HOST, Signal::OfferRequest { restarts: None })).is_empty());
}

#[test]
fn a_host_closes_the_peer_connection_of_one_who_leaves() {
    let mut page = Page::live(&[GRACE, EDSGER]);
    assert_eq!(closed(&page.learn_all(leaves(GRACE))), [100]);
    assert_eq!(page.client.peer_state(GRACE), None);
    assert_eq!(page.client.peer_state(EDSGER), Some(PeerState::Connecting));
}

#[test]
fn a_host_sees_a_listener_as_failed_while_all_attempts_fail() {
    let mut page = Page::live(&[GRACE]);
    let seen = |page: &Page| page.client.peer_state(GRACE);
    for (negotiation, after) in [(100, None), (101, None), (102, Some(PeerState::Failed))] {
        assert_eq!(seen(&page), Some(PeerState::Connecting), "{negotiation}");
        page.describe(negotiation);
        page.signal(GRACE, hung_up(negotiation));
        assert_eq!(seen(&page), after, "{negotiation}");
        assert_eq!(offered(&page.signal(GRACE, Signal::OfferRequest { restarts: None })), [negotiation + 1]);
    }
    assert_eq!(seen(&page), Some(PeerState::Failed));
    page.change(103, PeerState::Connected);
    assert_eq!(seen(&page), Some(PeerState::Connected));
}

#[test]
fn failed_attempts_are_counted_again_for_a_returning_listener() {
    let mut page = Page::live(&[GRACE]);
    for negotiation in 100..103 {
        page.signal(GRACE, hung_up(negotiation));
        page.signal(GRACE, Signal::OfferRequest { restarts: None });
    }
    page.learn_all(leaves(GRACE));
    page.learn_all(comes(GRACE));
    assert_eq!(page.client.peer_state(GRACE), Some(PeerState::Connecting));
}

#[test]
fn a_host_says_when_a_peer_connection_has_failed() {
    let mut page = Page::live(&[GRACE]);
    let commands = page.change(100, PeerState::Failed);
    assert_eq!(closed(&commands), [100]);
    assert_eq!(sent(&commands), [say(GRACE, hung_up(100))]);
}

#[test]
fn a_host_offers_while_the_microphone_comes_back_and_tells_the_room_nothing_before_it_is_there() {
    let mut page = Page::hosting(&[GRACE]);
    let commands = page.take(Input::CaptureExpected(true));
    assert_eq!((offered(&commands), sent(&commands)), (vec![100], vec![]));
    assert_eq!(offered(&page.learn_all(comes(EDSGER))), [101]);
    assert_eq!(page.client.host_state(), HostState::Idle);
    let commands = page.take(Input::CaptureStarted(Source::Microphone));
    assert_eq!((closed(&commands), offered(&commands)), (vec![], vec![]), "the offers stand");
    assert_eq!(sent(&commands), [to_room(ToRoom::Publish(Publish { source: Source::Microphone, paused: false }))]);
    let commands = page.take(Input::CaptureEnded(Source::Microphone));
    assert_eq!(closed(&commands), [100, 101], "nothing is expected any more");
}

#[test]
fn a_microphone_that_does_not_come_back_leaves_no_connection() {
    let mut page = Page::hosting(&[GRACE]);
    page.take(Input::CaptureExpected(true));
    page.accept(100);
    page.change(100, PeerState::Connected);
    let commands = page.take(Input::CaptureExpected(false));
    assert_eq!(closed(&commands), [100]);
    assert!(sent(&commands).contains(&say(GRACE, hung_up(100))));
    assert!(offered(&page.signal(GRACE, Signal::OfferRequest { restarts: None })).is_empty());
}

#[test]
fn where_nothing_may_be_captured_nothing_is_expected() {
    let mut page = Page::listening(StreamState::Live);
    assert_eq!(page.take(Input::CaptureExpected(true)), []);
    let mut page = Page::hosting(&[GRACE]);
    page.learn(RoomEvent::RoomEnded { reason: EndReason::Stopped });
    assert!(offered(&page.take(Input::CaptureExpected(true))).is_empty());
}
