//! Describes inputs, outputs and the player's decisions in words, for somebody who wants to know why a page does what
//! it does. The words contain no secret, no name, no text of people, no address of people and no session description.
//! Every match lists all variants, so that a new one does not compile before it has its words.

mod message;

use heartogether::id::MemberId;

use super::{
    Fader, Input, Mix, Negotiation, Output, PlayerCommand, PlayerInput, PlayerState, Processing, ReloadState, Timer,
    adaptation::{Packets, Tuning},
    statistics::Reading,
};
use message::{received, sent};

/// What was decided, before it is put into words.
#[allow(clippy::large_enum_variant, reason = "a decision is written at once, or kept until the words are there")]
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Of a page: what happened, and what it does.
    Page(Input, Vec<Output>),
    /// Of a player: what happened, what it tells its element, and its state then.
    Player(PlayerInput, Option<PlayerCommand>, PlayerState),
}

impl Decision {
    /// In one line. `None` for what happens very often and has no effect.
    pub fn line(&self) -> Option<String> {
        match self {
            Self::Page(Input::Counted { .. } | Input::Measured { .. }, outputs) if outputs.is_empty() => None,
            Self::Page(happened, outputs) => {
                let done: Vec<_> = outputs.iter().map(output).collect();
                let done = if done.is_empty() { "nothing".to_owned() } else { done.join("; ") };
                Some(format!("{} → {done}", input(happened)))
            }
            Self::Player(happened, command, state) => Some(player(*happened, *command, *state)),
        }
    }
}

/// Puts a decision into words: [`Decision::line`], wherever its code comes from.
pub type Words = fn(&Decision) -> Option<String>;

/// The lines of decisions in their order. What is decided before the words are there is kept until then.
#[derive(Debug, Default)]
pub struct Trace {
    words: Option<Words>,
    kept: Vec<Decision>,
    has_given_up: bool,
}

impl Trace {
    /// Takes a decision in. The line that can be written now.
    pub fn add(&mut self, decision: Decision) -> Option<String> {
        match self.words {
            Some(words) => words(&decision),
            None if self.has_given_up => None,
            None => {
                self.kept.push(decision);
                None
            }
        }
    }

    /// There will be no words: nothing is kept any more.
    pub fn give_up(&mut self) {
        self.has_given_up = true;
        self.kept.clear();
    }

    /// The words are there. The lines of all that was kept.
    pub fn find_words(&mut self, words: Words) -> Vec<String> {
        self.words = Some(words);
        self.kept.drain(..).filter_map(|decision| words(&decision)).collect()
    }
}

/// An input of the player, the command to its element, and the player's new state.
pub fn player(input: PlayerInput, command: Option<PlayerCommand>, state: PlayerState) -> String {
    let happened = match input {
        PlayerInput::PlayPressed => "play pressed",
        PlayerInput::PausePressed => "pause pressed",
        PlayerInput::StreamAttached => "stream attached",
        PlayerInput::Started => "started",
        PlayerInput::Paused => "paused",
        PlayerInput::Refused => "refused without a tap",
        PlayerInput::Woken => "woken",
    };
    let told = match command {
        Some(PlayerCommand::Play) => "play",
        Some(PlayerCommand::Pause) => "pause",
        None => "nothing",
    };
    let state = match state {
        PlayerState::Playing => "playing",
        PlayerState::PausedByListener => "paused by the listener",
        PlayerState::PausedBySystem => "paused by the system",
        PlayerState::Blocked => "waiting for a tap",
    };
    format!("player {happened} → {told}; {state}")
}

/// An input in one line.
#[expect(clippy::too_many_lines, reason = "each input has a line")]
pub fn input(input: &Input) -> String {
    match input {
        Input::Started => "started".to_owned(),
        Input::BrowserLacks(refusal) => format!("the browser lacks something: {}", refusal.code()),
        Input::ServerProbed { answers } => format!("server probed, answers: {answers}"),
        Input::Woken => "woken".to_owned(),
        Input::SocketOpened => "socket opened".to_owned(),
        Input::SocketClosed => "socket closed".to_owned(),
        Input::SocketProbed => "a socket opens".to_owned(),
        Input::ServerGoingAway => "server going away".to_owned(),
        Input::Received(message) => format!("received {}", received(message)),
        Input::TimerFired(timer) => format!("timer {}", name_of(*timer)),
        Input::NetworkGuessed(network) => format!("network guessed: {network:?}"),
        Input::NetworkChanged => "network changed".to_owned(),
        Input::CaptureExpected(expected) => format!("a capture is expected: {expected}"),
        Input::CaptureStarted(source) => format!("capture started: {source:?}"),
        Input::CaptureEnded(source) => format!("capture ended: {source:?}"),
        Input::SourceRemoved(source) => format!("source removed: {source:?}"),
        Input::FaderMoved { source, fader } => format!("fader of {source:?} moved to {}", level(*fader)),
        Input::MicrophoneChanged(state) => format!("the microphone is {state:?}"),
        Input::MixerRuns(runs) => format!("the mixer runs: {runs}"),
        Input::Recalled(keepsake) => format!("recalled {}", recalled(keepsake)),
        Input::Dismissed => "dismissed".to_owned(),
        Input::ProfileChosen(profile) => format!("profile chosen: {profile:?}"),
        Input::HeadphonesChosen(worn) => format!("headphones chosen, worn: {worn}"),
        Input::PausePressed => "pause pressed".to_owned(),
        Input::ResumePressed => "resume pressed".to_owned(),
        Input::SharingEnded => "sharing ended".to_owned(),
        Input::ListenPressed(_) => "listen pressed".to_owned(),
        Input::ListeningEnded => "listening ended".to_owned(),
        Input::PublicationEndPressed(_) => "end of a publication pressed".to_owned(),
        Input::StopPressed => "stop pressed".to_owned(),
        Input::TakeOverPressed => "take over pressed".to_owned(),
        Input::RetryPressed => "retry pressed".to_owned(),
        Input::ReactionPressed(reaction) => format!("reaction pressed: {reaction:?}"),
        Input::MessageWritten { reply_to, .. } => format!("message written, answers: {}", reply_to.is_some()),
        Input::MessageEdited { number, .. } => format!("message {} edited", number.0),
        Input::MessageDeleted(number) => format!("message {} deleted", number.0),
        Input::MessagePinned { number, pinned } => format!("message {} pinned: {pinned}", number.0),
        Input::MessageReported { number, .. } => format!("message {} reported", number.0),
        Input::ReportsDismissed(number) => format!("reports of {} dismissed", number.0),
        Input::MemberBlocked { member, blocked } => format!("{} blocked: {blocked}", short(*member)),
        Input::EmojiPressed { number, emoji } => format!("{emoji} pressed on {}", number.0),
        Input::MessageRetried(nonce) => format!("message retried: {nonce}"),
        Input::MessageDiscarded(nonce) => format!("message discarded: {nonce}"),
        Input::EarlierMessagesPressed => "earlier messages pressed".to_owned(),
        Input::LaterMessagesPressed => "later messages pressed".to_owned(),
        Input::LatestMessagesPressed => "latest messages pressed".to_owned(),
        Input::MessageSought(number) => format!("message {} sought", number.0),
        Input::Typed => "typed".to_owned(),
        Input::Seen(number) => format!("seen up to {}", number.0),
        Input::NameChosen(_) => "name chosen".to_owned(),
        Input::RoomNameChosen(_) => "room name chosen".to_owned(),
        Input::HandOverPressed(member) => format!("hand over pressed for {}", short(*member)),
        Input::AskFirstChosen(on) => format!("ask first chosen: {on}"),
        Input::JoinAnswered { member, admit } => format!("{} answered: {admit}", short(*member)),
        Input::SendOutPressed(member) => format!("send out pressed for {}", short(*member)),
        Input::RemovePressed(member) => format!("remove pressed for {}", short(*member)),
        Input::AddressBlockPressed(member) => format!("address block pressed for {}", short(*member)),
        Input::UndoPressed(member) => format!("undo pressed for {}", short(*member)),
        Input::Hidden => "hidden".to_owned(),
        Input::Left => "left".to_owned(),
        Input::MembershipEnded => "membership ended".to_owned(),
        Input::PeerDescribed { negotiation, .. } => format!("described {}", told(*negotiation)),
        Input::PeerAccepted { negotiation } => format!("accepted {}", told(*negotiation)),
        Input::PeerGathered { negotiation, .. } => format!("gathered a candidate for {}", told(*negotiation)),
        Input::IceServersKnown(urls) => format!("{} STUN and TURN URLs known", urls.len()),
        Input::IceServerAnswered { url } => format!("{url} answered"),
        Input::IceServerFailed { url, code } => format!("{url} failed with {code}"),
        Input::IceServersRenewed => "STUN and TURN servers renewed".to_owned(),
        Input::PeerChanged { negotiation, state } => format!("peer connection {} is {state:?}", told(*negotiation)),
        Input::Counted { negotiation, packets } => format!("counted {packets} packets of {}", told(*negotiation)),
        Input::Measured { negotiation, reading } => measured(*negotiation, reading),
    }
}

fn measured(negotiation: Negotiation, reading: &Reading) -> String {
    format!("measured {}: {} packets, {} lost", told(negotiation), reading.packets, reading.lost)
}

/// An output in one line.
pub fn output(output: &Output) -> String {
    match output {
        Output::UseIceServers(known) => {
            let renewal = known.renew_in_s.map(|after_s| format!(", renewed in {after_s} s")).unwrap_or_default();
            format!("use {} STUN and TURN servers, relay only: {}{renewal}", known.servers.len(), known.relay_only)
        }
        Output::OpenSocket => "open socket".to_owned(),
        Output::OpenStream => "open event stream".to_owned(),
        Output::ProbeSocket => "probe a socket".to_owned(),
        Output::ProbeServer => "probe the server".to_owned(),
        Output::CloseSocket => "close socket".to_owned(),
        Output::Send(message) => format!("send {}", sent(message)),
        Output::StartTimer { timer, after_ms } => format!("start timer {} for {after_ms} ms", name_of(*timer)),
        Output::StopTimer(timer) => format!("stop timer {}", name_of(*timer)),
        Output::OpenOffering { negotiation, receives } => format!("offer {}, receives: {receives}", told(*negotiation)),
        Output::OpenAnswering { negotiation, sends, .. } => {
            format!("answer {}, sends: {sends}", told(*negotiation))
        }
        Output::Play(negotiation) => format!("play {}", told(*negotiation)),
        Output::Restart { before, negotiation } => format!("restart {} as {}", told(*before), told(*negotiation)),
        Output::AnswerRestart { before, negotiation, .. } => {
            format!("answer restart {} of {}", told(*negotiation), told(*before))
        }
        Output::AcceptAnswer { negotiation, .. } => format!("accept the answer to {}", told(*negotiation)),
        Output::AddCandidates { negotiation, candidates } => {
            format!("add {} candidates to {}", candidates.len(), told(*negotiation))
        }
        Output::Tune { negotiation, tuning } => {
            let Tuning { bitrate_bps, packets: Packets { redundancy, length_ms } } = *tuning;
            let to = told(*negotiation);
            format!("send {bitrate_bps} bit/s to {to} in packets of {length_ms} ms, redundant: {redundancy}")
        }
        Output::ClosePeer(negotiation) => format!("close {}", told(*negotiation)),
        Output::ApplyProfile(profile) => format!("apply profile {profile:?}"),
        Output::ApplyProcessing(processing) => format!("apply processing: {}", processed(*processing)),
        Output::ApplyMix(mix) => format!("apply mix: {}", mixed(mix)),
        Output::WakeMixer => "wake the mixer".to_owned(),
        Output::ReleaseSource(source) => format!("release {source:?}"),
        Output::SetSending(sending) => format!("set sending {sending}"),
        Output::LeaveMark(_) => "leave mark".to_owned(),
        Output::ShowReaction(reaction) => format!("show reaction {reaction:?}"),
        Output::StopCapture => "stop capture".to_owned(),
    }
}

fn name_of(timer: Timer) -> String {
    match timer {
        Timer::Reconnect => "reconnect".to_owned(),
        Timer::Silence => "silence".to_owned(),
        Timer::Upgrade => "upgrade".to_owned(),
        Timer::Pong => "pong".to_owned(),
        Timer::Move => "move".to_owned(),
        Timer::Candidates => "candidates".to_owned(),
        Timer::OfferRequest => "offer request".to_owned(),
        Timer::Attempt(member) => format!("attempt of {}", short(member)),
        Timer::Recovery(member) => format!("recovery of {}", short(member)),
        Timer::Messages => "messages".to_owned(),
        Timer::EarlierMessages => "earlier messages".to_owned(),
        Timer::Typing(member) => format!("typing of {}", short(member)),
        Timer::TypingPause => "typing pause".to_owned(),
        Timer::Seen => "seen".to_owned(),
        Timer::Storage => "storage".to_owned(),
        Timer::Mixer => "mixer".to_owned(),
        Timer::Microphone => "microphone".to_owned(),
        Timer::Linger(member) => format!("linger of {}", short(member)),
        Timer::Removal(member) => format!("removal of {}", short(member)),
        Timer::Declaration => "declaration".to_owned(),
    }
}

/// A negotiation by its number and the member.
fn told(negotiation: Negotiation) -> String {
    format!("{} with {}", negotiation.id.0, short(negotiation.member))
}

/// A member, by the end of the id, which is enough to tell members of a room apart.
fn short(member: MemberId) -> String {
    member.to_string().chars().skip(24).collect()
}

fn level(fader: Fader) -> String {
    let muted = if fader.muted { ", muted" } else { "" };
    format!("{} %{muted}", fader.volume_percent)
}

fn mixed(mix: &Mix) -> String {
    let strips: Vec<_> = mix.sources().map(|source| format!("{source:?} at {}", level(mix.fader(source)))).collect();
    if strips.is_empty() { "no source".to_owned() } else { strips.join(" and ") }
}

/// The room's code is left out, because everybody who has it may listen.
fn recalled(keepsake: &ReloadState) -> String {
    let ReloadState { code: _, mix, chosen, headphones, paused } = keepsake;
    format!("{}, profile {chosen:?}, headphones: {headphones}, paused: {paused}", mixed(mix))
}

fn processed(processing: Processing) -> String {
    let Processing { echo_cancellation, noise_suppression, gain_control } = processing;
    format!("echo cancellation {echo_cancellation}, noise suppression {noise_suppression}, gain control {gain_control}")
}
