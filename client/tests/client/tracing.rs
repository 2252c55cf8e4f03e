//! The debug switch writes every step, and nothing private.

use heartogether::{
    engagement::MessageText,
    protocol::{ClientMessage, FromRoom, ReceivedSignal},
    room::StreamState,
};
use heartogether_client::{
    Input, Output, PeerState, PlayerInput, PlayerState, Timer,
    trace::{self, Decision, Trace},
};

use crate::scenario::*;

#[test]
fn inputs_and_outputs_are_described_in_words() {
    let mut page = Page::listening(StreamState::Live);
    let input = Input::Received(from_room(FromRoom::Signal(ReceivedSignal { from: HOST, signal: offer(100) })));
    assert_eq!(trace::input(&input), "received offer 100 from 00000001");
    let done: Vec<_> = page.take(input).iter().map(trace::output).collect();
    assert!(done.contains(&"answer 100 with 00000001, sends: false".to_owned()), "{done:?}");
    let changed = Input::PeerChanged { negotiation: with(HOST, 100), state: PeerState::Connected };
    assert_eq!(trace::input(&changed), "peer connection 100 with 00000001 is Connected");
}

#[test]
fn the_trace_contains_no_secrets_and_no_texts_of_people() {
    let text = MessageText::parse("a secret message").expect("a message");
    let mut page = Page::hearing(StreamState::Live);
    let mut told = Vec::new();
    let joined = joined(GRACE, 1, view_of(GRACE, StreamState::Live));
    for input in [
        wrote(text),
        Input::Received(joined),
        Input::SocketClosed,
        Input::TimerFired(Timer::Reconnect),
        Input::SocketOpened,
        Input::PeerDescribed { negotiation: with(HOST, 100), sdp: "v=0 ice-pwd:hush".to_owned() },
        Input::PeerGathered {
            negotiation: with(HOST, 100),
            candidate: candidate("candidate:1 1 udp 1 192.0.2.7 1 typ host"),
        },
    ] {
        told.push(trace::input(&input));
        let commands = page.take(input);
        let resumes = |command: &Output| matches!(command, Output::Send(ClientMessage::ResumeRooms(_)));
        told.extend(commands.iter().filter(|command| resumes(command)).map(|_| "resumed".to_owned()));
        told.extend(commands.iter().map(trace::output));
    }
    let told = told.join("\n");
    assert!(told.contains("resumed") && told.contains("send resume_rooms from 1"), "{told}");
    for secret in ["secret", &TOKEN.to_string(), "hush", "192.0.2.7", "Ada", "Somebody", "ABC234"] {
        assert!(!told.contains(secret), "{secret} is in {told}");
    }
}

#[test]
fn what_is_decided_before_the_words_are_there_is_written_in_order() {
    let page = |input: Input| Decision::Page(input, Vec::new());
    let player = Decision::Player(PlayerInput::Started, None, PlayerState::Playing);
    let mut trace = Trace::default();
    for early in [page(Input::Started), player, page(Input::SocketOpened)] {
        assert_eq!(trace.add(early), None);
    }
    let early = ["started → nothing", "player started → nothing; playing", "socket opened → nothing"];
    assert_eq!(trace.find_words(Decision::line), early);
    assert_eq!(trace.add(page(Input::SocketClosed)), Some("socket closed → nothing".to_owned()));
    assert_eq!(trace.find_words(Decision::line), Vec::<String>::new());
}

#[test]
fn nothing_is_kept_for_words_that_cannot_be_had() {
    let mut trace = Trace::default();
    assert_eq!(trace.add(Decision::Page(Input::Started, Vec::new())), None);
    trace.give_up();
    assert_eq!(trace.add(Decision::Page(Input::SocketOpened, Vec::new())), None);
    assert_eq!(trace.find_words(Decision::line), Vec::<String>::new());
}
