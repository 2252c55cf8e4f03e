//! To whom a host offers, and when.

use heartogether::protocol::Signal;
use heartogether::room::{Missed, Source, StreamState};
use heartogether_client::{Input, Output, PeerState};

use crate::scenario::*;

#[test]
fn a_host_offers_to_those_who_are_there_when_the_capture_starts() {
    let mut page = Page::hosting(&[GRACE, EDSGER]);
    let commands = page.take(Input::CaptureStarted(Source::Display));
    assert_eq!(offered(&commands), [100, 101]);
    assert_eq!(sent(&page.describe(101)), [say(EDSGER, offer(101))]);
    assert_eq!(sent(&page.describe(100)), [say(GRACE, offer(100))]);
}

#[test]
fn a_host_offers_to_nobody_whose_connection_is_away() {
    let mut page = Page::hosting(&[GRACE]);
    page.learn(connected(GRACE, false));
    assert!(offered(&page.take(Input::CaptureStarted(Source::Display))).is_empty());
}

#[test]
fn a_host_offers_to_each_who_joins_later() {
    let mut page = Page::live(&[]);
    assert_eq!(offered(&page.learn_all(comes(GRACE))), [100]);
    assert_eq!(offered(&page.learn_all(comes(EDSGER))), [101]);
    assert_eq!(page.client.peer_state(GRACE), Some(PeerState::Connecting));
}

#[test]
fn a_host_offers_again_to_one_who_asks_and_closes_what_was_before() {
    let mut page = Page::live(&[GRACE, EDSGER]);
    page.accept(100);
    let commands = page.signal(GRACE, Signal::OfferRequest { restarts: None });
    assert_eq!((closed(&commands), offered(&commands)), (vec![100], vec![102]));
    assert_eq!(page.describe(100), []);
    assert_eq!(page.client.peer_state(EDSGER), Some(PeerState::Connecting));
}

#[test]
fn an_offer_that_is_on_its_way_is_not_made_again_for_one_who_could_not_know() {
    let mut page = Page::live(&[GRACE]);
    let commands = page.signal(GRACE, Signal::OfferRequest { restarts: None });
    assert_eq!((closed(&commands), offered(&commands)), (vec![], vec![]));
    assert_eq!(sent(&page.describe(100)), [say(GRACE, offer(100))]);
    let commands = page.signal(GRACE, Signal::OfferRequest { restarts: None });
    assert_eq!((closed(&commands), offered(&commands)), (vec![100], vec![101]), "it was lost");
    assert!(offered(&page.signal(GRACE, Signal::OfferRequest { restarts: None })).is_empty(), "and so on");
}

#[test]
fn a_host_offers_at_once_to_one_whose_signaling_was_away_before_anything_flowed() {
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
fn a_host_whose_source_changes_keeps_everybody() {
    let mut page = Page::live(&[GRACE]);
    page.change(100, PeerState::Connected);
    let commands = page.take(Input::CaptureStarted(Source::Display));
    assert_eq!((closed(&commands), offered(&commands)), (vec![], vec![]));
}

#[test]
fn an_answer_goes_to_its_peer_connection() {
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
fn what_belongs_to_another_negotiation_or_comes_from_another_member_is_dropped() {
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
fn nobody_takes_a_signal_that_is_for_the_other_role() {
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
fn a_host_sees_a_listener_as_failed_while_one_attempt_after_the_other_comes_to_nothing() {
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
fn a_listener_who_comes_back_is_counted_anew() {
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
