//! A microphone that gives no sound: host and listeners are told.

use heartogether::protocol::{ClientMessage, DeclareSilence, ToRoom};
use heartogether::room::{Missed, Source, StreamState};
use heartogether_client::{
    Fader, Input,
    MicrophoneState::{self, Muted, Silent, Sounding},
    Timer,
};

use crate::scenario::*;

fn declared(silent: bool) -> ClientMessage {
    to_room(ToRoom::DeclareSilence(DeclareSilence { silent }))
}

const fn microphone(state: MicrophoneState) -> Input {
    Input::MicrophoneChanged(state)
}

/// A live page whose microphone has been silent for long enough, and a room that knows of it.
fn silent(state: MicrophoneState) -> Page {
    let mut page = Page::live(&[]);
    page.take(microphone(state));
    assert_eq!(sent(&page.fire(Timer::Microphone)), [declared(true)]);
    page.learn(is_silent(true));
    page
}

#[test]
fn host_and_room_are_told_within_three_seconds_and_at_once_when_it_is_over() {
    for state in [Muted, Silent] {
        let mut page = Page::live(&[]);
        let commands = page.take(microphone(state));
        assert!(timer(&commands, Timer::Microphone).is_some_and(|ms| ms < 2_500), "{state:?}");
        assert_eq!((sent(&commands), page.client.microphone_problem()), (vec![], None), "a moment is no silence");

        let mut page = silent(state);
        assert_eq!(page.client.microphone_problem(), Some(state));
        assert_eq!(sent(&page.take(microphone(Sounding))), [declared(false)]);
        assert_eq!(page.client.microphone_problem(), None);
    }
}

#[test]
fn a_short_silence_is_not_reported() {
    let mut page = Page::live(&[]);
    page.take(microphone(Silent));
    page.take(microphone(Sounding));
    assert_eq!(sent(&page.fire(Timer::Microphone)), []);
    assert_eq!(page.client.microphone_problem(), None);
}

#[test]
fn listeners_are_told_about_a_silence_only_while_they_hear_nothing() {
    let mut page = silent(Silent);
    assert_eq!(sent(&page.take(Input::CaptureStarted(Source::Display))), [declared(false)]);
    page.learn(is_silent(false));
    assert_eq!(page.client.microphone_problem(), Some(Silent), "the host is told all the same");
    let muted = Fader { muted: true, ..Fader::default() };
    assert_eq!(sent(&page.take(Input::FaderMoved { source: Source::Display, fader: muted })), [declared(true)]);
    page.learn(is_silent(true));
    assert_eq!(sent(&page.take(Input::SourceRemoved(Source::Microphone))), [declared(false)]);
    assert_eq!(page.client.microphone_problem(), None);
}

#[test]
fn a_microphone_that_was_silent_before_it_went_live_is_declared_once_it_does() {
    let mut page = Page::hosting(&[]);
    page.take(microphone(Silent));
    assert_eq!(sent(&page.fire(Timer::Microphone)), []);
    assert_eq!(page.client.microphone_problem(), Some(Silent));
    page.take(Input::CaptureStarted(Source::Microphone));
    assert_eq!(sent(&page.stream(StreamState::Live)), [declared(true)]);
}

#[test]
fn changes_without_a_connection_are_sent_later() {
    let mut page = silent(Muted);
    page.lose();
    assert_eq!(sent(&page.take(microphone(Sounding))), []);
    let mut room = view(StreamState::Live, &[]);
    room.publications[0].silent = true;
    assert_eq!(sent(&page.resume(Missed::Room(room))), [declared(false)]);
}

#[test]
fn a_listener_sees_the_silence_that_the_room_reports() {
    let mut page = Page::hearing(StreamState::Live);
    assert!(!page.client.is_host_silent());
    page.learn(is_silent(true));
    assert!(page.client.is_host_silent());
    page.learn(is_silent(false));
    assert!(!page.client.is_host_silent());
}
