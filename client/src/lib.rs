//! The client's own state and its [`Client::step`]: what a page in a room knows, and what it does next.
//!
//! Pure like the core: no socket, no clock, no browser. The code that uses it carries out the [`Output`]s and reports
//! back with [`Input`]s. Each file has one part:
//!
//! | module | what it knows |
//! | --- | --- |
//! | `io`, `timer` | inputs and outputs, and the timers |
//! | `connection` | the WebSocket, or the event stream in its place: opening it, detecting its loss, opening it again |
//! | `post_queue`, `sleep_watch` | what is posted where an event stream is open; whether the device was asleep |
//! | `signaling` | the room's part of it: requesting the place, and resuming it |
//! | `rooms` | several rooms over one connection |
//! | `membership` | the place in the room |
//! | `peers`, `peer_state`, `negotiation` | peer connections, and how they are negotiated |
//! | `packet_flow`, `ice_restart`, `connection_replacement` | what is done when a peer connection receives nothing any more |
//! | `candidate`, `gathering`, `no_path`, `ice_errors` | candidates, and why no path was found |
//! | `quality`, `peer_quality`, `statistics`, `adaptation`, `tuning` | measurements, and how much is sent |
//! | `encoding`, `sdp` | which descriptions are set, and how they control the encoders |
//! | `links` | whom the member connects with, who offers, and what goes over it |
//! | `permissions` | what the member may do |
//! | `listening` | what the member hears, where members choose |
//! | `publishing`, `mix`, `profile`, `silence` | what the member sends |
//! | `microphone_requests`, `microphone_watch`, `microphone_state` | requests for a microphone, and whether it gives sound |
//! | `reload_state` | what a page stores for the time after a reload |
//! | `engagement`, `audience` | reactions, messages, removals; who listens |
//! | `conversation` | messages among members: their changes, older ones, who is writing |
//! | `capability` | the features of the browser |
//! | `view_state` | what the page shows |
//! | `player`, `volume` | whether a listener's player plays, and how loud |
//! | `trace` | a description of each step in words |

pub mod adaptation;
mod audience;
mod publishing;

mod candidate;
mod capability;
mod connection;
mod connection_replacement;
mod conversation;
mod encoding;
mod engagement;
pub mod gathering;
mod ice_errors;
mod ice_restart;
mod io;
mod links;
mod listening;
mod membership;
mod microphone_requests;
mod microphone_state;
mod microphone_watch;
mod mix;
mod negotiation;
mod no_path;
mod packet_flow;
mod peer_quality;
mod peer_state;
mod peers;
mod permissions;
mod player;
mod post_queue;
mod profile;
mod quality;
mod reload_state;
mod rooms;
pub mod sdp;
mod signaling;
mod silence;
mod sleep_watch;
pub mod statistics;
mod timer;
pub mod trace;
mod tuning;
mod view_state;
mod volume;

use heartogether::{
    id::{MemberId, ResumeToken, RoomCode, Seq},
    protocol::{FromRoom, ServerMessage},
    refusal::Refusal,
    role::Role,
    room::{RoomView, Source},
};

pub use audience::{ListenerRow, arranged};
pub use capability::{Capabilities, Shortfall};
use conversation::{Conversation, Occasion};
pub use conversation::{ConversationEntry, EntryState};
pub use encoding::{Encoding, EncodingInput, EncodingOrder, Side};
use engagement::Engagement;
pub use engagement::{MessageState, OwnMessage};
use gathering::Gathering;
pub use ice_errors::IceServerProblem;
pub use io::{Input, Output};
use listening::Listening;
pub use microphone_requests::{
    MicrophoneAnswer, MicrophoneInput, MicrophoneOrder, MicrophonePurpose, MicrophoneQuestion, MicrophoneRequests,
    OpenMicrophone,
};
pub use microphone_state::MicrophoneState;
pub use microphone_watch::{MicrophoneReading, MicrophoneWatch, SourceEnergy};
pub use mix::{FULL_PERCENT, Fader, Mix, Route};
pub use no_path::{NoPath, SideCandidates};
pub use packet_flow::COUNT_EVERY_MS;
pub use peer_state::{Negotiation, PeerState};
use peers::Peers;
pub use player::{Player, PlayerCommand, PlayerInput, PlayerState};
pub use post_queue::{Post, PostQueue};
pub use profile::{Codec, Processing, Profile};
use publishing::Publishing;
pub use reload_state::{ComeBack, ReloadState};
pub use rooms::{RoomOutput, Rooms};
use signaling::Signaling;
pub use signaling::{SignalingState, introduction};
pub use sleep_watch::{SLEEP_WATCH_MS, SleepWatch};
pub use timer::Timer;
pub use view_state::{Ending, HostState, ListenerState};
pub use volume::{NoVolume, Volume};

/// What a page holds on to in its room.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    member: MemberId,
    token: ResumeToken,
    seq: Seq,
}

/// A page in a room.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    role: Role,
    code: RoomCode,
    signaling: Signaling,
    place: Option<Place>,
    room: Option<RoomView>,
    peers: Peers,
    gathering: Gathering,
    publishing: Publishing,
    listening: Listening,
    engagement: Engagement,
    conversation: Conversation,
    refusal: Option<Refusal>,
    /// Whether the room had ended when the page came back to it.
    missed_end: bool,
    /// Whether the page has gone.
    has_left: bool,
    /// Whether the member gives the place up.
    gives_up: bool,
}

impl Client {
    /// A page that is about to join a room. `seed` makes its reconnections and negotiations unlike those of others.
    pub fn new(role: Role, code: RoomCode, take_over: bool, seed: u32) -> Self {
        Self {
            role,
            code,
            signaling: Signaling::new(take_over, seed),
            place: None,
            room: None,
            peers: Peers::new(seed),
            gathering: Gathering::default(),
            publishing: Publishing::default(),
            listening: Listening::default(),
            engagement: Engagement::new(seed),
            conversation: Conversation::default(),
            refusal: None,
            missed_end: false,
            has_left: false,
            gives_up: false,
        }
    }

    /// Takes in what happened and says what to do, in order. Total: nothing the server says makes it fail.
    pub fn step(&mut self, input: Input) -> Vec<Output> {
        let mut commands = Vec::new();
        let out = &mut commands;
        match input {
            Input::Started | Input::RetryPressed => self.connect(out),
            Input::TakeOverPressed => self.take_over(out),
            Input::BrowserLacks(refusal) => self.refuse(refusal, out),
            Input::ServerProbed { answers } => self.signaling.connection.note_probe(answers),
            Input::Woken => self.wake_up(out),
            Input::NetworkChanged => {
                self.change_network(out);
                self.suspect_all(out);
            }
            Input::NetworkGuessed(network) => self.peers.network = network,
            Input::SocketOpened => self.introduce(out),
            Input::SocketProbed => self.go_back(out),
            Input::SocketClosed => self.lose_link(out),
            Input::ServerGoingAway => self.return_at_once(out),
            Input::Received(message) => self.receive(message, out),
            Input::TimerFired(timer) => self.time_out(timer, out),
            Input::CaptureExpected(expected) => self.expect_capture(expected, out),
            Input::CaptureStarted(source) => self.begin(source, out),
            Input::CaptureEnded(source) => self.lose_source(source, out),
            Input::SourceRemoved(source) => self.remove_source(source, out),
            Input::FaderMoved { source, fader } => self.move_fader(source, fader, out),
            Input::MicrophoneChanged(state) => self.change_microphone(state, out),
            Input::MixerRuns(runs) => self.change_mixer(runs, out),
            Input::Recalled(keepsake) => self.recall(keepsake),
            Input::Dismissed => self.begin_anew(),
            Input::ProfileChosen(profile) => self.choose_profile(profile, out),
            Input::HeadphonesChosen(worn) => self.choose_headphones(worn, out),
            Input::PausePressed => self.pause(true, out),
            Input::ResumePressed => self.pause(false, out),
            Input::StopPressed => self.stop(out),
            Input::ReactionPressed(reaction) => self.react(reaction, out),
            Input::MessageWritten { text, pictures, reply_to } => self.write(text, pictures, reply_to, out),
            Input::EarlierMessagesPressed if !self.converses() => self.fetch_earlier(out),
            Input::RemovePressed(member) => self.ask_to_remove(member, out),
            Input::AddressBlockPressed(member) => self.toggle_address_block(member, out),
            Input::UndoPressed(member) => self.undo_removal(member, out),
            Input::Hidden => self.hide(out),
            Input::Left => self.leave(out),
            Input::MembershipEnded => self.end_membership(out),
            Input::PeerDescribed { negotiation, sdp } => self.send_description(negotiation, sdp, out),
            Input::PeerAccepted { negotiation } => self.peers.accept(negotiation, out),
            Input::PeerGathered { negotiation, candidate } => {
                self.note_candidate(&candidate);
                self.peers.gather(negotiation, candidate, out);
            }
            Input::IceServersKnown(urls) => self.gathering.expect(urls),
            Input::IceServerAnswered { url } => self.gathering.note_answer(&url),
            Input::IceServerFailed { url, code } => self.note_failure(url, code),
            Input::IceServersRenewed => self.forget_failures(),
            Input::PeerChanged { negotiation, state } => self.change_peer(negotiation, state, out),
            Input::Counted { negotiation, packets } => self.count(negotiation, packets, out),
            Input::Measured { negotiation, reading } => self.measure(negotiation, reading, out),
            input => _ = self.converse(Occasion::Input(Box::new(input)), out),
        }
        commands
    }

    /// What this page is in the room.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The room's code.
    pub fn code(&self) -> RoomCode {
        self.code
    }

    /// How the signaling connection is.
    pub fn signaling_state(&self) -> SignalingState {
        self.signaling.state()
    }

    /// What keeps the server from doing what this page asks, if it has said so; the page keeps trying.
    pub fn trouble(&self) -> Option<Refusal> {
        self.signaling.trouble()
    }

    /// The room as far as it is known.
    pub fn room(&self) -> Option<&RoomView> {
        self.room.as_ref()
    }

    /// How the peer connection with a member is: failed, too, while one attempt after the other comes to nothing.
    pub fn peer_state(&self, member: MemberId) -> Option<PeerState> {
        if self.peers.is_out_of_reach(member) { Some(PeerState::Failed) } else { self.peers.state(member) }
    }

    /// The sound's quality: what was chosen, or what suits the source.
    pub fn profile(&self) -> Profile {
        self.publishing.profile()
    }

    /// What the browser is to do to a microphone that is open or is opened now.
    pub fn processing(&self) -> Processing {
        self.publishing.processing()
    }

    /// Whether the member wears headphones, so that a microphone does not hear the tab.
    pub fn wears_headphones(&self) -> bool {
        self.publishing.headphones
    }

    /// What the page sends is made of.
    pub fn mix(&self) -> Mix {
        self.publishing.mix
    }

    /// Whether what is shared is silenced on purpose.
    pub fn is_paused(&self) -> bool {
        self.publishing.paused
    }

    /// The source that went away by itself and was not shared again.
    pub fn lost_source(&self) -> Option<Source> {
        self.publishing.lost
    }

    fn ending(&self) -> Option<Ending> {
        let told = self.room.as_ref().and_then(|room| room.ended).map(Ending::Told);
        told.or(self.missed_end.then_some(Ending::Missed))
    }

    /// Whether there is nothing left to connect for.
    fn is_over(&self) -> bool {
        self.refusal.is_some() || self.ending().is_some()
    }

    fn receive(&mut self, message: ServerMessage, out: &mut Vec<Output>) {
        self.signaling.connection.hear(out);
        match message {
            ServerMessage::Welcome(welcome) => self.signaling.connection.expect_heartbeats(welcome.heartbeat_ms, out),
            ServerMessage::Heartbeat => self.signaling.connection.prove(),
            ServerMessage::Pong(_) => out.push(Output::StopTimer(Timer::Pong)),
            ServerMessage::Refused(refused) => self.take_refusal(refused.refusal, out),
            ServerMessage::Room(frame) if frame.room == self.code => self.receive_from_room(frame.message, out),
            ServerMessage::Room(_) => {}
        }
    }

    fn receive_from_room(&mut self, message: FromRoom, out: &mut Vec<Output>) {
        match message {
            FromRoom::Refused { refusal } => self.take_refusal(refusal, out),
            FromRoom::Joined(joined) => self.settle(joined, out),
            FromRoom::Resumed(resumed) => self.catch_up(resumed, out),
            FromRoom::Waiting => _ = self.converse(Occasion::Waits, out),
            FromRoom::Admitted => _ = self.converse(Occasion::Admitted, out),
            FromRoom::Event(event) => self.follow(event.seq, &event.event, out),
            FromRoom::Messages(page) => self.take_messages(&page, out),
            FromRoom::MessageKept { nonce } => self.note_kept(nonce, out),
            FromRoom::Blocked { members } => _ = self.converse(Occasion::Blocked(members), out),
            FromRoom::Moment(moment) => _ = self.converse(Occasion::Told(moment), out),
            FromRoom::Signal(received) if self.uses_sound() => self.take_signal(received, out),
            FromRoom::Signal(_) => {}
        }
    }
}
