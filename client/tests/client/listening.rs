//! What a listener's page requests, and what it shows.

use heartogether::{
    protocol::Signal,
    role::Role,
    room::{EndReason, RoomEvent, StreamState},
};
use heartogether_client::{Ending, Input, ListenerState, Output, PeerState, Timer};

use crate::scenario::*;

/// How often a page asks when its timer runs out again and again.
fn requests(page: &mut Page) -> usize {
    (0..50).map(|_| page.fire(Timer::OfferRequest)).filter(|commands| asks(commands)).count()
}

fn asks(commands: &[Output]) -> bool {
    sent(commands).contains(&say(HOST, Signal::OfferRequest { restarts: None }))
}

fn state(page: &Page) -> ListenerState {
    page.client.listener_state()
}

#[test]
fn a_listener_without_an_offer_requests_one_up_to_ten_times() {
    for stream in [StreamState::Live, StreamState::Paused] {
        let mut page = Page::listening(StreamState::Idle);
        let commands = page.stream(stream);
        assert!(!asks(&commands));
        assert_eq!(timer(&commands, Timer::OfferRequest), Some(1_200));
        let commands = page.fire(Timer::OfferRequest);
        assert!(asks(&commands));
        assert_eq!(timer(&commands, Timer::OfferRequest), Some(1_200));
        assert_eq!(requests(&mut page), 9);
        assert_eq!(timer(&page.fire(Timer::OfferRequest), Timer::OfferRequest), None);
    }
}

#[test]
fn a_listener_who_enters_a_live_room_requests_a_missing_offer() {
    assert_eq!(requests(&mut Page::listening(StreamState::Live)), 10);
}

#[test]
fn a_listener_requests_nothing_while_nothing_is_sent() {
    for stream in [StreamState::Idle, StreamState::Interrupted] {
        let mut page = Page::listening(StreamState::Live);
        page.stream(stream);
        assert_eq!(requests(&mut page), 0, "{stream:?}");
        page.stream(StreamState::Live);
        assert_eq!(requests(&mut page), 10, "{stream:?}");
    }
}

#[test]
fn an_attempt_without_progress_is_given_up_and_requested_again() {
    let mut page = Page::listening(StreamState::Live);
    assert_eq!(timer(&page.signal(HOST, offer(5)), Timer::Attempt(HOST)), Some(8_000));
    let commands = page.fire(Timer::Attempt(HOST));
    assert_eq!(closed(&commands), [5]);
    assert!(sent(&commands).contains(&say(HOST, hung_up(5))));
    assert_eq!(timer(&commands, Timer::OfferRequest), Some(1_200));
}

/// One attempt after the other comes to nothing.
fn in_vain(page: &mut Page, attempts: std::ops::RangeInclusive<u32>) {
    for negotiation in attempts {
        page.signal(HOST, offer(negotiation));
        page.fire(Timer::Attempt(HOST));
    }
}

#[test]
fn a_listener_is_told_after_three_failed_attempts_while_more_are_made() {
    let mut page = Page::listening(StreamState::Live);
    in_vain(&mut page, 1..=2);
    assert_eq!(state(&page), ListenerState::Connecting);
    in_vain(&mut page, 3..=3);
    assert!(matches!(state(&page), ListenerState::OutOfReach(_)));
    assert_eq!(requests(&mut page), 10, "and it goes on");
    page.signal(HOST, offer(4));
    assert!(matches!(state(&page), ListenerState::OutOfReach(_)));
    page.change(4, PeerState::Connected);
    assert_eq!(state(&page), ListenerState::Listening);
    page.signal(HOST, hung_up(4));
    assert_eq!(state(&page), ListenerState::Reconnecting, "and it is counted anew");
}

#[test]
fn an_attempt_that_the_host_gives_up_counts_as_failed() {
    let mut page = Page::listening(StreamState::Live);
    for negotiation in 1..=3 {
        page.signal(HOST, offer(negotiation));
        page.signal(HOST, hung_up(negotiation));
    }
    assert!(matches!(state(&page), ListenerState::OutOfReach(_)));
}

#[test]
fn failed_attempts_are_forgotten_when_nothing_is_sent_any_more() {
    for stream in [StreamState::Idle, StreamState::Interrupted] {
        let mut page = Page::listening(StreamState::Live);
        in_vain(&mut page, 1..=3);
        page.stream(stream);
        page.stream(StreamState::Live);
        assert_eq!(state(&page), ListenerState::Connecting, "{stream:?}");
    }
}

#[test]
fn failed_replacements_are_not_shown_while_the_old_connection_works() {
    let mut page = Page::hearing(StreamState::Live);
    in_vain(&mut page, 101..=105);
    assert_eq!(state(&page), ListenerState::Listening);
    page.change(100, PeerState::Disconnected);
    assert_eq!(state(&page), ListenerState::Reconnecting);
}

#[test]
fn a_successful_attempt_is_not_changed() {
    let mut page = Page::hearing(StreamState::Live);
    assert!(page.fire(Timer::Attempt(HOST)).is_empty());
    assert_eq!(state(&page), ListenerState::Listening);
}

#[test]
fn a_listener_requests_nothing_when_the_room_has_ended() {
    let mut page = Page::listening(StreamState::Live);
    let commands = page.learn(RoomEvent::RoomEnded { reason: EndReason::Stopped });
    assert!(commands.contains(&Output::StopTimer(Timer::OfferRequest)));
    assert_eq!(requests(&mut page), 0);
}

#[test]
fn a_listener_with_an_offer_stops_requesting() {
    let mut page = Page::listening(StreamState::Live);
    page.fire(Timer::OfferRequest);
    let commands = page.signal(HOST, offer(7));
    assert!(commands.contains(&Output::StopTimer(Timer::OfferRequest)));
    assert_eq!(requests(&mut page), 0);
}

#[test]
fn a_listener_whose_first_attempt_fails_asks_again() {
    let mut page = Page::listening(StreamState::Live);
    page.signal(HOST, offer(100));
    let commands = page.change(100, PeerState::Failed);
    assert_eq!(closed(&commands), [100]);
    assert_eq!(timer(&commands, Timer::OfferRequest), Some(1_200));
    assert_eq!(requests(&mut page), 10);
}

#[test]
fn a_listener_requests_an_offer_after_the_host_closes_the_connection() {
    let mut page = Page::hearing(StreamState::Live);
    assert!(closed(&page.signal(HOST, hung_up(99))).is_empty());
    assert!(closed(&page.signal(EDSGER, hung_up(100))).is_empty());
    let commands = page.signal(HOST, hung_up(100));
    assert_eq!(closed(&commands), [100]);
    assert_eq!(timer(&commands, Timer::OfferRequest), Some(1_200));
    assert_eq!(requests(&mut page), 10);
}

#[test]
fn a_listener_requests_again_when_the_host_closes_an_old_attempt() {
    let mut page = Page::listening(StreamState::Live);
    page.signal(HOST, offer(100));
    page.change(100, PeerState::Failed);
    assert_eq!(requests(&mut page), 10);
    assert_eq!(timer(&page.signal(HOST, hung_up(100)), Timer::OfferRequest), Some(1_200));
    assert_eq!(requests(&mut page), 10);
}

#[test]
fn a_second_offer_replaces_an_attempt_that_never_connected() {
    let mut page = Page::listening(StreamState::Live);
    page.signal(HOST, offer(100));
    let commands = page.signal(HOST, offer(101));
    assert_eq!(closed(&commands), [100]);
    let negotiation = with(HOST, 101);
    assert!(commands.contains(&Output::OpenAnswering { negotiation, sends: false, sdp: sdp(101) }));
    assert_eq!(sent(&page.describe(101)), [say(HOST, answer(101))]);
}

#[test]
fn the_page_waits_for_the_first_sound_until_it_is_heard_or_nothing_is_sent() {
    let page = Page::new(Role::Listener, false, 7);
    assert!(page.client.awaits_first_sound());
    for (stream, is_awaited) in [
        (StreamState::Idle, false),
        (StreamState::Live, true),
        (StreamState::Paused, true),
        (StreamState::Interrupted, false),
    ] {
        assert_eq!(Page::listening(stream).client.awaits_first_sound(), is_awaited, "{stream:?}");
    }
    let mut page = Page::listening(StreamState::Live);
    page.signal(HOST, offer(7));
    page.describe(7);
    assert!(page.client.awaits_first_sound());
    page.change(7, PeerState::Connected);
    assert!(!page.client.awaits_first_sound());
    let mut page = Page::listening(StreamState::Live);
    page.learn(RoomEvent::RoomEnded { reason: EndReason::Stopped });
    assert!(!page.client.awaits_first_sound());
}

#[test]
fn a_host_waits_for_the_first_sound_until_somebody_hears_it() {
    assert!(Page::live(&[GRACE]).client.awaits_first_sound());
    assert!(!Page::reaching().client.awaits_first_sound());
}

#[test]
fn a_listener_is_connecting_until_sound_comes() {
    for stream in [StreamState::Idle, StreamState::Live, StreamState::Paused] {
        assert_eq!(state(&Page::listening(stream)), ListenerState::Connecting, "{stream:?}");
    }
    let mut page = Page::listening(StreamState::Live);
    page.signal(HOST, offer(7));
    assert_eq!(state(&page), ListenerState::Connecting);
    page.change(7, PeerState::Connecting);
    assert_eq!(state(&page), ListenerState::Connecting);
    page.change(7, PeerState::Connected);
    assert_eq!(state(&page), ListenerState::Listening);
}

#[test]
fn a_listener_who_comes_while_the_host_is_away_sees_a_reconnection() {
    assert_eq!(state(&Page::listening(StreamState::Interrupted)), ListenerState::Reconnecting);
}

#[test]
fn a_pause_is_shown_while_connected() {
    let mut page = Page::hearing(StreamState::Live);
    page.stream(StreamState::Paused);
    assert_eq!(state(&page), ListenerState::Paused);
    page.stream(StreamState::Live);
    assert_eq!(state(&page), ListenerState::Listening);
}

#[test]
fn a_listener_with_sound_is_listening_whatever_happens_to_signaling() {
    let mut page = Page::hearing(StreamState::Live);
    page.take(Input::Counted { negotiation: page.negotiation(100), packets: 20.0 });
    page.stream(StreamState::Interrupted);
    assert_eq!(state(&page), ListenerState::Listening);
    page.lose();
    assert_eq!(state(&page), ListenerState::Listening);
    page.reconnect();
    assert_eq!(state(&page), ListenerState::Listening);
}

#[test]
fn a_connection_that_brings_nothing_yet_is_not_listened_to() {
    for (stream, shown) in
        [(StreamState::Idle, ListenerState::Connecting), (StreamState::Interrupted, ListenerState::Reconnecting)]
    {
        let mut page = Page::hearing(stream);
        assert_eq!(state(&page), shown, "the host has negotiated while the microphone opens");
        page.stream(StreamState::Live);
        assert_eq!(state(&page), ListenerState::Listening);
    }
}

#[test]
fn a_listener_whose_sound_stops_is_reconnecting() {
    for state_after in [PeerState::Disconnected, PeerState::Failed] {
        for stream in [StreamState::Live, StreamState::Paused, StreamState::Interrupted] {
            let mut page = Page::hearing(stream);
            page.change(100, state_after);
            assert_eq!(state(&page), ListenerState::Reconnecting, "{state_after:?} {stream:?}");
        }
    }
    let mut page = Page::hearing(StreamState::Live);
    page.change(100, PeerState::Disconnected);
    page.change(100, PeerState::Connected);
    assert_eq!(state(&page), ListenerState::Listening);
}

#[test]
fn a_listener_waits_again_once_the_host_has_stopped_sharing() {
    let mut page = Page::hearing(StreamState::Live);
    page.signal(HOST, hung_up(100));
    page.stream(StreamState::Idle);
    assert_eq!(state(&page), ListenerState::Connecting);
}

#[test]
fn the_end_of_the_room_ends_everything() {
    for reason in [EndReason::Stopped, EndReason::Idle, EndReason::HostAbsent] {
        let mut page = Page::hearing(StreamState::Live);
        let commands = page.learn(RoomEvent::RoomEnded { reason });
        assert_eq!(closed(&commands), [100]);
        assert!(commands.contains(&Output::CloseSocket));
        assert_eq!(state(&page), ListenerState::Ended(Ending::Told(reason)));
    }
}
