//! Peer connections, one for each member on the other side. The host always offers, so offers never collide; an answer
//! or candidate of an attempt that is no longer current is dropped.

use heartogether::{
    id::{MemberId, NegotiationId},
    limits::CANDIDATES_PER_SIGNAL,
    role::Role,
    wire::{Candidate, ClientMessage, SendSignal, Signal, StreamState},
};

use super::{
    Client, Command, Profile, Timer,
    adaptation::{Adaptation, Network},
    quality::Quality,
};

/// Milliseconds candidates are gathered before they are sent together: long enough for those of all local interfaces,
/// short against a round trip.
const GATHER_MS: u32 = 5;
/// Milliseconds after which a listener without an offer asks for one.
const OFFER_REQUEST_MS: u32 = 1_200;
/// Candidates that may wait for a description; no browser finds as many.
const MAX_WAITING: usize = 4 * CANDIDATES_PER_SIGNAL;
/// Milliseconds an attempt may take, many round trips of a slow network. A browser that finds no candidates at all never
/// says that it has failed.
const ATTEMPT_MS: u32 = 8_000;
/// Milliseconds that sound goes on to a listener whose place is free because their signalling stayed away: longer than
/// the longest pause between two attempts to connect again.
const LINGER_MS: u32 = 60_000;
/// How often a listener asks before it waits for the room to change.
const OFFER_REQUESTS: u32 = 10;

/// How a peer connection is (W3C WebRTC, `RTCPeerConnectionState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerState {
    /// On the way.
    Connecting,
    /// Media can flow.
    Connected,
    /// Nothing has come through for a moment; it may come back.
    Disconnected,
    /// It will not come back.
    Failed,
}

impl PeerState {
    /// The state's name, for people and tests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Disconnected => "reconnecting",
            Self::Failed => "failed",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Peer {
    pub(super) member: MemberId,
    /// Which attempt made it.
    pub(super) origin: NegotiationId,
    /// Which description of it is current.
    pub(super) negotiation: NegotiationId,
    pub(super) state: PeerState,
    pub(super) quality: Quality,
    /// Whether media has ever flowed.
    pub(super) is_established: bool,
    /// Whether its listener's place is free by now, and only the sound is still there.
    lingers: bool,
    /// How often it was restarted since media flowed last.
    pub(super) restarts: u32,
    /// Whether the own description is on its way; the own candidates wait for it.
    described: bool,
    gathered: Vec<Candidate>,
    /// Whether the other side's description is set; its candidates wait for it.
    pub(super) accepted: bool,
    received: Vec<Candidate>,
}

impl Peer {
    /// Goes on under another number: what was negotiated before is void. Returns the number before.
    pub(super) fn renumber(&mut self, negotiation: NegotiationId) -> NegotiationId {
        (self.described, self.accepted) = (false, false);
        self.gathered.clear();
        self.received.clear();
        std::mem::replace(&mut self.negotiation, negotiation)
    }
}

/// The peer connections of a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Peers {
    all: Vec<Peer>,
    /// What the browser thinks of its network.
    pub(super) network: Network,
    next: u32,
    was_connected: bool,
    offers_requested: u32,
}

impl Peers {
    pub(super) fn new(seed: u32) -> Self {
        Self { all: Vec::new(), network: Network::default(), next: seed, was_connected: false, offers_requested: 0 }
    }

    pub(super) fn state(&self, member: MemberId) -> Option<PeerState> {
        self.all.iter().find(|peer| peer.member == member).map(|peer| peer.state)
    }

    pub(super) fn any_connected(&self) -> bool {
        self.all.iter().any(|peer| peer.state == PeerState::Connected)
    }

    pub(super) fn was_connected(&self) -> bool {
        self.was_connected
    }

    /// The peer connection with a member.
    pub(super) fn with(&mut self, member: MemberId) -> Option<&mut Peer> {
        self.all.iter_mut().find(|peer| peer.member == member)
    }

    /// Everybody with a peer connection.
    pub(super) fn members(&self) -> Vec<MemberId> {
        self.all.iter().map(|peer| peer.member).collect()
    }

    /// A number that no attempt has had.
    pub(super) fn draw(&mut self) -> NegotiationId {
        let negotiation = NegotiationId(self.next);
        self.next = self.next.wrapping_add(1);
        negotiation
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Peer> {
        self.all.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Peer> {
        self.all.iter_mut()
    }

    pub(super) fn find(&mut self, negotiation: NegotiationId) -> Option<&mut Peer> {
        self.all.iter_mut().find(|peer| peer.negotiation == negotiation)
    }

    fn current(&mut self, member: MemberId, negotiation: NegotiationId) -> Option<&mut Peer> {
        self.find(negotiation).filter(|peer| peer.member == member)
    }

    fn open(&mut self, member: MemberId, negotiation: NegotiationId, profile: Profile, out: &mut Vec<Command>) {
        self.close(member, out);
        self.all.push(Peer {
            member,
            origin: negotiation,
            negotiation,
            state: PeerState::Connecting,
            quality: Quality::new(Adaptation::new(profile, self.network)),
            is_established: false,
            lingers: false,
            restarts: 0,
            described: false,
            gathered: Vec::new(),
            accepted: false,
            received: Vec::new(),
        });
    }

    fn offer(&mut self, member: MemberId, profile: Profile, out: &mut Vec<Command>) -> NegotiationId {
        let negotiation = self.draw();
        self.open(member, negotiation, profile, out);
        out.push(Command::OpenOffering(negotiation));
        negotiation
    }

    pub(super) fn answer(&mut self, host: MemberId, negotiation: NegotiationId, sdp: String, out: &mut Vec<Command>) {
        self.open(host, negotiation, Profile::default(), out);
        out.push(Command::OpenAnswering { negotiation, sdp });
        out.push(Command::StartTimer { timer: Timer::Attempt, after_ms: ATTEMPT_MS });
    }

    pub(super) fn take_answer(
        &mut self,
        from: MemberId,
        negotiation: NegotiationId,
        sdp: String,
        out: &mut Vec<Command>,
    ) {
        if self.current(from, negotiation).is_some_and(|peer| !peer.accepted) {
            out.push(Command::AcceptAnswer { negotiation, sdp });
        }
    }

    pub(super) fn take_candidates(
        &mut self,
        from: MemberId,
        negotiation: NegotiationId,
        candidates: Vec<Candidate>,
        out: &mut Vec<Command>,
    ) {
        match self.current(from, negotiation) {
            Some(peer) if peer.accepted => out.push(Command::AddCandidates { negotiation, candidates }),
            Some(peer) if peer.received.len() < MAX_WAITING => peer.received.extend(candidates),
            Some(_) => {}
            None => {}
        }
    }

    /// The other side's description is set: its candidates need wait no longer.
    pub(super) fn accept(&mut self, negotiation: NegotiationId, out: &mut Vec<Command>) {
        let Some(peer) = self.find(negotiation) else { return };
        peer.accepted = true;
        let candidates = std::mem::take(&mut peer.received);
        if !candidates.is_empty() {
            out.push(Command::AddCandidates { negotiation, candidates });
        }
    }

    pub(super) fn gather(&mut self, negotiation: NegotiationId, candidate: Candidate, out: &mut Vec<Command>) {
        if let Some(peer) = self.find(negotiation) {
            peer.gathered.push(candidate);
            out.push(Command::StartTimer { timer: Timer::Candidates, after_ms: GATHER_MS });
        }
    }

    pub(super) fn close(&mut self, member: MemberId, out: &mut Vec<Command>) {
        let leaving = self.all.iter().filter(|peer| peer.member == member);
        out.extend(leaving.map(|peer| Command::ClosePeer(peer.negotiation)));
        self.all.retain(|peer| peer.member != member);
    }

    /// Closes what was still being negotiated for the first time when signalling went away: some of it was lost on the
    /// way.
    pub(super) fn close_unsettled(&mut self, out: &mut Vec<Command>) {
        let unsettled = self.all.iter().filter(|peer| !peer.is_established);
        out.extend(unsettled.map(|peer| Command::ClosePeer(peer.negotiation)));
        self.all.retain(|peer| peer.is_established);
    }

    pub(super) fn close_all(&mut self, out: &mut Vec<Command>) {
        out.extend(self.all.drain(..).map(|peer| Command::ClosePeer(peer.negotiation)));
    }
}

impl Client {
    /// Offers a new peer connection to a listener, in place of the one there may be.
    pub(super) fn offer(&mut self, member: MemberId, out: &mut Vec<Command>) {
        if self.broadcast.is_capturing() {
            let negotiation = self.peers.offer(member, self.profile(), out);
            self.tune(negotiation, out);
        }
    }

    /// Offers to every listener who is there and not served yet.
    pub(super) fn offer_to_all(&mut self, out: &mut Vec<Command>) {
        let Some(room) = &self.room else { return };
        let is_served = |member| self.peers.state(member).is_some();
        let unserved = room.listeners.iter().filter(|listener| listener.attached && !is_served(listener.member));
        for member in unserved.map(|listener| listener.member).collect::<Vec<_>>() {
            self.offer(member, out);
        }
    }

    /// Closes every peer connection and says so.
    pub(super) fn hang_up_all(&mut self, out: &mut Vec<Command>) {
        for peer in &self.peers.all {
            self.signal(peer.member, Signal::Closed { negotiation: peer.negotiation }, out);
        }
        self.peers.close_all(out);
    }

    /// Sends the own description of a peer connection, and the candidates that waited for it.
    pub(super) fn send_description(&mut self, negotiation: NegotiationId, sdp: String, out: &mut Vec<Command>) {
        let role = self.role;
        let Some(peer) = self.peers.find(negotiation) else { return };
        peer.described = true;
        let member = peer.member;
        let signal = match role {
            Role::Host => {
                Signal::Offer { negotiation, sdp, restarts: (peer.origin != negotiation).then_some(peer.origin) }
            }
            Role::Listener => Signal::Answer { negotiation, sdp },
        };
        self.signal(member, signal, out);
        self.send_candidates(out);
    }

    pub(super) fn send_candidates(&mut self, out: &mut Vec<Command>) {
        if !self.link.is_attached() {
            return;
        }
        for peer in self.peers.all.iter_mut().filter(|peer| peer.described && !peer.gathered.is_empty()) {
            let gathered = std::mem::take(&mut peer.gathered);
            for candidates in gathered.chunks(CANDIDATES_PER_SIGNAL).map(<[_]>::to_vec) {
                let signal = Signal::Candidates { negotiation: peer.negotiation, candidates };
                out.push(Command::Send(ClientMessage::Signal(SendSignal { to: peer.member, signal })));
            }
        }
    }

    pub(super) fn change_peer(&mut self, negotiation: NegotiationId, state: PeerState, out: &mut Vec<Command>) {
        let Some(peer) = self.peers.find(negotiation) else { return };
        peer.state = state;
        let (member, is_established) = (peer.member, peer.is_established);
        match state {
            PeerState::Connected => {
                (peer.is_established, peer.restarts) = (true, 0);
                self.peers.was_connected = true;
            }
            PeerState::Disconnected => self.expect_recovery(member, out),
            PeerState::Failed if is_established => self.recover(member, out),
            PeerState::Failed => self.give_up(member, out),
            PeerState::Connecting => {}
        }
    }

    /// Closes the peer connection with a member and says so: ends fail at different times, and one that never heard of
    /// the other waits for ever.
    pub(super) fn give_up(&mut self, member: MemberId, out: &mut Vec<Command>) {
        let Some(negotiation) = self.peers.with(member).map(|peer| peer.negotiation) else { return };
        self.signal(member, Signal::Closed { negotiation }, out);
        self.peers.close(member, out);
        self.request_offer_if_needed(out);
    }

    /// The listener's end watches over an attempt; the host's hears of it.
    pub(super) fn give_up_attempts(&mut self, out: &mut Vec<Command>) {
        let pending = self.peers.all.iter().filter(|peer| !peer.is_established);
        for negotiation in pending.map(|peer| peer.negotiation).collect::<Vec<_>>() {
            self.change_peer(negotiation, PeerState::Failed, out);
        }
    }

    /// The other side says that it has closed an attempt. Even one of old is news to a listener who asked in vain: the
    /// host is there.
    pub(super) fn take_closed(&mut self, from: MemberId, negotiation: NegotiationId, out: &mut Vec<Command>) {
        if self.peers.current(from, negotiation).is_some() {
            self.peers.close(from, out);
        }
        self.request_offer_if_needed(out);
    }

    /// A listener's place is free. Whoever was away at the time has lost their signalling, not their sound: it goes on
    /// for a while, until they are back in another place.
    pub(super) fn part(&mut self, member: MemberId, was_away: bool, out: &mut Vec<Command>) {
        let is_wanted = was_away && !self.is_removed(member);
        match self.peers.with(member).filter(|peer| is_wanted && peer.state == PeerState::Connected) {
            Some(peer) => {
                peer.lingers = true;
                out.push(Command::StartTimer { timer: Timer::Linger(member), after_ms: LINGER_MS });
            }
            None => self.peers.close(member, out),
        }
    }

    /// Closes the peer connections of listeners who are no longer in the room.
    pub(super) fn close_departed(&mut self, out: &mut Vec<Command>) {
        let Some(room) = &self.room else { return };
        let is_there = |member| room.listeners.iter().any(|listener| listener.member == member);
        let staying = self.peers.all.iter().filter(|peer| !peer.lingers);
        let departed = staying.map(|peer| peer.member).filter(|member| !is_there(*member));
        for member in departed.collect::<Vec<_>>() {
            self.peers.close(member, out);
        }
    }

    /// A listener who could hear and has no peer connection asks for an offer, unless one comes by itself.
    pub(super) fn request_offer_if_needed(&mut self, out: &mut Vec<Command>) {
        if self.lacks_offer() {
            self.peers.offers_requested = 0;
            out.push(Command::StartTimer { timer: Timer::OfferRequest, after_ms: OFFER_REQUEST_MS });
        }
    }

    pub(super) fn request_offer(&mut self, out: &mut Vec<Command>) {
        let Some(host) = self.room.as_ref().map(|room| room.host) else { return };
        if !self.link.is_attached() || !self.lacks_offer() || self.peers.offers_requested >= OFFER_REQUESTS {
            return;
        }
        self.peers.offers_requested += 1;
        self.signal(host, Signal::OfferRequest { restarts: None }, out);
        out.push(Command::StartTimer { timer: Timer::OfferRequest, after_ms: OFFER_REQUEST_MS });
    }

    fn lacks_offer(&self) -> bool {
        let could_hear = matches!(self.stream(), StreamState::Live | StreamState::Paused);
        self.role == Role::Listener && could_hear && self.peers.all.is_empty()
    }

    pub(super) fn signal(&self, to: MemberId, signal: Signal, out: &mut Vec<Command>) {
        if self.link.is_attached() {
            out.push(Command::Send(ClientMessage::Signal(SendSignal { to, signal })));
        }
    }
}
