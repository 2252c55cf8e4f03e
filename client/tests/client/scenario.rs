//! One page to try things on: it takes inputs and shows its commands.

use heartogether::{
    id::{DisplayName, MemberId, NegotiationId, ResumeToken, RoomCode, Seq},
    protocol::{
        Candidate, ClientMessage, ListenerView, Missed, PROTOCOL_VERSION, ReceivedSignal, Refused, RoomEvent,
        RoomJoined, RoomResumed, RoomView, SendSignal, SequencedEvent, ServerMessage, Signal, Source, StreamState,
        Welcome,
    },
    refusal::Refusal,
    role::Role,
    time::Timestamp,
};
use heartogether_client::{Client, Input, Output, PeerState, Timer};

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

pub(crate) fn listener_view(member: MemberId) -> ListenerView {
    let at = Timestamp::from_millis(0);
    ListenerView {
        member,
        name: name("Somebody"),
        email: None,
        attached: true,
        joined_at: at,
        active_at: at,
        last_reaction: None,
        last_message: None,
    }
}

pub(crate) fn view(stream: StreamState, listeners: &[MemberId]) -> RoomView {
    RoomView {
        code: code(),
        host: HOST,
        host_name: name("Ada"),
        max_listeners: 30,
        stream,
        silent: false,
        started_at: None,
        ends_at: None,
        ended: None,
        listeners: listeners.iter().copied().map(listener_view).collect(),
        messages: Vec::new(),
        has_earlier_messages: false,
    }
}

pub(crate) fn joined(member: MemberId, seq: u64, room: RoomView) -> ServerMessage {
    ServerMessage::RoomJoined(RoomJoined {
        member,
        token: TOKEN,
        seq: Seq(seq),
        now: Timestamp::from_millis(0),
        room,
        ice_servers: None,
    })
}

pub(crate) fn candidate(text: &str) -> Candidate {
    Candidate { candidate: text.to_owned(), sdp_mid: Some("0".to_owned()), sdp_m_line_index: Some(0) }
}

/// A page and the last place in the log that it was told of.
pub(crate) struct Page {
    pub(crate) client: Client,
    seq: u64,
}

impl Page {
    pub(crate) fn new(role: Role, take_over: bool, seed: u32) -> Self {
        Self { client: Client::new(role, code(), take_over, seed), seq: 10 }
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
        page.arrive(GRACE, view(stream, &[]));
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
        self.client.step(input)
    }

    pub(crate) fn hear(&mut self, message: ServerMessage) -> Vec<Output> {
        self.take(Input::Received(message))
    }

    pub(crate) fn welcome(&mut self) -> Vec<Output> {
        self.hear(ServerMessage::Welcome(Welcome { protocol: PROTOCOL_VERSION, heartbeat_ms: HEARTBEAT_MS }))
    }

    pub(crate) fn refuse(&mut self, refusal: Refusal) -> Vec<Output> {
        self.hear(ServerMessage::Refused(Refused { refusal }))
    }

    pub(crate) fn learn(&mut self, event: RoomEvent) -> Vec<Output> {
        self.seq += 1;
        self.hear(ServerMessage::RoomEvent(SequencedEvent { seq: Seq(self.seq), event }))
    }

    pub(crate) fn stream(&mut self, stream: StreamState) -> Vec<Output> {
        self.learn(RoomEvent::StreamChanged { stream, started_at: None })
    }

    pub(crate) fn signal(&mut self, from: MemberId, signal: Signal) -> Vec<Output> {
        self.hear(ServerMessage::Signal(ReceivedSignal { from, signal }))
    }

    pub(crate) fn fire(&mut self, timer: Timer) -> Vec<Output> {
        self.take(Input::TimerFired(timer))
    }

    pub(crate) fn change(&mut self, negotiation: u32, state: PeerState) -> Vec<Output> {
        self.take(Input::PeerChanged { negotiation: NegotiationId(negotiation), state })
    }

    pub(crate) fn describe(&mut self, negotiation: u32) -> Vec<Output> {
        self.take(Input::PeerDescribed { negotiation: NegotiationId(negotiation), sdp: sdp(negotiation) })
    }

    pub(crate) fn accept(&mut self, negotiation: u32) -> Vec<Output> {
        self.take(Input::PeerAccepted { negotiation: NegotiationId(negotiation) })
    }

    pub(crate) fn gather(&mut self, negotiation: u32, text: &str) -> Vec<Output> {
        self.take(Input::PeerGathered { negotiation: NegotiationId(negotiation), candidate: candidate(text) })
    }

    pub(crate) fn lose(&mut self) -> Vec<Output> {
        self.take(Input::SocketClosed)
    }

    /// A new socket, up to the place being asked for.
    pub(crate) fn reconnect(&mut self) -> Vec<Output> {
        self.fire(Timer::Reconnect);
        let asked = self.take(Input::SocketOpened);
        self.welcome();
        asked
    }

    /// A new socket and the old place.
    pub(crate) fn resume(&mut self, missed: Missed) -> Vec<Output> {
        self.reconnect();
        self.seq += 1;
        self.hear(ServerMessage::RoomResumed(RoomResumed {
            seq: Seq(self.seq),
            now: Timestamp::from_millis(0),
            missed,
            ice_servers: None,
        }))
    }

    pub(crate) fn miss(&mut self, events: Vec<RoomEvent>) -> Vec<Output> {
        self.resume(Missed::Events(events))
    }
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

pub(crate) fn listener_joined(member: MemberId) -> RoomEvent {
    RoomEvent::ListenerJoined { listener: listener_view(member) }
}

pub(crate) fn say(to: MemberId, signal: Signal) -> ClientMessage {
    ClientMessage::Signal(SendSignal { to, signal })
}

pub(crate) fn sent(commands: &[Output]) -> Vec<ClientMessage> {
    let sent = commands.iter().filter_map(|command| match command {
        Output::Send(message) => Some(message.clone()),
        _ => None,
    });
    sent.collect()
}

pub(crate) fn offered(commands: &[Output]) -> Vec<u32> {
    let offered = commands.iter().filter_map(|command| match command {
        Output::OpenOffering(negotiation) => Some(negotiation.0),
        _ => None,
    });
    offered.collect()
}

/// The attempts that are restarted, and under which numbers they go on.
pub(crate) fn restarted(commands: &[Output]) -> Vec<(u32, u32)> {
    let restarted = commands.iter().filter_map(|command| match command {
        Output::Restart { before, negotiation } => Some((before.0, negotiation.0)),
        _ => None,
    });
    restarted.collect()
}

pub(crate) fn closed(commands: &[Output]) -> Vec<u32> {
    let closed = commands.iter().filter_map(|command| match command {
        Output::ClosePeer(negotiation) => Some(negotiation.0),
        _ => None,
    });
    closed.collect()
}

/// When a timer is set to run out.
pub(crate) fn timer(commands: &[Output], wanted: Timer) -> Option<u32> {
    commands.iter().find_map(|command| match command {
        Output::StartTimer { timer, after_ms } if *timer == wanted => Some(*after_ms),
        _ => None,
    })
}
