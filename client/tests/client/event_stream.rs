//! An event stream takes the place of a WebSocket that does not open, until one does.

use heartogether::{
    protocol::{ClientMessage, ResumeRoom, ServerMessage},
    role::Role,
    room::StreamState,
};
use heartogether_client::{Input, Output, SignalingState, Timer};

use crate::scenario::*;

const FIVE_MINUTES_MS: u32 = 300_000;

/// What is opened first.
fn opening(commands: &[Output]) -> Option<&Output> {
    commands.iter().find(|command| matches!(command, Output::OpenSocket | Output::OpenStream))
}

/// What the page opens after the loss of what it had.
fn next(page: &mut Page) -> Output {
    page.lose();
    opening(&page.fire(Timer::Reconnect)).cloned().expect("another attempt")
}

fn probes(commands: &[Output]) -> bool {
    commands.contains(&Output::ProbeSocket)
}

/// A listener in the room over an event stream. Also gives what the page did when that was open.
fn streaming() -> (Page, Vec<Output>) {
    let mut page = Page::new(Role::Listener, false, 5);
    page.take(Input::Started);
    assert_eq!([next(&mut page), next(&mut page)], [Output::OpenSocket, Output::OpenStream]);
    let opened = page.take(Input::SocketOpened);
    page.welcome();
    page.hear(joined(GRACE, 10, view_of(GRACE, StreamState::Live)));
    (page, opened)
}

#[test]
fn an_event_stream_follows_two_websockets_that_did_not_open() {
    let (page, opened) = streaming();
    assert_eq!(introduced(&opened).len(), 1, "it takes the same frames");
    assert_eq!(page.client.signaling_state(), SignalingState::Attached);
}

#[test]
fn a_websocket_over_which_something_came_begins_the_count_anew() {
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    assert_eq!(next(&mut page), Output::OpenSocket);
    page.take(Input::SocketOpened);
    page.welcome();
    // The server may be away for a moment.
    for attempt in 2..6 {
        assert_eq!(next(&mut page), Output::OpenSocket, "{attempt}");
    }
    assert_eq!(next(&mut page), Output::OpenStream);
    assert_eq!([next(&mut page), next(&mut page)], [Output::OpenSocket, Output::OpenStream], "in turns from then on");
    assert_eq!(timer(&page.take(Input::SocketOpened), Timer::Upgrade), Some(10_000), "a socket may soon open again");
}

#[test]
fn a_websocket_that_opens_and_over_which_nothing_comes_counts_as_one_that_did_not_open() {
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    assert_eq!(next(&mut page), Output::OpenSocket);
    page.take(Input::SocketOpened);
    assert_eq!(next(&mut page), Output::OpenStream);
}

#[test]
fn nobody_waits_twice_for_a_websocket_over_which_nothing_comes() {
    for (opens, worked_before) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut page = Page::new(Role::Listener, false, 1);
        page.take(Input::Started);
        if worked_before {
            page.take(Input::SocketOpened);
            page.welcome();
            next(&mut page);
        }
        if opens {
            page.take(Input::SocketOpened);
        }
        assert!(page.fire(Timer::Silence).contains(&Output::CloseSocket));
        assert_eq!(opening(&page.fire(Timer::Reconnect)), Some(&Output::OpenStream), "{opens}, {worked_before}");
    }
}

#[test]
fn both_ways_are_tried_in_turns_while_neither_opens() {
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    assert_eq!(next(&mut page), Output::OpenSocket);
    for _ in 0..5 {
        assert_eq!([next(&mut page), next(&mut page)], [Output::OpenStream, Output::OpenSocket]);
    }
}

#[test]
fn a_stream_that_was_open_is_opened_again_after_a_loss() {
    let (mut page, _) = streaming();
    for _ in 0..3 {
        assert_eq!(next(&mut page), Output::OpenStream);
        assert_eq!(timer(&page.take(Input::SocketOpened), Timer::Upgrade), None, "the timer still runs");
        page.welcome();
    }
}

#[test]
fn a_stream_is_kept_where_websockets_worked_before() {
    let mut page = Page::listening(StreamState::Idle);
    while next(&mut page) == Output::OpenSocket {}
    page.take(Input::SocketOpened);
    page.welcome();
    page.hear(ServerMessage::Heartbeat);
    assert_eq!(next(&mut page), Output::OpenStream);
}

#[test]
fn a_websocket_is_tried_beside_the_stream_now_and_then() {
    let (mut page, opened) = streaming();
    assert_eq!(timer(&opened, Timer::Upgrade), Some(FIVE_MINUTES_MS));
    for _ in 0..3 {
        let commands = page.fire(Timer::Upgrade);
        assert!(probes(&commands));
        assert_eq!(timer(&commands, Timer::Upgrade), Some(FIVE_MINUTES_MS));
        assert_eq!((opening(&commands), page.client.signaling_state()), (None, SignalingState::Attached));
    }
    page.lose();
    assert!(page.fire(Timer::Upgrade).is_empty(), "while there is no stream, both ways are tried anyway");
    page.fire(Timer::Reconnect);
    assert_eq!(timer(&page.take(Input::SocketOpened), Timer::Upgrade), Some(FIVE_MINUTES_MS));
}

#[test]
fn a_websocket_that_opens_takes_over_with_the_same_place() {
    let (mut page, _) = streaming();
    page.take(Input::Woken);
    let commands = page.take(Input::SocketProbed);
    assert_eq!(opening(&commands), Some(&Output::OpenSocket));
    assert!(commands.contains(&Output::StopTimer(Timer::Pong)), "the stream need not answer any more");
    assert_eq!(page.client.signaling_state(), SignalingState::Attached, "nothing is seen of it");
    let asked = page.take(Input::SocketOpened);
    let places = sent(&asked).into_iter().find_map(|message| match message {
        ClientMessage::ResumeRooms(resume) => Some(resume.rooms),
        _ => None,
    });
    let [ResumeRoom { token, last_seq, .. }] = places.expect("the place is resumed")[..] else { panic!("one place") };
    assert_eq!((token, last_seq.0), (TOKEN, 10));
    assert_eq!(timer(&asked, Timer::Upgrade), None);
    page.welcome();
    page.hear(ServerMessage::Heartbeat);
    assert_eq!(opening(&page.take(Input::SocketProbed)), None, "there is a socket already");
    assert!(!probes(&page.fire(Timer::Upgrade)));
    assert_eq!(next(&mut page), Output::OpenSocket);
}

#[test]
fn on_another_network_a_websocket_is_tried_at_once() {
    let (mut page, _) = streaming();
    let commands = page.take(Input::NetworkChanged);
    assert!(probes(&commands) && opening(&commands).is_none(), "the stream goes on: {commands:?}");
    assert_eq!(next(&mut page), Output::OpenSocket, "and it comes first after a loss");
    assert_eq!(next(&mut page), Output::OpenSocket);
    assert_eq!(next(&mut page), Output::OpenStream);
    assert_eq!(opening(&page.take(Input::NetworkChanged)), Some(&Output::OpenSocket));
}

#[test]
fn on_another_network_nobody_waits_for_the_failures_of_the_last_one() {
    let (mut page, _) = streaming();
    for _ in 0..8 {
        next(&mut page);
    }
    page.take(Input::NetworkChanged);
    let delays: Vec<_> = (0..3)
        .map(|_| {
            let after_ms = timer(&page.lose(), Timer::Reconnect).expect("another attempt follows");
            page.fire(Timer::Reconnect);
            after_ms
        })
        .collect();
    assert!(delays.iter().sum::<u32>() < 2_000, "{delays:?}");
}

#[test]
fn a_page_that_has_left_tries_no_websocket() {
    let (mut page, _) = streaming();
    page.take(Input::Left);
    for input in [Input::TimerFired(Timer::Upgrade), Input::SocketProbed] {
        assert_eq!(page.take(input), []);
    }
}
