//! The inputs and outputs of a page: what the browser reports, and what it is told to do.

use heartogether::{
    engagement::{Emoji, MessageText, Reaction},
    ice::IceConfiguration,
    id::{DisplayName, MemberId, MessageNumber, PublicationId, RoomCode, RoomName},
    protocol::{Candidate, ClientMessage, ServerMessage},
    refusal::Refusal,
    room::{Picture, Source},
};

use super::{
    Fader, MicrophoneState, Mix, Negotiation, PeerState, Processing, Profile, ReloadState, Timer,
    adaptation::{Network, Tuning},
    statistics::Reading,
};

/// An input: something that happens to a page.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "an input is taken in at once")]
pub enum Input {
    /// The page is ready to join.
    Started,
    /// The browser lacks something that every page in a room needs.
    BrowserLacks(Refusal),
    /// The server was asked over HTTP, because no socket can be opened.
    ServerProbed {
        /// Whether it answered.
        answers: bool,
    },
    /// The page was shown again, or the browser's network has changed: everything that waits is tried now.
    Woken,
    /// The socket is open.
    SocketOpened,
    /// The socket is closed, or could not be opened.
    SocketClosed,
    /// The server closed the socket because it stops, or wants a new connection (RFC 6455, section 7.4.1, close code 1001).
    ServerGoingAway,
    /// A WebSocket has opened that was tried beside an event stream.
    SocketProbed,
    /// The server sent a message.
    Received(ServerMessage),
    /// A timer ran out.
    TimerFired(Timer),
    /// The browser's estimate of its network.
    NetworkGuessed(Network),
    /// The device is on another network, or is on a network again: every path may have changed.
    NetworkChanged,
    /// Whether a source is about to be captured, to be shared. The room is told nothing, but connections are made meanwhile.
    CaptureExpected(bool),
    /// The member shares sound from this source: as the first one, as one more, or in place of one of the same kind.
    CaptureStarted(Source),
    /// A source of the page has ended: the device was unplugged, or sharing was stopped in the browser's own bar.
    CaptureEnded(Source),
    /// The member removes a source from the mix.
    SourceRemoved(Source),
    /// The member changes the volume of a source, or mutes it.
    FaderMoved {
        /// The source of the sound.
        source: Source,
        /// Its fader.
        fader: Fader,
    },
    /// The open microphone gives sound, or does not.
    MicrophoneChanged(MicrophoneState),
    /// The browser has stopped or started the mixer: whether it runs.
    MixerRuns(bool),
    /// The page was reloaded while it was live.
    Recalled(ReloadState),
    /// The member does not want to share again what was live before.
    Dismissed,
    /// The member chooses a quality.
    ProfileChosen(Profile),
    /// Whether the member wears headphones, as they say.
    HeadphonesChosen(bool),
    /// The member pauses.
    PausePressed,
    /// The member resumes.
    ResumePressed,
    /// The member shares no more. The room goes on.
    SharingEnded,
    /// The member wants to hear a publication, on this page.
    ListenPressed(PublicationId),
    /// The member wants to hear nothing any more.
    ListeningEnded,
    /// The owner ends what another member sends.
    PublicationEndPressed(PublicationId),
    /// The owner ends the room.
    StopPressed,
    /// The owner takes the room over from another page.
    TakeOverPressed,
    /// The visitor asks to try again after a refusal.
    RetryPressed,
    /// The member reacts.
    ReactionPressed(Reaction),
    /// The member writes.
    MessageWritten {
        /// The text, [`MessageText::none`] if there are pictures alone.
        text: MessageText,
        /// The pictures, which are uploaded.
        pictures: Vec<Picture>,
        /// The message that it answers.
        reply_to: Option<MessageNumber>,
    },
    /// The member changes the text of a message.
    MessageEdited {
        /// The message's number.
        number: MessageNumber,
        /// The new text.
        text: MessageText,
    },
    /// The member deletes a message.
    MessageDeleted(MessageNumber),
    /// The member pins a message, or takes the pin away.
    MessagePinned {
        /// The message's number.
        number: MessageNumber,
        /// Whether it is pinned.
        pinned: bool,
    },
    /// The member reports a message to the owner.
    MessageReported {
        /// The message's number.
        number: MessageNumber,
        /// Why, if the member says so.
        reason: Option<MessageText>,
    },
    /// The owner dismisses what was reported about a message.
    ReportsDismissed(MessageNumber),
    /// The member blocks another one, or blocks them no more.
    MemberBlocked {
        /// The other one.
        member: MemberId,
        /// Whether they are blocked from now on.
        blocked: bool,
    },
    /// The member puts an emoji on a message, or takes their own away.
    EmojiPressed {
        /// The message's number.
        number: MessageNumber,
        /// The emoji.
        emoji: Emoji,
    },
    /// The member sends a message again that was refused, by the number that the page gave it.
    MessageRetried(u32),
    /// The member discards such a message.
    MessageDiscarded(u32),
    /// The member asks for older messages.
    EarlierMessagesPressed,
    /// The member looks at the past, and asks for what came then.
    LaterMessagesPressed,
    /// The member wants to see the newest messages.
    LatestMessagesPressed,
    /// The member wants to see this message.
    MessageSought(MessageNumber),
    /// The member is writing.
    Typed,
    /// The messages up to this one were shown to the member.
    Seen(MessageNumber),
    /// The member chooses a name for themselves in this room, or the visitor one to join with.
    NameChosen(DisplayName),
    /// The owner names the room.
    RoomNameChosen(RoomName),
    /// The owner makes another member the owner.
    HandOverPressed(MemberId),
    /// The owner wants to be asked before somebody comes in, or not any more.
    AskFirstChosen(bool),
    /// The owner answers somebody who asks to come in.
    JoinAnswered {
        /// The place that they get if they are let in.
        member: MemberId,
        /// Whether they are.
        admit: bool,
    },
    /// The owner sends a member out, who may come again.
    SendOutPressed(MemberId),
    /// The member removes another one, and may take it back for a moment.
    RemovePressed(MemberId),
    /// The member wants to remove everybody at the same address too, or not any more.
    AddressBlockPressed(MemberId),
    /// The member takes a removal back.
    UndoPressed(MemberId),
    /// The page may be closed without another event (Page Lifecycle, `pagehide`).
    Hidden,
    /// The page is closed. Where members stay, the place is kept.
    Left,
    /// The member gives the place up, or the visitor waits for it no more.
    MembershipEnded,
    /// A peer connection has its own description, which can be sent.
    PeerDescribed {
        /// The negotiation.
        negotiation: Negotiation,
        /// The description.
        sdp: String,
    },
    /// A peer connection has applied the other side's description.
    PeerAccepted {
        /// The negotiation.
        negotiation: Negotiation,
    },
    /// A peer connection has found candidates of its own.
    PeerGathered {
        /// The negotiation.
        negotiation: Negotiation,
        /// The candidates.
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
    /// There is a new list of STUN and TURN servers, with passwords that are valid for a while.
    IceServersRenewed,
    /// A peer connection's state has changed.
    PeerChanged {
        /// The negotiation.
        negotiation: Negotiation,
        /// Its new state.
        state: PeerState,
    },
    /// The packets that came in were counted.
    Counted {
        /// The peer connection.
        negotiation: Negotiation,
        /// The total number of packets.
        packets: f64,
    },
    /// A peer connection's counters were read.
    Measured {
        /// The negotiation.
        negotiation: Negotiation,
        /// Their values.
        reading: Reading,
    },
}

/// An output: something that the browser must do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Use these servers for every peer connection from now on.
    UseIceServers(IceConfiguration),
    /// Open a socket; one that is open is closed first, silently.
    OpenSocket,
    /// Open an event stream in place of what is open, silently, where no WebSocket opens. It is reported, and takes frames, as a socket.
    OpenStream,
    /// Try whether a WebSocket opens, while the event stream goes on. The next [`Output::OpenSocket`] takes it.
    ProbeSocket,
    /// Ask over HTTP whether the server answers.
    ProbeServer,
    /// Close the socket or the event stream, silently.
    CloseSocket,
    /// Send a frame.
    Send(ClientMessage),
    /// Set or reset a timer.
    StartTimer {
        /// The timer.
        timer: Timer,
        /// The time from now.
        after_ms: u32,
    },
    /// Clear a timer.
    StopTimer(Timer),
    /// Make a peer connection that sends the sound captured now or later, and create its description.
    OpenOffering {
        /// The negotiation.
        negotiation: Negotiation,
        /// Whether the other end may send over it as well.
        receives: bool,
    },
    /// Make a peer connection that receives, apply the offer and create the answer.
    OpenAnswering {
        /// The negotiation.
        negotiation: Negotiation,
        /// Whether it also sends the sound captured now or later.
        sends: bool,
        /// The offer.
        sdp: String,
    },
    /// Play the sound of a peer connection, in place of the current sound of its member.
    Play(Negotiation),
    /// Create a new description of a peer connection under another number, so that it looks for another path.
    Restart {
        /// Its number so far.
        before: Negotiation,
        /// Its number from now on.
        negotiation: Negotiation,
    },
    /// Apply an offer that restarts a peer connection, and create the answer.
    AnswerRestart {
        /// Its number so far.
        before: Negotiation,
        /// Its number from now on.
        negotiation: Negotiation,
        /// The offer.
        sdp: String,
    },
    /// Apply an answer to a peer connection.
    AcceptAnswer {
        /// The negotiation.
        negotiation: Negotiation,
        /// The answer.
        sdp: String,
    },
    /// Add the other side's candidates to a peer connection.
    AddCandidates {
        /// The negotiation.
        negotiation: Negotiation,
        /// The candidates.
        candidates: Vec<Candidate>,
    },
    /// Set how much a peer connection sends.
    Tune {
        /// The negotiation.
        negotiation: Negotiation,
        /// The settings.
        tuning: Tuning,
    },
    /// Close a peer connection, silently.
    ClosePeer(Negotiation),
    /// Use this profile for capturing, negotiating and encoding from now on.
    ApplyProfile(Profile),
    /// Open the microphone again, if the processing of its sound changes.
    ApplyProcessing(Processing),
    /// Send this mix, from now on.
    ApplyMix(Mix),
    /// Ask the browser to start the mixer that it has stopped.
    WakeMixer,
    /// Release one captured device.
    ReleaseSource(Source),
    /// Send the captured sound, or silence in its place.
    SetSending(bool),
    /// Store for the page after a reload that this page had the room.
    LeaveMark(RoomCode),
    /// Animate a reaction.
    ShowReaction(Reaction),
    /// Release the captured devices.
    StopCapture,
}
