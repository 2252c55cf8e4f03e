//! One peer connection replaces another without interrupting the sound.

use heartogether::{protocol::Signal, room::StreamState};
use heartogether_client::{Input, ListenerState, Output, PeerState, Timer, statistics::Reading};

use crate::scenario::*;

fn asks(commands: &[Output]) -> bool {
    sent(commands).contains(&say(HOST, Signal::OfferRequest { restarts: None }))
}

fn played(commands: &[Output]) -> Vec<u32> {
    let played = commands.iter().filter_map(|command| match command {
        Output::Play(negotiation) => Some(negotiation.id.0),
        _ => None,
    });
    played.collect()
}

/// What a listener does about this many packets in all, one count after the other.
fn count(page: &mut Page, packets: &[f64]) -> Vec<Output> {
    let negotiation = with(HOST, 100);
    packets.iter().flat_map(|packets| page.take(Input::Counted { negotiation, packets: *packets })).collect()
}

#[test]
fn the_first_connection_plays_at_once() {
    let mut page = Page::listening(StreamState::Live);
    assert_eq!(played(&page.signal(HOST, offer(100))), [100]);
    assert_eq!(played(&page.change(100, PeerState::Connected)), Vec::<u32>::new());
}

#[test]
fn the_next_connection_plays_when_it_connects_and_replaces_the_old_one() {
    let mut page = Page::hearing(StreamState::Live);
    let commands = page.signal(HOST, offer(107));
    assert_eq!((played(&commands), closed(&commands)), (vec![], vec![]));
    assert_eq!(page.client.listener_state(), ListenerState::Listening);
    page.accept(107);
    let commands = page.change(107, PeerState::Connected);
    assert_eq!((played(&commands), closed(&commands)), (vec![107], vec![100]));
}

#[test]
fn a_host_sends_over_both_connections_until_the_next_one_connects() {
    let mut page = Page::reaching();
    let commands = page.signal(GRACE, Signal::OfferRequest { restarts: None });
    assert_eq!((offered(&commands), closed(&commands)), (vec![101], vec![]));
    assert_eq!(page.client.peer_state(GRACE), Some(PeerState::Connected));
    page.describe(101);
    page.accept(101);
    assert_eq!(closed(&page.change(101, PeerState::Connected)), [100]);
    assert_eq!(page.client.peer_state(GRACE), Some(PeerState::Connected));
}

#[test]
fn a_failed_attempt_does_not_change_the_old_connection() {
    let mut page = Page::hearing(StreamState::Live);
    page.signal(HOST, offer(107));
    let commands = page.fire(Timer::Attempt(HOST));
    assert_eq!((closed(&commands), sent(&commands)), (vec![107], vec![say(HOST, hung_up(107))]));
    assert_eq!(page.client.listener_state(), ListenerState::Listening);
    let mut host = Page::reaching();
    host.signal(GRACE, Signal::OfferRequest { restarts: None });
    assert_eq!(closed(&host.signal(GRACE, hung_up(101))), [101]);
    assert_eq!(host.client.peer_state(GRACE), Some(PeerState::Connected));
}

#[test]
fn the_old_connection_may_end_first() {
    let mut page = Page::hearing(StreamState::Live);
    page.signal(HOST, offer(107));
    let commands = page.change(100, PeerState::Failed);
    assert_eq!((closed(&commands), sent(&commands)), (vec![100], vec![]));
    page.accept(107);
    assert_eq!(played(&page.change(107, PeerState::Connected)), [107]);
}

#[test]
fn a_loss_of_signaling_ends_the_attempt_and_keeps_the_working_connection() {
    let mut page = Page::hearing(StreamState::Live);
    page.signal(HOST, offer(107));
    page.lose();
    let back = page.miss(Vec::new());
    assert_eq!(closed(&back), [107]);
    assert_eq!(page.client.listener_state(), ListenerState::Listening);
}

#[test]
fn a_host_repeats_a_lost_offer_when_the_listener_is_back() {
    let mut host = Page::reaching();
    host.take(Input::NetworkChanged);
    let back = host.learn(connected(GRACE, true));
    assert_eq!((closed(&back), offered(&back)), (vec![101], vec![102]));
}

#[test]
fn both_sides_reconnect_at_once_after_a_change_of_network() {
    let mut host = Page::reaching();
    let commands = host.take(Input::NetworkChanged);
    assert_eq!((offered(&commands), closed(&commands)), (vec![101], vec![]));
    let mut listener = Page::hearing(StreamState::Live);
    assert!(asks(&listener.take(Input::NetworkChanged)));
}

#[test]
fn an_attempt_from_the_old_network_is_restarted_too() {
    let mut host = Page::live(&[GRACE]);
    let commands = host.take(Input::NetworkChanged);
    assert_eq!((closed(&commands), offered(&commands)), (vec![100], vec![101]));

    let mut listener = Page::listening(StreamState::Live);
    listener.signal(HOST, offer(100));
    assert!(asks(&listener.take(Input::NetworkChanged)));
    listener.change(100, PeerState::Connected);
    assert!(!asks(&listener.fire(Timer::OfferRequest)), "it connects all the same, and needs no other");
}

#[test]
fn without_signaling_both_sides_wait_until_it_is_back() {
    let mut listener = Page::hearing(StreamState::Live);
    listener.lose();
    assert!(!asks(&listener.take(Input::NetworkChanged)));
    assert!(asks(&listener.miss(Vec::new())));
    let mut host = Page::reaching();
    host.learn(connected(GRACE, false));
    assert_eq!(offered(&host.take(Input::NetworkChanged)), Vec::<u32>::new());
    let back = host.learn(connected(GRACE, true));
    assert_eq!(offered(&back), [101]);
}

#[test]
fn a_listener_without_packets_does_not_wait_for_the_browser_to_notice() {
    let mut page = Page::hearing(StreamState::Live);
    assert!(count(&mut page, &[20.0, 40.0, 40.0, 60.0, 60.0]).is_empty(), "a gap of a moment");
    let commands = count(&mut page, &[60.0]);
    assert!(asks(&commands));
    assert_eq!(timer(&commands, Timer::OfferRequest), Some(1_200));
    assert!(count(&mut page, &[60.0, 60.0, 60.0]).is_empty(), "asked once, and then again when it is time");
    assert!(asks(&page.fire(Timer::OfferRequest)));
    page.signal(HOST, offer(107));
    assert!(!asks(&page.fire(Timer::OfferRequest)), "one is on its way");
}

#[test]
fn pauses_between_words_do_not_count_as_silence() {
    let mut page = Page::hearing(StreamState::Live);
    assert!(count(&mut page, &[20.0, 21.0, 21.0, 22.0, 22.0, 22.0, 22.0, 23.0]).is_empty());
    assert!(asks(&count(&mut page, &[23.0; 5])));
}

#[test]
fn a_listener_without_packets_in_a_pause_does_nothing() {
    let mut page = Page::hearing(StreamState::Paused);
    assert!(count(&mut page, &[20.0; 9]).is_empty());
    page.stream(StreamState::Live);
    assert!(count(&mut page, &[20.0]).is_empty(), "the time begins when it is live");
}

#[test]
fn a_connection_that_never_receives_a_packet_is_not_replaced_endlessly() {
    let mut page = Page::hearing(StreamState::Live);
    assert!(count(&mut page, &[0.0; 20]).is_empty());
}

#[test]
fn a_failed_replacement_is_forgotten_when_packets_arrive_again() {
    let mut page = Page::hearing(StreamState::Live);
    count(&mut page, &[20.0, 40.0, 40.0, 40.0]);
    page.signal(HOST, offer(107));
    page.fire(Timer::Attempt(HOST));
    assert!(!asks(&page.fire(Timer::OfferRequest)));
    assert!(count(&mut page, &[60.0, 80.0]).is_empty());
    assert!(asks(&count(&mut page, &[80.0, 80.0])), "and comes back with the next silence");
}

#[test]
fn only_the_heard_connection_is_measured() {
    let mut page = Page::hearing(StreamState::Live);
    let reading = |at_ms| Reading { at_ms, packets: at_ms / 20.0, ..Reading::default() };
    let measured = |page: &mut Page, negotiation, at_ms| {
        page.take(Input::Measured { negotiation: page.negotiation(negotiation), reading: reading(at_ms) });
        page.client.statistics().len()
    };
    assert_eq!(measured(&mut page, 100, 2_000.0), 1);
    page.signal(HOST, offer(107));
    assert_eq!(page.client.statistics().len(), 1);
    page.accept(107);
    page.change(107, PeerState::Connected);
    assert_eq!(measured(&mut page, 107, 4_000.0), 1);
}
