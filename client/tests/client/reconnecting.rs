//! Detecting that the connection is lost, and connecting again.

use heartogether::{
    protocol::{ClientMessage, Join, Ping, ServerMessage, ToRoom},
    refusal::Refusal,
    role::Role,
    room::{EndReason, RoomEvent, Source, StreamState},
};
use heartogether_client::{Client, Input, Output, SignalingState, Timer};

use crate::scenario::*;

const BACK_OFF_MS: [u32; 10] = [0, 300, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000];

fn opens(commands: &[Output]) -> bool {
    commands.iter().any(|command| matches!(command, Output::OpenSocket | Output::OpenStream))
}

/// Everything that could make a page connect.
fn temptations(page: &mut Page) -> Vec<Output> {
    let inputs = [
        Input::SocketClosed,
        Input::TimerFired(Timer::Reconnect),
        Input::TimerFired(Timer::Silence),
        Input::TimerFired(Timer::Pong),
        Input::Woken,
        Input::SocketOpened,
    ];
    inputs.into_iter().flat_map(|input| page.take(input)).collect()
}

fn delays(client: &mut Client, attempts: usize) -> Vec<u32> {
    let mut delay = |_| {
        let waiting = client.step(Input::SocketClosed);
        assert!(opens(&client.step(Input::TimerFired(Timer::Reconnect))));
        timer(&waiting, Timer::Reconnect).expect("a page without a socket waits for the next attempt")
    };
    (0..attempts).map(&mut delay).collect()
}

#[test]
fn the_back_off_varies_by_a_fifth_and_its_last_step_repeats() {
    let mut lowest = [u32::MAX; BACK_OFF_MS.len()];
    let mut highest = [0; BACK_OFF_MS.len()];
    for seed in 0..2_000_u32 {
        let mut client = Client::new(Role::Listener, code(), false, seed.wrapping_mul(2_654_435_761));
        client.step(Input::Started);
        for (index, delay) in delays(&mut client, BACK_OFF_MS.len()).into_iter().enumerate() {
            lowest[index] = lowest[index].min(delay);
            highest[index] = highest[index].max(delay);
        }
    }
    for (index, middle) in BACK_OFF_MS.into_iter().enumerate() {
        let fifth = middle / 5;
        assert!(lowest[index] >= middle - fifth && highest[index] <= middle + fifth, "attempt {index}");
        assert!(lowest[index] <= middle - fifth * 9 / 10 && highest[index] >= middle + fifth * 9 / 10, "{index}");
    }
}

#[test]
fn two_pages_reconnect_at_different_times() {
    let mut all = std::collections::BTreeSet::new();
    for seed in 0..100_u32 {
        let mut client = Client::new(Role::Listener, code(), false, seed.wrapping_mul(2_654_435_761));
        client.step(Input::Started);
        all.insert(delays(&mut client, 8));
    }
    assert!(all.len() >= 99, "{}", all.len());
}

#[test]
fn only_a_heartbeat_resets_the_back_off() {
    let mut page = Page::listening(StreamState::Idle);
    assert_eq!(timer(&page.lose(), Timer::Reconnect), Some(0));
    page.fire(Timer::Reconnect);
    page.take(Input::SocketOpened);
    page.welcome();
    assert!(timer(&page.lose(), Timer::Reconnect).is_some_and(|after_ms| (240..=360).contains(&after_ms)));
    page.miss(Vec::new());
    assert!(timer(&page.lose(), Timer::Reconnect).is_some_and(|after_ms| (800..=1_200).contains(&after_ms)));
    page.miss(Vec::new());
    page.hear(ServerMessage::Heartbeat);
    assert_eq!(timer(&page.lose(), Timer::Reconnect), Some(0));
}

#[test]
fn a_loss_counts_once() {
    let mut page = Page::new(Role::Participant, false, 1);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    assert!(timer(&page.lose(), Timer::Reconnect).is_some());
    for again in [Input::SocketClosed, Input::Hidden, Input::TimerFired(Timer::Silence)] {
        assert_eq!(timer(&page.take(again), Timer::Reconnect), None, "the next attempt is planned already");
    }
    page.fire(Timer::Reconnect);
    assert!(timer(&page.lose(), Timer::Reconnect).is_some_and(|after_ms| after_ms <= 360), "this was the second");
}

#[test]
fn a_page_that_wakes_up_without_a_connection_connects_at_once() {
    let mut page = Page::listening(StreamState::Idle);
    page.lose();
    assert!(opens(&page.take(Input::Woken)));
    assert!(!opens(&page.take(Input::Woken)), "one socket is enough");
    assert!(!opens(&page.fire(Timer::Reconnect)), "one socket is enough");
}

#[test]
fn a_socket_that_was_opening_on_the_old_network_is_opened_again() {
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    assert!(!opens(&page.take(Input::Woken)));
    assert!(opens(&page.take(Input::NetworkChanged)));
    page.take(Input::SocketOpened);
    assert!(opens(&page.take(Input::NetworkChanged)));
    assert!(page.take(Input::SocketOpened).len() > 1, "and the place is asked for again");
}

#[test]
fn a_host_takes_over_the_place_that_was_requested_on_the_old_network() {
    let mut page = Page::new(Role::Host, false, 1);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.take(Input::NetworkChanged);
    let asked = introduced(&page.take(Input::SocketOpened));
    assert!(matches!(asked[..], [ToRoom::Join(Join { take_over: true, .. })]));
}

#[test]
fn a_page_that_wakes_up_with_a_connection_sends_a_ping() {
    let mut page = Page::listening(StreamState::Idle);
    let commands = page.take(Input::Woken);
    assert_eq!(timer(&commands, Timer::Pong), Some(2_000));
    let [ClientMessage::Ping(ping)] = sent(&commands)[..] else { panic!("a ping was expected: {commands:?}") };
    let answered = page.hear(ServerMessage::Pong(Ping { nonce: ping.nonce }));
    assert!(answered.contains(&Output::StopTimer(Timer::Pong)));
    assert_eq!(page.client.signaling_state(), SignalingState::Attached);
}

#[test]
fn a_page_connects_again_when_the_pong_does_not_come() {
    let mut page = Page::listening(StreamState::Idle);
    page.take(Input::Woken);
    let commands = page.fire(Timer::Pong);
    assert!(commands.contains(&Output::CloseSocket));
    assert_eq!(timer(&commands, Timer::Reconnect), Some(0));
    assert_eq!(page.client.signaling_state(), SignalingState::Reconnecting);
    assert!(opens(&page.fire(Timer::Reconnect)));
}

#[test]
fn a_page_that_wakes_up_before_it_has_its_place_finds_a_dead_connection_as_soon() {
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    assert_eq!(timer(&page.take(Input::Woken), Timer::Pong), Some(2_000));
    let commands = page.fire(Timer::Pong);
    assert!(commands.contains(&Output::CloseSocket));
    assert_eq!(timer(&commands, Timer::Reconnect), Some(0));
}

#[test]
fn a_page_connects_again_after_three_heartbeats_that_did_not_come() {
    let mut page = Page::listening(StreamState::Idle);
    for heard in [ServerMessage::Heartbeat, ServerMessage::Pong(Ping { nonce: 3 })] {
        assert_eq!(timer(&page.hear(heard), Timer::Silence), Some(30_000));
    }
    assert_eq!(timer(&page.stream(StreamState::Live), Timer::Silence), Some(30_000));
    let commands = page.fire(Timer::Silence);
    assert!(commands.contains(&Output::CloseSocket));
    assert_eq!(timer(&commands, Timer::Reconnect), Some(0));
}

#[test]
fn a_connection_that_is_not_answered_while_it_opens_is_tried_again() {
    let mut fresh = Page::new(Role::Listener, false, 1);
    let mut before = Page::listening(StreamState::Idle);
    before.lose();
    for (page, opening) in [(&mut fresh, Input::Started), (&mut before, Input::TimerFired(Timer::Reconnect))] {
        let commands = page.take(opening);
        assert!(timer(&commands, Timer::Silence).is_some_and(|after_ms| after_ms <= 30_000), "{commands:?}");
        page.take(Input::SocketOpened);
        let commands = page.fire(Timer::Silence);
        assert!(commands.contains(&Output::CloseSocket));
        assert!(timer(&commands, Timer::Reconnect).is_some());
    }
}

#[test]
fn a_page_that_never_reached_the_server_says_so_after_three_attempts_and_keeps_trying() {
    for role in [Role::Host, Role::Listener] {
        let mut page = Page::new(role, false, 1);
        page.take(Input::Started);
        for _ in 0..2 {
            page.lose();
            page.fire(Timer::Reconnect);
            assert_eq!(page.client.signaling_state(), SignalingState::Connecting);
        }
        for _ in 0..3 {
            assert!(timer(&page.lose(), Timer::Reconnect).is_some());
            assert_eq!(page.client.signaling_state(), SignalingState::Unreachable);
            assert!(opens(&page.fire(Timer::Reconnect)));
            assert_eq!(page.client.signaling_state(), SignalingState::Unreachable);
        }
        page.take(Input::SocketOpened);
        page.welcome();
        page.hear(joined(GRACE, 1, view_of(GRACE, StreamState::Idle)));
        assert_eq!(page.client.signaling_state(), SignalingState::Attached);
        page.lose();
        assert_eq!(page.client.signaling_state(), SignalingState::Reconnecting);
    }
}

#[test]
fn a_temporary_refusal_counts_as_reaching_the_server() {
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    for _ in 0..3 {
        page.take(Input::SocketOpened);
        page.refuse(Refusal::TooManyConnections);
        page.lose();
        page.fire(Timer::Reconnect);
        assert_eq!(page.client.signaling_state(), SignalingState::Connecting);
    }
}

#[test]
fn the_timers_of_a_lost_connection_are_cancelled() {
    let mut page = Page::listening(StreamState::Idle);
    page.take(Input::Woken);
    let commands = page.lose();
    assert!(commands.contains(&Output::StopTimer(Timer::Silence)));
    assert!(commands.contains(&Output::StopTimer(Timer::Pong)));
}

#[test]
fn a_page_does_not_reconnect_after_a_final_refusal() {
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.refuse(Refusal::RoomFull);
    assert_eq!(temptations(&mut page), []);
}

#[test]
fn a_page_does_not_reconnect_after_the_end_of_the_room() {
    for mut page in [Page::hearing(StreamState::Live), Page::live(&[GRACE])] {
        page.learn(RoomEvent::RoomEnded { reason: EndReason::Idle });
        assert_eq!(temptations(&mut page), []);
    }
}

#[test]
fn a_page_does_not_reconnect_after_a_missed_end_of_the_room() {
    let mut page = Page::hearing(StreamState::Live);
    page.lose();
    page.miss(vec![RoomEvent::RoomEnded { reason: EndReason::Idle }]);
    assert_eq!(page.client.listener_state().name(), "ended");
    assert_eq!(temptations(&mut page), []);
}

#[test]
fn a_page_does_not_reconnect_after_leaving() {
    let mut page = Page::hearing(StreamState::Live);
    page.take(Input::Left);
    assert_eq!(temptations(&mut page), []);
    assert_eq!(page.fire(Timer::OfferRequest), []);
}

#[test]
fn a_listener_with_too_many_requests_tries_again_later() {
    let mut page = Page::new(Role::Listener, false, 5);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.welcome();
    let commands = page.refuse(Refusal::TooManyRequests);
    assert!(commands.contains(&Output::CloseSocket));
    assert!(timer(&commands, Timer::Reconnect).is_some());
    assert!(opens(&page.fire(Timer::Reconnect)));
}

#[test]
fn a_page_reconnects_at_once_when_the_server_stops() {
    let mut page = Page::listening(StreamState::Live);
    // A connection that did not last long has made the next attempt wait.
    page.lose();
    page.miss(Vec::new());
    // Several of them may be restarted one after the other.
    for _ in 0..4 {
        assert_eq!(timer(&page.take(Input::ServerGoingAway), Timer::Reconnect), Some(0));
        page.miss(Vec::new());
    }
    // One that says so again and again is asked ever more slowly.
    assert!(timer(&page.take(Input::ServerGoingAway), Timer::Reconnect).is_some_and(|after_ms| after_ms >= 240));
    page.miss(Vec::new());
    page.hear(ServerMessage::Heartbeat);
    page.lose();
    page.miss(Vec::new());
    assert_eq!(timer(&page.take(Input::ServerGoingAway), Timer::Reconnect), Some(0));
}

#[test]
fn a_page_without_a_place_shows_a_storage_fault_and_keeps_requesting() {
    for role in [Role::Host, Role::Listener] {
        let mut page = Page::new(role, false, 1);
        page.take(Input::Started);
        for _ in 0..5 {
            page.take(Input::SocketOpened);
            page.welcome();
            let commands = page.refuse(Refusal::StorageUnavailable);
            assert!(commands.contains(&Output::CloseSocket));
            assert!(timer(&commands, Timer::Reconnect).is_some());
            assert_eq!(page.client.trouble(), Some(Refusal::StorageUnavailable));
            assert_eq!(page.client.signaling_state(), SignalingState::Connecting, "it is not the network");
            assert!(opens(&page.fire(Timer::Reconnect)));
        }
        page.take(Input::SocketOpened);
        page.welcome();
        page.hear(joined(GRACE, 1, view_of(GRACE, StreamState::Idle)));
        assert_eq!((page.client.trouble(), page.client.signaling_state()), (None, SignalingState::Attached));
    }
}

#[test]
fn a_host_repeats_commands_that_the_server_could_not_store() {
    let mut page = Page::hosting(&[GRACE]);
    let declared = said(&page.take(Input::CaptureStarted(Source::Microphone)));
    assert!(matches!(declared[..], [.., ToRoom::Publish(_)]));
    for _ in 0..3 {
        let commands = page.refuse(Refusal::StorageUnavailable);
        assert_eq!((opens(&commands), page.client.signaling_state()), (false, SignalingState::Attached));
        assert_eq!(page.client.trouble(), Some(Refusal::StorageUnavailable));
        assert!(timer(&commands, Timer::Storage).is_some());
        assert!(matches!(said(&page.fire(Timer::Storage))[..], [ToRoom::Publish(_)]));
    }
    page.stream(StreamState::Live);
    assert_eq!(page.client.trouble(), None);
    assert_eq!(sent(&page.fire(Timer::Storage)), []);
}
