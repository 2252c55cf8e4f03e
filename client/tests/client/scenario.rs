//! One page to test: it takes inputs and shows its outputs.

mod outputs;

use std::collections::BTreeMap;

use heartogether::{
    engagement::MessageText,
    id::{DisplayName, MemberId, MessageNumber, NegotiationId, PublicationId, ResumeToken, RoomCode, Seq},
    protocol::{
        Candidate, ClientMessage, FromRoom, PROTOCOL_VERSION, ReceivedSignal, Refused, SendSignal, ServerMessage,
        Signal, ToRoom, Welcome,
    },
    refusal::Refusal,
    role::Role,
    room::{
        EndReason, Joined, Link, Media, MemberView, Missed, Publication, Resumed, RoomEvent, RoomView, SequencedEvent,
        Source, StreamState,
    },
    time::Timestamp,
};
use heartogether_client::{Client, Input, Negotiation, Output, PeerState, Timer};

pub(crate) use outputs::*;

pub(crate) const HOST: MemberId = MemberId::from_bits(1);
pub(crate) const GRACE: MemberId = MemberId::from_bits(2);
pub(crate) const EDSGER: MemberId = MemberId::from_bits(3);
pub(crate) const TOKEN: ResumeToken = ResumeToken::from_bits(7);
pub(crate) const HEARTBEAT_MS: u64 = 10_000;

pub(crate) fn code() -> RoomCode {
    "ABC234".parse().expect("a code of the tests")
}

pub(crate) fn name(text: &str) -> DisplayName {
    DisplayName::parse(text).expect("a name of the tests")
}

pub(crate) fn listener_view(member: MemberId) -> MemberView {
    let at = Timestamp::from_millis(0);
    MemberView {
        member,
        name: name("Somebody"),
        email: None,
        has_picture: false,
        connected: true,
        joined_at: at,
        active_at: at,
        last_reaction: None,
        last_message: None,
    }
}

/// The link on which the host offers to a listener.
pub(crate) const fn link_to(answerer: MemberId) -> Link {
    Link { offerer: HOST, answerer }
}

/// What the host sends, in this state.
pub(crate) fn publication(state: StreamState) -> Publication {
    Publication {
        id: PublicationId::from_bits(1),
        by: HOST,
        media: Media::Audio,
        source: Source::Microphone,
        state,
        silent: false,
        listeners: Vec::new(),
        is_full: false,
        started_at: Timestamp::from_millis(0),
    }
}

/// The room as its host sees it.
pub(crate) fn view(stream: StreamState, listeners: &[MemberId]) -> RoomView {
    let is_sent = !matches!(stream, StreamState::Idle | StreamState::Ended);
    RoomView {
        kind: heartogether::rules::RoomKind::Broadcast,
        code: code(),
        owner: HOST,
        owner_name: name("Ada"),
        name: None,
        last_message: MessageNumber::default(),
        max_members: 30,
        max_pictures: 0,
        attendance: listeners.len() as u32,
        publications: is_sent.then(|| publication(stream)).into_iter().collect(),
        links: listeners.iter().copied().map(link_to).collect(),
        ends_at: None,
        ended: (stream == StreamState::Ended).then_some(EndReason::Stopped),
        members: listeners.iter().copied().map(listener_view).collect(),
        messages: Vec::new(),
        has_earlier_messages: false,
        reports: Vec::new(),
        asks_first: false,
        waiting: Vec::new(),
        pins: Vec::new(),
    }
}

/// The room as a listener sees it, who is not told who else is there.
pub(crate) fn view_of(listener: MemberId, stream: StreamState) -> RoomView {
    RoomView { members: Vec::new(), ..view(stream, &[listener]) }
}

/// What the room says.
pub(crate) fn from_room(message: FromRoom) -> ServerMessage {
    ServerMessage::from_room(code(), message)
}

pub(crate) fn joined(member: MemberId, seq: u64, room: RoomView) -> ServerMessage {
    from_room(FromRoom::Joined(place(member, seq, room)))
}

/// A place that is given.
pub(crate) fn place(member: MemberId, seq: u64, room: RoomView) -> Joined {
    let (seq, now) = (Seq(seq), Timestamp::from_millis(0));
    Joined { member, token: TOKEN, seq, now, room, blocked: Vec::new(), sound_elsewhere: false, ice_servers: None }
}

pub(crate) fn candidate(text: &str) -> Candidate {
    Candidate { candidate: text.to_owned(), sdp_mid: Some("0".to_owned()), sdp_m_line_index: Some(0) }
}

/// A page and the last place in the log that it was told of.
pub(crate) struct Page {
    pub(crate) client: Client,
    seq: u64,
    /// With whom a number is negotiated.
    members: BTreeMap<u32, MemberId>,
}

impl Page {
    pub(crate) fn new(role: Role, take_over: bool, seed: u32) -> Self {
        Self { client: Client::new(role, code(), take_over, seed), seq: 10, members: BTreeMap::new() }
    }

    /// A host in the room, sharing nothing.
    pub(crate) fn hosting(listeners: &[MemberId]) -> Self {
        let mut page = Self::new(Role::Host, false, 100);
        page.arrive(HOST, view(StreamState::Idle, listeners));
        page
    }

    /// A host whose sound goes out. The negotiations with those who are there are 100, 101, …
    pub(crate) fn live(listeners: &[MemberId]) -> Self {
        let mut page = Self::hosting(listeners);
        page.take(Input::CaptureStarted(Source::Microphone));
        page.stream(StreamState::Live);
        page
    }

    /// A host whose sound reaches Grace over negotiation 100.
    pub(crate) fn reaching() -> Self {
        let mut page = Self::live(&[GRACE]);
        page.describe(100);
        page.accept(100);
        page.change(100, PeerState::Connected);
        page
    }

    /// A listener in the room, without a peer connection.
    pub(crate) fn listening(stream: StreamState) -> Self {
        let mut page = Self::new(Role::Listener, false, 5);
        page.arrive(GRACE, view_of(GRACE, stream));
        page
    }

    /// A listener to whom sound flows over negotiation 100.
    pub(crate) fn hearing(stream: StreamState) -> Self {
        let mut page = Self::listening(stream);
        page.signal(HOST, offer(100));
        page.accept(100);
        page.change(100, PeerState::Connected);
        page
    }

    fn arrive(&mut self, member: MemberId, room: RoomView) {
        self.take(Input::Started);
        self.take(Input::SocketOpened);
        self.welcome();
        self.hear(joined(member, 10, room));
    }

    pub(crate) fn take(&mut self, input: Input) -> Vec<Output> {
        let commands = self.client.step(input);
        self.members.extend(commands.iter().filter_map(opened).map(|opened| (opened.id.0, opened.member)));
        commands
    }

    /// The negotiation of this number; one that never was is with Grace.
    pub(crate) fn negotiation(&self, number: u32) -> Negotiation {
        with(self.members.get(&number).copied().unwrap_or(GRACE), number)
    }

    pub(crate) fn hear(&mut self, message: ServerMessage) -> Vec<Output> {
        self.take(Input::Received(message))
    }

    pub(crate) fn welcome(&mut self) -> Vec<Output> {
        self.hear(ServerMessage::Welcome(Welcome { protocol: PROTOCOL_VERSION, heartbeat_ms: HEARTBEAT_MS }))
    }

    /// The page is told no. It does the same whether the room says so or the server, in the room's place.
    pub(crate) fn refuse(&mut self, refusal: Refusal) -> Vec<Output> {
        let told_by_server = self.client.clone().step(Input::Received(ServerMessage::Refused(Refused { refusal })));
        let told_by_room = self.hear(from_room(FromRoom::Refused { refusal }));
        assert_eq!(told_by_server, told_by_room);
        told_by_room
    }

    pub(crate) fn learn(&mut self, event: RoomEvent) -> Vec<Output> {
        self.learn_all([event])
    }

    /// What one entry of the log has brought about.
    pub(crate) fn learn_all(&mut self, events: impl IntoIterator<Item = RoomEvent>) -> Vec<Output> {
        self.seq += 1;
        let seq = Seq(self.seq);
        let done = events.into_iter().map(|event| self.hear(from_room(FromRoom::Event(SequencedEvent { seq, event }))));
        done.collect::<Vec<_>>().concat()
    }

    pub(crate) fn stream(&mut self, stream: StreamState) -> Vec<Output> {
        self.learn(sends(stream))
    }

    pub(crate) fn signal(&mut self, from: MemberId, signal: Signal) -> Vec<Output> {
        self.hear(from_room(FromRoom::Signal(ReceivedSignal { from, signal })))
    }

    pub(crate) fn fire(&mut self, timer: Timer) -> Vec<Output> {
        self.take(Input::TimerFired(timer))
    }

    pub(crate) fn change(&mut self, negotiation: u32, state: PeerState) -> Vec<Output> {
        self.take(Input::PeerChanged { negotiation: self.negotiation(negotiation), state })
    }

    pub(crate) fn describe(&mut self, negotiation: u32) -> Vec<Output> {
        self.take(Input::PeerDescribed { negotiation: self.negotiation(negotiation), sdp: sdp(negotiation) })
    }

    pub(crate) fn accept(&mut self, negotiation: u32) -> Vec<Output> {
        self.take(Input::PeerAccepted { negotiation: self.negotiation(negotiation) })
    }

    pub(crate) fn gather(&mut self, negotiation: u32, text: &str) -> Vec<Output> {
        self.take(Input::PeerGathered { negotiation: self.negotiation(negotiation), candidate: candidate(text) })
    }

    pub(crate) fn lose(&mut self) -> Vec<Output> {
        self.take(Input::SocketClosed)
    }

    /// A new socket, up to the place being asked for.
    pub(crate) fn reconnect(&mut self) -> Vec<Output> {
        self.fire(Timer::Reconnect);
        let asked = self.take(Input::SocketOpened);
        introduced(&asked);
        self.welcome();
        asked
    }

    /// A new socket and the old place.
    pub(crate) fn resume(&mut self, missed: Missed) -> Vec<Output> {
        self.reconnect();
        self.seq += 1;
        let (seq, now) = (Seq(self.seq), Timestamp::from_millis(0));
        let resumed = Resumed { seq, now, missed, blocked: Vec::new(), sound_elsewhere: false, ice_servers: None };
        self.hear(from_room(FromRoom::Resumed(resumed)))
    }

    pub(crate) fn miss(&mut self, events: Vec<RoomEvent>) -> Vec<Output> {
        self.resume(Missed::Events(events))
    }
}

/// A negotiation with a member.
pub(crate) const fn with(member: MemberId, number: u32) -> Negotiation {
    Negotiation { member, id: NegotiationId(number) }
}

pub(crate) fn sdp(negotiation: u32) -> String {
    format!("sdp of {negotiation}")
}

pub(crate) fn offer(negotiation: u32) -> Signal {
    Signal::Offer { negotiation: NegotiationId(negotiation), sdp: sdp(negotiation), restarts: None }
}

/// An offer that goes on with an attempt made before.
pub(crate) fn offer_again(negotiation: u32, restarts: u32) -> Signal {
    let (negotiation, restarts) = (NegotiationId(negotiation), Some(NegotiationId(restarts)));
    Signal::Offer { negotiation, sdp: sdp(negotiation.0), restarts }
}

pub(crate) fn answer(negotiation: u32) -> Signal {
    Signal::Answer { negotiation: NegotiationId(negotiation), sdp: sdp(negotiation) }
}

pub(crate) fn found(negotiation: u32, texts: &[&str]) -> Signal {
    let candidates = texts.iter().copied().map(candidate).collect();
    Signal::Candidates { negotiation: NegotiationId(negotiation), candidates }
}

pub(crate) fn hung_up(negotiation: u32) -> Signal {
    Signal::Closed { negotiation: NegotiationId(negotiation) }
}

/// The member has written something.
pub(crate) const fn wrote(text: MessageText) -> Input {
    Input::MessageWritten { text, pictures: Vec::new(), reply_to: None }
}

/// A listener takes a place, or comes back to theirs with a new page.
pub(crate) fn comes(member: MemberId) -> Vec<RoomEvent> {
    vec![RoomEvent::MemberJoined { member: listener_view(member) }, RoomEvent::LinkOpened { link: link_to(member) }]
}

/// A listener's place is free.
pub(crate) fn leaves(member: MemberId) -> Vec<RoomEvent> {
    vec![RoomEvent::MemberLeft { member }, RoomEvent::LinkClosed { peer: member }]
}

/// A listener's connection is gone, or there again.
pub(crate) fn connected(member: MemberId, connected: bool) -> RoomEvent {
    RoomEvent::MemberConnected { member, connected }
}

/// What the host sends is in this state from now on.
pub(crate) fn sends(stream: StreamState) -> RoomEvent {
    let publication = publication(stream);
    match stream {
        StreamState::Idle | StreamState::Ended => RoomEvent::PublicationEnded { publication: publication.id },
        _ => RoomEvent::PublicationChanged { publication },
    }
}

/// What the host sends gives no sound, or does again.
pub(crate) fn is_silent(silent: bool) -> RoomEvent {
    RoomEvent::PublicationChanged { publication: Publication { silent, ..publication(StreamState::Live) } }
}

pub(crate) fn say(to: MemberId, signal: Signal) -> ClientMessage {
    to_room(ToRoom::Signal(SendSignal { to, signal }))
}
