//! Candidates wait for the description they belong to.

use heartogether::{
    id::NegotiationId,
    limits::CANDIDATES_PER_SIGNAL,
    protocol::{SendSignal, Signal, ToRoom},
    room::StreamState,
};
use heartogether_client::{Output, Timer};

use crate::scenario::*;

/// What a peer connection is given, of the candidates it has been sent.
fn added(commands: &[Output]) -> Vec<String> {
    let added = commands.iter().filter_map(|command| match command {
        Output::AddCandidates { negotiation, candidates } if negotiation.id == NegotiationId(100) => Some(candidates),
        _ => None,
    });
    added.flatten().map(|candidate| candidate.candidate.clone()).collect()
}

#[test]
fn received_candidates_wait_until_the_description_is_set() {
    let mut host = Page::live(&[GRACE]);
    host.describe(100);
    let mut listener = Page::listening(StreamState::Live);
    listener.signal(HOST, offer(100));
    for (mut page, from) in [(host, GRACE), (listener, HOST)] {
        assert!(added(&page.signal(from, found(100, &["a", "b"]))).is_empty());
        assert!(added(&page.signal(from, found(100, &["c"]))).is_empty());
        assert_eq!(added(&page.accept(100)), ["a", "b", "c"]);
        assert_eq!(added(&page.signal(from, found(100, &["d"]))), ["d"]);
        assert_eq!(page.accept(100), []);
    }
}

#[test]
fn own_candidates_wait_until_the_description_is_sent_and_follow_it() {
    let mut host = Page::live(&[GRACE]);
    let mut listener = Page::listening(StreamState::Live);
    listener.signal(HOST, offer(100));
    for (page, to, description) in [(&mut host, GRACE, offer(100)), (&mut listener, HOST, answer(100))] {
        page.gather(100, "a");
        assert!(sent(&page.fire(Timer::Candidates)).is_empty());
        page.gather(100, "b");
        assert_eq!(sent(&page.describe(100)), [say(to, description), say(to, found(100, &["a", "b"]))]);
        assert!(sent(&page.fire(Timer::Candidates)).is_empty());
    }
}

#[test]
fn own_candidates_are_gathered_for_a_moment_and_sent_together() {
    let mut page = Page::live(&[GRACE, EDSGER]);
    page.describe(100);
    page.describe(101);
    let commands = page.gather(100, "a");
    assert!(sent(&commands).is_empty());
    assert!(timer(&commands, Timer::Candidates).is_some_and(|after_ms| (1..=20).contains(&after_ms)));
    page.gather(100, "b");
    page.gather(101, "c");
    let expected = [say(GRACE, found(100, &["a", "b"])), say(EDSGER, found(101, &["c"]))];
    assert_eq!(sent(&page.fire(Timer::Candidates)), expected);
    assert!(sent(&page.fire(Timer::Candidates)).is_empty());
}

#[test]
fn no_signal_carries_more_candidates_than_the_server_takes() {
    let mut page = Page::live(&[GRACE]);
    page.describe(100);
    for number in 0..150 {
        page.gather(100, &number.to_string());
    }
    let sizes: Vec<usize> = said(&page.fire(Timer::Candidates)).iter().map(size).collect();
    let full = 150 / CANDIDATES_PER_SIGNAL;
    assert_eq!(sizes, [vec![CANDIDATES_PER_SIGNAL; full], vec![150 % CANDIDATES_PER_SIGNAL]].concat());
}

fn size(message: &ToRoom) -> usize {
    match message {
        ToRoom::Signal(SendSignal { signal: Signal::Candidates { candidates, .. }, .. }) => candidates.len(),
        other => panic!("candidates were expected: {other:?}"),
    }
}

#[test]
fn candidates_of_a_closed_peer_connection_are_forgotten() {
    let mut page = Page::live(&[GRACE]);
    page.accept(100);
    page.gather(100, "a");
    page.signal(GRACE, Signal::OfferRequest { restarts: None });
    assert_eq!(page.gather(100, "b"), []);
    assert_eq!(sent(&page.describe(101)), [say(GRACE, offer(101))]);
}

#[test]
fn candidates_wait_while_signaling_is_lost() {
    let mut page = Page::live(&[GRACE]);
    page.describe(100);
    page.accept(100);
    page.change(100, heartogether_client::PeerState::Connected);
    page.lose();
    page.gather(100, "late");
    assert!(sent(&page.fire(Timer::Candidates)).is_empty());
    page.miss(Vec::new());
    page.gather(100, "later");
    assert_eq!(sent(&page.fire(Timer::Candidates)), [say(GRACE, found(100, &["late", "later"]))]);
}
