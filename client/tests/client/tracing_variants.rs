//! The debug switch has its own line for every input and every output. The lists are complete: each is also an
//! exhaustive match, which does not compile while a variant is missing.

use std::collections::BTreeSet;

use heartogether::{
    engagement::{Emoji, MessageText, Reaction},
    ice::{IceConfiguration, IceServer},
    id::{MessageNumber, PublicationId, RoomName},
    protocol::{Refused, ServerMessage},
    refusal::Refusal,
    room::Source,
};
use heartogether_client::{
    Fader, Input, MicrophoneState, Mix, Negotiation, Output, PeerState, PlayerCommand, PlayerInput, PlayerState,
    Profile, ReloadState, Timer,
    adaptation::{Network, Packets, Tuning},
    statistics::Reading,
    trace,
};

use crate::scenario::*;
use wire::{client_messages, server_messages};

/// One example or more for each variant.
macro_rules! every {
    ($($pattern:pat => $($example:expr),+;)+) => {{
        let examples = vec![$($({
            let example = $example;
            assert!(matches!(&example, $pattern), "the example for {} is another variant", stringify!($pattern));
            example
        }),+),+];
        examples.iter().for_each(|example| match example { $($pattern => {})+ });
        examples
    }};
}

mod wire;

const N: Negotiation = with(GRACE, 100);
const PUBLICATION: PublicationId = PublicationId::from_bits(7);
const BEFORE: Negotiation = with(GRACE, 99);

fn ice() -> IceConfiguration {
    let server = IceServer {
        urls: vec!["turn:turn.example".to_owned()],
        username: Some("undisclosed-user".to_owned()),
        credential: Some("undisclosed-credential".to_owned()),
    };
    IceConfiguration { servers: vec![server], renew_in_s: Some(60), relay_only: true, has_relay: true }
}

fn text() -> MessageText {
    MessageText::parse("undisclosed words").expect("a message of the tests")
}

fn emoji() -> Emoji {
    Emoji::parse("🎈").expect("an emoji of the tests")
}

fn room_name() -> RoomName {
    RoomName::parse("Undisclosed lounge").expect("a name of the tests")
}

fn timers() -> Vec<Timer> {
    every! {
        Timer::Reconnect => Timer::Reconnect;
        Timer::Silence => Timer::Silence;
        Timer::Upgrade => Timer::Upgrade;
        Timer::Pong => Timer::Pong;
        Timer::Move => Timer::Move;
        Timer::Candidates => Timer::Candidates;
        Timer::OfferRequest => Timer::OfferRequest;
        Timer::Attempt(_) => Timer::Attempt(GRACE);
        Timer::Recovery(_) => Timer::Recovery(GRACE);
        Timer::Microphone => Timer::Microphone;
        Timer::Mixer => Timer::Mixer;
        Timer::Messages => Timer::Messages;
        Timer::EarlierMessages => Timer::EarlierMessages;
        Timer::Typing(_) => Timer::Typing(GRACE);
        Timer::TypingPause => Timer::TypingPause;
        Timer::Seen => Timer::Seen;
        Timer::Storage => Timer::Storage;
        Timer::Linger(_) => Timer::Linger(GRACE);
        Timer::Removal(_) => Timer::Removal(GRACE);
        Timer::Declaration => Timer::Declaration;
    }
}

#[expect(clippy::too_many_lines, reason = "each input has a line")]
fn inputs() -> Vec<Input> {
    let keepsake =
        ReloadState { code: code(), mix: Mix::default(), chosen: Some(Profile::Music), headphones: true, paused: true };
    let url = || "stun:stun.example".to_owned();
    let fader = Fader { volume_percent: 30, muted: true };
    let mut inputs = every! {
        Input::Started => Input::Started;
        Input::BrowserLacks(_) => Input::BrowserLacks(Refusal::WebRtcMissing);
        Input::ServerProbed { .. } => Input::ServerProbed { answers: true };
        Input::Woken => Input::Woken;
        Input::SocketOpened => Input::SocketOpened;
        Input::SocketClosed => Input::SocketClosed;
        Input::ServerGoingAway => Input::ServerGoingAway;
        Input::SocketProbed => Input::SocketProbed;
        Input::Received(_) => Input::Received(ServerMessage::Refused(Refused { refusal: Refusal::NotOwner }));
        Input::TimerFired(_) => Input::TimerFired(Timer::Linger(EDSGER));
        Input::NetworkGuessed(_) => Input::NetworkGuessed(Network::Slow);
        Input::NetworkChanged => Input::NetworkChanged;
        Input::CaptureExpected(_) => Input::CaptureExpected(true);
        Input::CaptureStarted(_) => Input::CaptureStarted(Source::Display);
        Input::CaptureEnded(_) => Input::CaptureEnded(Source::Display);
        Input::SourceRemoved(_) => Input::SourceRemoved(Source::Display);
        Input::FaderMoved { .. } => Input::FaderMoved { source: Source::Display, fader };
        Input::MicrophoneChanged(_) => Input::MicrophoneChanged(MicrophoneState::Muted);
        Input::MixerRuns(_) => Input::MixerRuns(true);
        Input::Recalled(_) => Input::Recalled(keepsake);
        Input::Dismissed => Input::Dismissed;
        Input::ProfileChosen(_) => Input::ProfileChosen(Profile::Music);
        Input::HeadphonesChosen(_) => Input::HeadphonesChosen(true);
        Input::PausePressed => Input::PausePressed;
        Input::ResumePressed => Input::ResumePressed;
        Input::SharingEnded => Input::SharingEnded;
        Input::ListenPressed(_) => Input::ListenPressed(PUBLICATION);
        Input::ListeningEnded => Input::ListeningEnded;
        Input::PublicationEndPressed(_) => Input::PublicationEndPressed(PUBLICATION);
        Input::StopPressed => Input::StopPressed;
        Input::TakeOverPressed => Input::TakeOverPressed;
        Input::RetryPressed => Input::RetryPressed;
        Input::ReactionPressed(_) => Input::ReactionPressed(Reaction::ALL[0]);
        Input::MessageWritten { .. } =>
            wrote(text()), Input::MessageWritten { text: text(), pictures: Vec::new(), reply_to: Some(MessageNumber(4)) };
        Input::MessageEdited { .. } => Input::MessageEdited { number: MessageNumber(4), text: text() };
        Input::MessageDeleted(_) => Input::MessageDeleted(MessageNumber(4));
        Input::MessagePinned { .. } => Input::MessagePinned { number: MessageNumber(4), pinned: true };
        Input::MessageReported { .. } => Input::MessageReported { number: MessageNumber(4), reason: Some(text()) };
        Input::ReportsDismissed(_) => Input::ReportsDismissed(MessageNumber(4));
        Input::MemberBlocked { .. } => Input::MemberBlocked { member: GRACE, blocked: true };
        Input::EmojiPressed { .. } => Input::EmojiPressed { number: MessageNumber(4), emoji: emoji() };
        Input::MessageRetried(_) => Input::MessageRetried(7);
        Input::MessageDiscarded(_) => Input::MessageDiscarded(7);
        Input::Typed => Input::Typed;
        Input::Seen(_) => Input::Seen(MessageNumber(4));
        Input::NameChosen(_) => Input::NameChosen(name("Undisclosed"));
        Input::RoomNameChosen(_) => Input::RoomNameChosen(room_name());
        Input::AskFirstChosen(_) => Input::AskFirstChosen(true);
        Input::JoinAnswered { .. } => Input::JoinAnswered { member: GRACE, admit: true };
        Input::HandOverPressed(_) => Input::HandOverPressed(GRACE);
        Input::SendOutPressed(_) => Input::SendOutPressed(GRACE);
        Input::EarlierMessagesPressed => Input::EarlierMessagesPressed;
        Input::LaterMessagesPressed => Input::LaterMessagesPressed;
        Input::LatestMessagesPressed => Input::LatestMessagesPressed;
        Input::MessageSought(_) => Input::MessageSought(MessageNumber(4));
        Input::RemovePressed(_) => Input::RemovePressed(GRACE);
        Input::AddressBlockPressed(_) => Input::AddressBlockPressed(GRACE);
        Input::UndoPressed(_) => Input::UndoPressed(GRACE);
        Input::Hidden => Input::Hidden;
        Input::Left => Input::Left;
        Input::MembershipEnded => Input::MembershipEnded;
        Input::PeerDescribed { .. } => Input::PeerDescribed { negotiation: N, sdp: "undisclosed-description".to_owned() };
        Input::PeerAccepted { .. } => Input::PeerAccepted { negotiation: N };
        Input::PeerGathered { .. } => Input::PeerGathered { negotiation: N, candidate: candidate("undisclosed") };
        Input::IceServersKnown(_) => Input::IceServersKnown(vec![url()]);
        Input::IceServerAnswered { .. } => Input::IceServerAnswered { url: url() };
        Input::IceServerFailed { .. } => Input::IceServerFailed { url: url(), code: 701 };
        Input::IceServersRenewed => Input::IceServersRenewed;
        Input::PeerChanged { .. } => Input::PeerChanged { negotiation: N, state: PeerState::Connected };
        Input::Counted { .. } => Input::Counted { negotiation: N, packets: 7.0 };
        Input::Measured { .. } => Input::Measured { negotiation: N, reading: Reading::default() };
    };
    inputs.extend(server_messages().into_iter().map(Input::Received));
    inputs.extend(timers().into_iter().map(Input::TimerFired));
    inputs
}

fn commands() -> Vec<Output> {
    let sdp = || "undisclosed-description".to_owned();
    let mut commands = every! {
        Output::UseIceServers(_) => Output::UseIceServers(ice());
        Output::OpenSocket => Output::OpenSocket;
        Output::OpenStream => Output::OpenStream;
        Output::ProbeSocket => Output::ProbeSocket;
        Output::ProbeServer => Output::ProbeServer;
        Output::CloseSocket => Output::CloseSocket;
        Output::Send(_) => Output::Send(say(EDSGER, hung_up(8)));
        Output::StartTimer { .. } => Output::StartTimer { timer: Timer::Pong, after_ms: 500 };
        Output::StopTimer(_) => Output::StopTimer(Timer::Pong);
        Output::OpenOffering { .. } =>
            Output::OpenOffering { negotiation: N, receives: true },
            Output::OpenOffering { negotiation: N, receives: false };
        Output::OpenAnswering { .. } => Output::OpenAnswering { negotiation: N, sends: false, sdp: sdp() };
        Output::Play(_) => Output::Play(N);
        Output::Restart { .. } => Output::Restart { before: BEFORE, negotiation: N };
        Output::AnswerRestart { .. } => Output::AnswerRestart { before: BEFORE, negotiation: N, sdp: sdp() };
        Output::AcceptAnswer { .. } => Output::AcceptAnswer { negotiation: N, sdp: sdp() };
        Output::AddCandidates { .. } =>
            Output::AddCandidates { negotiation: N, candidates: vec![candidate("undisclosed")] };
        Output::Tune { .. } =>
            Output::Tune { negotiation: N, tuning: Tuning { bitrate_bps: 32_000, packets: Packets { redundancy: true, length_ms: 20 } } };
        Output::ClosePeer(_) => Output::ClosePeer(N);
        Output::ApplyProfile(_) => Output::ApplyProfile(Profile::Music);
        Output::ApplyProcessing(_) => Output::ApplyProcessing(Page::live(&[]).client.processing());
        Output::ApplyMix(_) => Output::ApplyMix(Mix::default());
        Output::WakeMixer => Output::WakeMixer;
        Output::ReleaseSource(_) => Output::ReleaseSource(Source::Display);
        Output::SetSending(_) => Output::SetSending(true);
        Output::LeaveMark(_) => Output::LeaveMark(code());
        Output::ShowReaction(_) => Output::ShowReaction(Reaction::ALL[0]);
        Output::StopCapture => Output::StopCapture;
    };
    commands.extend(client_messages().into_iter().map(Output::Send));
    commands
}

fn player_inputs() -> Vec<PlayerInput> {
    every! {
        PlayerInput::PlayPressed => PlayerInput::PlayPressed;
        PlayerInput::PausePressed => PlayerInput::PausePressed;
        PlayerInput::StreamAttached => PlayerInput::StreamAttached;
        PlayerInput::Started => PlayerInput::Started;
        PlayerInput::Paused => PlayerInput::Paused;
        PlayerInput::Refused => PlayerInput::Refused;
        PlayerInput::Woken => PlayerInput::Woken;
    }
}

fn player_states() -> Vec<PlayerState> {
    every! {
        PlayerState::Playing => PlayerState::Playing;
        PlayerState::PausedByListener => PlayerState::PausedByListener;
        PlayerState::PausedBySystem => PlayerState::PausedBySystem;
        PlayerState::Blocked => PlayerState::Blocked;
    }
}

fn assert_each_has_its_own(lines: &[String]) {
    let mut seen = BTreeSet::new();
    for line in lines {
        assert!(seen.insert(line), "two of them are told as {line:?}");
        for secret in ["undisclosed", "Undisclosed", "Somebody", "Ada", "ABC234", &TOKEN.to_string()] {
            assert!(!line.contains(secret), "{secret} is in {line:?}");
        }
    }
}

#[test]
fn every_input_has_its_own_line_and_tells_no_secret() {
    assert_each_has_its_own(&inputs().iter().map(trace::input).collect::<Vec<_>>());
}

#[test]
fn every_command_has_its_own_line_and_tells_no_secret() {
    assert_each_has_its_own(&commands().iter().map(trace::output).collect::<Vec<_>>());
}

#[test]
fn every_decision_of_the_player_has_its_own_line() {
    let told = [Some(PlayerCommand::Play), Some(PlayerCommand::Pause), None];
    let lines: Vec<_> = player_inputs()
        .into_iter()
        .flat_map(|input| told.map(|command| (input, command)))
        .flat_map(|(input, command)| player_states().into_iter().map(move |state| trace::player(input, command, state)))
        .collect();
    assert_each_has_its_own(&lines);
    assert!(lines.contains(&"player stream attached → play; playing".to_owned()));
}

#[test]
fn frequent_inputs_are_traced_only_if_they_have_an_effect() {
    for input in inputs() {
        let is_routine = matches!(input, Input::Counted { .. } | Input::Measured { .. });
        let told = format!("{} → nothing", trace::input(&input));
        assert_eq!(trace::Decision::Page(input.clone(), Vec::new()).line(), (!is_routine).then_some(told));
        let told = format!("{} → play 100 with 00000002; stop capture", trace::input(&input));
        let outputs = vec![Output::Play(N), Output::StopCapture];
        assert_eq!(trace::Decision::Page(input, outputs).line(), Some(told));
    }
}
