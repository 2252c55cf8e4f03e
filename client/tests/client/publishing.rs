//! The host's page decides what it sends, and tells the room.

use heartogether::{
    protocol::{ClientMessage, Publish, RoomFrame, ToRoom},
    refusal::Refusal,
    role::Role,
    room::{EndReason, Missed, RoomEvent, Source, StreamState},
};
use heartogether_client::{Ending, HostState, Input, Output, Timer};

use crate::scenario::*;

const GONE: Input = Input::CaptureEnded(Source::Microphone);
const SHARE: Input = Input::CaptureStarted(Source::Microphone);

fn start(paused: bool) -> ClientMessage {
    to_room(ToRoom::Publish(Publish { source: Source::Microphone, paused }))
}

/// What the room is told, apart from signals.
fn declared(commands: &[Output]) -> Vec<ClientMessage> {
    sent(commands).into_iter().filter(|message| !is_signal(message)).collect()
}

const fn is_signal(message: &ClientMessage) -> bool {
    matches!(message, ClientMessage::Room(RoomFrame { message: ToRoom::Signal(_), .. }))
}

#[test]
fn a_connected_host_sends_commands_at_once() {
    let mut page = Page::hosting(&[]);
    assert_eq!(page.client.host_state(), HostState::Idle);
    let commands = page.take(SHARE);
    assert_eq!(declared(&commands), [start(false)]);
    assert!(commands.contains(&Output::SetSending(true)));
    page.stream(StreamState::Live);
    assert_eq!(page.client.host_state(), HostState::Live);

    let commands = page.take(Input::PausePressed);
    assert_eq!(declared(&commands), [to_room(ToRoom::Pause)]);
    assert!(commands.contains(&Output::SetSending(false)));
    assert_eq!(page.client.host_state(), HostState::Paused);
    page.stream(StreamState::Paused);

    let commands = page.take(Input::ResumePressed);
    assert_eq!(declared(&commands), [to_room(ToRoom::Resume)]);
    assert!(commands.contains(&Output::SetSending(true)));
    assert_eq!(page.client.host_state(), HostState::Live);
    page.stream(StreamState::Live);

    let commands = page.take(GONE);
    assert_eq!(declared(&commands), [to_room(ToRoom::Interrupt)]);
    assert!(commands.contains(&Output::ReleaseSource(Source::Microphone)));
    page.stream(StreamState::Interrupted);
    assert_eq!(page.client.host_state(), HostState::Interrupted);

    assert_eq!(declared(&page.take(SHARE)), [start(false)]);
}

#[test]
fn a_host_who_loses_the_source_closes_the_connections() {
    let mut page = Page::live(&[GRACE, EDSGER]);
    let commands = page.take(GONE);
    assert_eq!(closed(&commands), [100, 101]);
    let expected = [say(GRACE, hung_up(100)), say(EDSGER, hung_up(101)), to_room(ToRoom::Interrupt)];
    assert_eq!(sent(&commands), expected);
}

#[test]
fn stop_ends_the_sound_and_the_room() {
    let mut page = Page::live(&[GRACE]);
    let commands = page.take(Input::StopPressed);
    assert_eq!(sent(&commands), [say(GRACE, hung_up(100)), to_room(ToRoom::Stop)]);
    assert_eq!(closed(&commands), [100]);
    assert!(commands.contains(&Output::StopCapture));
    page.learn(RoomEvent::RoomEnded { reason: EndReason::Stopped });
    assert_eq!(page.client.host_state(), HostState::Ended(Ending::Told(EndReason::Stopped)));
}

#[test]
fn stop_without_a_connection_ends_the_sound_at_once_and_the_room_later() {
    let mut page = Page::live(&[GRACE]);
    page.lose();
    let commands = page.take(Input::StopPressed);
    assert_eq!(closed(&commands), [100]);
    assert!(commands.contains(&Output::StopCapture));
    assert!(sent(&commands).is_empty());
    assert_eq!(page.client.host_state(), HostState::Ended(Ending::Asked), "nobody was told");
    let commands = page.resume(Missed::Room(view(StreamState::Live, &[GRACE])));
    assert_eq!(sent(&commands), [to_room(ToRoom::Stop)]);
    assert!(offered(&commands).is_empty());
    assert_eq!(page.client.host_state(), HostState::Ended(Ending::Asked));
    page.learn(RoomEvent::RoomEnded { reason: EndReason::Stopped });
    assert_eq!(page.client.host_state(), HostState::Ended(Ending::Told(EndReason::Stopped)));
}

#[test]
fn commands_without_a_connection_are_sent_later() {
    use StreamState::{Idle, Interrupted, Live, Paused};
    let pause = || vec![Input::PausePressed];
    let cases = [
        (Idle, vec![SHARE], vec![start(false)]),
        (Live, pause(), vec![to_room(ToRoom::Pause)]),
        (Live, vec![Input::PausePressed, Input::ResumePressed], vec![]),
        (Paused, vec![Input::ResumePressed], vec![to_room(ToRoom::Resume)]),
        (Paused, pause(), vec![]),
        (Live, vec![GONE], vec![to_room(ToRoom::Interrupt)]),
        (Live, vec![GONE, SHARE], vec![]),
        (Interrupted, vec![], vec![start(false)]),
        (Interrupted, vec![GONE], vec![]),
        (Idle, vec![], vec![start(false)]),
        (Interrupted, pause(), vec![start(true)]),
        (Idle, pause(), vec![start(true)]),
    ];
    for (says, pressed, expected) in cases {
        let mut page = Page::live(&[]);
        page.lose();
        for input in pressed.clone() {
            assert!(sent(&page.take(input)).is_empty());
        }
        assert_eq!(declared(&page.resume(Missed::Room(view(says, &[])))), expected, "{says:?} {pressed:?}");
    }
}

#[test]
fn after_an_outage_only_the_rooms_latest_state_counts() {
    let mut page = Page::live(&[]);
    page.take(Input::PausePressed);
    page.stream(StreamState::Paused);
    page.lose();
    assert!(declared(&page.miss(vec![sends(StreamState::Interrupted), sends(StreamState::Paused)])).is_empty());
}

#[test]
fn a_page_that_captures_nothing_and_finds_the_room_live_declares_an_interruption() {
    for says in [StreamState::Live, StreamState::Paused] {
        let mut page = Page::new(Role::Host, false, 1);
        page.take(Input::Started);
        page.take(Input::SocketOpened);
        let commands = page.hear(joined(HOST, 1, view(says, &[GRACE])));
        assert_eq!(declared(&commands), [to_room(ToRoom::Interrupt)], "{says:?}");
        assert_eq!(page.client.host_state(), HostState::Interrupted);
    }
}

#[test]
fn a_page_without_a_capture_sends_nothing_to_an_idle_room() {
    for says in [StreamState::Idle, StreamState::Interrupted] {
        let mut page = Page::new(Role::Host, false, 1);
        page.take(Input::Started);
        page.take(Input::SocketOpened);
        assert!(declared(&page.hear(joined(HOST, 1, view(says, &[])))).is_empty(), "{says:?}");
    }
}

#[test]
fn commands_before_the_rooms_answer_are_sent_after_it() {
    let mut page = Page::hosting(&[]);
    page.take(SHARE);
    page.take(Input::PausePressed);
    assert_eq!(declared(&page.stream(StreamState::Live)), [to_room(ToRoom::Pause)]);

    let mut page = Page::live(&[]);
    page.take(Input::PausePressed);
    page.take(Input::ResumePressed);
    assert_eq!(declared(&page.stream(StreamState::Paused)), [to_room(ToRoom::Resume)]);

    let mut page = Page::live(&[]);
    page.take(GONE);
    page.take(SHARE);
    assert_eq!(declared(&page.stream(StreamState::Interrupted)), [start(false)]);
}

#[test]
fn a_listeners_page_cannot_share() {
    let mut page = Page::hearing(StreamState::Live);
    assert_eq!(page.take(SHARE), [Output::StopCapture]);
    assert_eq!(page.take(Input::PausePressed), []);
    assert_eq!(page.take(GONE), [Output::ReleaseSource(Source::Microphone)]);
    assert_eq!(page.stream(StreamState::Paused).iter().filter(|c| matches!(c, Output::Send(_))).count(), 0);
}

#[test]
fn a_capture_that_comes_after_the_end_is_released() {
    let mut page = Page::live(&[]);
    let commands = page.learn(RoomEvent::RoomEnded { reason: EndReason::Idle });
    assert!(commands.contains(&Output::StopCapture));
    assert_eq!(page.take(SHARE), [Output::StopCapture]);
    assert_eq!(page.client.host_state(), HostState::Ended(Ending::Told(EndReason::Idle)));
}

#[test]
fn a_capture_that_comes_after_the_page_was_closed_is_released() {
    let mut page = Page::hosting(&[GRACE]);
    assert!(page.client.may_capture());
    page.take(Input::Left);
    assert!(!page.client.may_capture());
    assert_eq!(page.take(SHARE), [Output::StopCapture]);
    assert_eq!(page.client.keepsake(), None);
}

#[test]
fn nothing_is_captured_for_a_room_that_is_being_ended() {
    let mut page = Page::live(&[]);
    page.lose();
    page.take(Input::StopPressed);
    assert!(!page.client.may_capture());
}

#[test]
fn a_host_who_ended_the_room_is_not_shown_a_missed_end() {
    let mut page = Page::live(&[]);
    page.take(Input::StopPressed);
    page.lose();
    page.fire(Timer::Reconnect);
    page.take(Input::SocketOpened);
    page.refuse(Refusal::RoomEnded);
    assert_eq!(page.client.host_state(), HostState::Ended(Ending::Told(EndReason::Stopped)));
}

#[test]
fn a_pause_without_a_capture_has_no_effect() {
    let mut page = Page::hosting(&[]);
    assert_eq!(page.take(Input::PausePressed), []);
    assert_eq!(page.client.host_state(), HostState::Idle);
}

#[test]
fn a_host_who_changes_the_stream_too_often_sends_the_last_state_a_moment_later() {
    let mut page = Page::live(&[]);
    page.take(Input::PausePressed);
    let commands = page.refuse(Refusal::TooManyFrames);
    assert_eq!(page.client.host_state(), HostState::Paused, "nobody is shown an error");
    assert_eq!(timer(&commands, Timer::Declaration), Some(1_000));
    assert_eq!(declared(&page.fire(Timer::Declaration)), [to_room(ToRoom::Pause)]);
    page.stream(StreamState::Paused);
    assert!(page.fire(Timer::Declaration).is_empty(), "the room knows");
    let mut listener = Page::listening(StreamState::Live);
    assert!(timer(&listener.refuse(Refusal::TooManyFrames), Timer::Declaration).is_none());
}
