//! What a page hears of the browser, and what it tells the browser to do.

use heartogether::{
    engagement::{MessageText, Reaction},
    ice::IceConfiguration,
    id::{MemberId, RoomCode},
    protocol::{Candidate, ClientMessage, ServerMessage},
    refusal::Refusal,
    room::Source,
};

use super::{
    Fader, MicrophoneState, Mix, Negotiation, PeerState, Processing, Profile, ReloadState,
    adaptation::{Network, Tuning},
    statistics::Reading,
};

/// What happens to a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The page is ready to join.
    Started,
    /// The browser does not offer what every page in a room needs.
    BrowserLacks(Refusal),
    /// The server was asked over HTTP, because no socket can be opened.
    ServerProbed {
        /// Whether it answered.
        answers: bool,
    },
    /// The page was shown again, or the browser thinks otherwise of its network: whatever waits, try now.
    Woken,
    /// The socket is open.
    SocketOpened,
    /// The socket is closed, or could not be opened.
    SocketClosed,
    /// The server closed the socket because it stops, or wants it opened anew (RFC 6455, section 7.4.1, close code 1001).
    ServerGoingAway,
    /// The server said something.
    Received(ServerMessage),
    /// A timer ran out.
    TimerFired(Timer),
    /// What the browser thinks of its network.
    NetworkGuessed(Network),
    /// The device is on another network, or on one again: every path may lead elsewhere now.
    NetworkChanged,
    /// The member shares sound from here: first, in addition, or in place of what came from there.
    CaptureStarted(Source),
    /// A source of the page's is gone: unplugged, or stopped in the browser's own bar.
    CaptureEnded(Source),
    /// The member takes a source out of the mix.
    SourceRemoved(Source),
    /// The member makes a source louder or quieter, or silences it.
    FaderMoved {
        /// The source of the sound.
        source: Source,
        /// Where its fader stands now.
        fader: Fader,
    },
    /// The microphone that is open gives sound, or does not.
    MicrophoneChanged(MicrophoneState),
    /// The browser has stopped the mixer, or started it.
    MixerChanged {
        /// Whether it runs.
        runs: bool,
    },
    /// The page was reloaded while it was live.
    Recalled(ReloadState),
    /// The member does not want what was live before.
    Dismissed,
    /// The member chooses a quality.
    ProfileChosen(Profile),
    /// The member says whether they wear headphones.
    HeadphonesChosen(bool),
    /// The member pauses.
    PausePressed,
    /// The member resumes.
    ResumePressed,
    /// The owner ends the room.
    StopPressed,
    /// The owner takes the room over from another page.
    TakeOverPressed,
    /// The visitor asks to try again after a refusal.
    RetryPressed,
    /// The member reacts.
    ReactionPressed(Reaction),
    /// The member writes.
    MessageWritten(MessageText),
    /// The member asks for older messages.
    EarlierMessagesPressed,
    /// The member removes another one, and may take it back for a moment.
    RemovePressed(MemberId),
    /// The member wants everybody at the address of whom they are removing to go as well, or not after all.
    AddressBlockPressed(MemberId),
    /// The member takes a removal back.
    UndoPressed(MemberId),
    /// The page may be gone for good without another word (Page Lifecycle, `pagehide`).
    Hidden,
    /// The page goes away.
    Left,
    /// A peer connection has its own description, ready to be sent.
    PeerDescribed {
        /// The negotiation.
        negotiation: Negotiation,
        /// The description.
        sdp: String,
    },
    /// A peer connection has taken the other side's description.
    PeerAccepted {
        /// The negotiation.
        negotiation: Negotiation,
    },
    /// A peer connection has found candidates of its own.
    PeerGathered {
        /// The negotiation.
        negotiation: Negotiation,
        /// What it found.
        candidate: Candidate,
    },
    /// The URLs of the STUN and TURN servers that peer connections will ask.
    IceServersKnown(Vec<String>),
    /// A STUN or TURN server has given one of the peer connections a candidate.
    IceServerAnswered {
        /// The server's URL.
        url: String,
    },
    /// A STUN or TURN server failed one of the peer connections.
    IceServerFailed {
        /// The server's URL.
        url: String,
        /// A STUN error (RFC 8489, section 14.8), or 701 for a server that does not answer.
        code: u16,
    },
    /// The STUN and TURN servers are known anew, with passwords that last.
    IceServersRenewed,
    /// A peer connection's state has changed.
    PeerChanged {
        /// The negotiation.
        negotiation: Negotiation,
        /// What it is now.
        state: PeerState,
    },
    /// The packets that came in were counted.
    Counted {
        /// At which peer connection.
        negotiation: Negotiation,
        /// How many have come in all.
        packets: f64,
    },
    /// A peer connection's counters were read.
    Measured {
        /// The negotiation.
        negotiation: Negotiation,
        /// What they say.
        reading: Reading,
    },
}

/// What the browser is told to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Let every peer connection find its paths with these servers from now on.
    UseIceServers(IceConfiguration),
    /// Open a socket; one that is open is closed first, silently.
    OpenSocket,
    /// Ask over HTTP whether the server answers.
    ProbeServer,
    /// Close the socket, silently.
    CloseSocket,
    /// Send a frame.
    Send(ClientMessage),
    /// Set a timer anew.
    StartTimer {
        /// The timer.
        timer: Timer,
        /// When, from now.
        after_ms: u32,
    },
    /// Clear a timer.
    StopTimer(Timer),
    /// Make a peer connection that sends what is captured, now or later, and describe it.
    OpenOffering {
        /// The negotiation.
        negotiation: Negotiation,
        /// Whether the other end may send over it, too.
        receives: bool,
    },
    /// Make a peer connection that receives, take the offer and describe the answer.
    OpenAnswering {
        /// The negotiation.
        negotiation: Negotiation,
        /// Whether it sends what is captured, now or later, too.
        sends: bool,
        /// The offer.
        sdp: String,
    },
    /// Play what a peer connection brings, in place of what is played of its member.
    Play(Negotiation),
    /// Describe a peer connection anew under another number, so that it looks for another path.
    Restart {
        /// Its number so far.
        before: Negotiation,
        /// Its number from now on.
        negotiation: Negotiation,
    },
    /// Give a peer connection an offer that restarts it, and describe the answer.
    AnswerRestart {
        /// Its number so far.
        before: Negotiation,
        /// Its number from now on.
        negotiation: Negotiation,
        /// The offer.
        sdp: String,
    },
    /// Give a peer connection the answer.
    AcceptAnswer {
        /// The negotiation.
        negotiation: Negotiation,
        /// The answer.
        sdp: String,
    },
    /// Give a peer connection the other side's candidates.
    AddCandidates {
        /// The negotiation.
        negotiation: Negotiation,
        /// The candidates.
        candidates: Vec<Candidate>,
    },
    /// Send this much through a peer connection.
    Tune {
        /// The negotiation.
        negotiation: Negotiation,
        /// How much.
        tuning: Tuning,
    },
    /// Close a peer connection, silently.
    ClosePeer(Negotiation),
    /// Capture, negotiate and encode as this profile says, from now on.
    ApplyProfile(Profile),
    /// Open the microphone that is open anew, if the browser does something else to its sound.
    ApplyProcessing(Processing),
    /// Send this mix, from now on.
    ApplyMix(Mix),
    /// Ask the browser to start the mixer that it has stopped.
    WakeMixer,
    /// Release one captured device.
    ReleaseSource(Source),
    /// Let the captured sound through, or silence it.
    SetSending(bool),
    /// Leave a mark for the page that a reload brings: this one has had the room.
    LeaveMark(RoomCode),
    /// Let a reaction rise.
    ShowReaction(Reaction),
    /// Release the captured devices.
    StopCapture,
}

/// The timers a page may have, each at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// Connect again.
    Reconnect,
    /// The server has been silent for too long.
    Silence,
    /// The answer to a ping is overdue.
    Pong,
    /// Send the candidates gathered so far.
    Candidates,
    /// Ask for an offer.
    OfferRequest,
    /// The peer connection that a member has offered takes too long to come up.
    Attempt(MemberId),
    /// Nothing has come through the peer connection with a member for too long.
    Recovery(MemberId),
    /// The microphone gives no sound for too long.
    Microphone,
    /// The mixer stands still for too long.
    Mixer,
    /// Send messages again that came too fast.
    Messages,
    /// Say again what the server could not store.
    Storage,
    /// The sound to a member whose place is free ends.
    Linger(MemberId),
    /// The time to take a removal back is over.
    Removal(MemberId),
    /// Tell the room again what the page sends: it was told too often in too short a time.
    Declaration,
}
