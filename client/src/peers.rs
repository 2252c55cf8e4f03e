//! Peer connections, one for each linked member, and for a moment two while one replaces another. An answer or
//! candidate of an attempt that is no longer current is dropped.

use heartogether::{
    id::{MemberId, NegotiationId},
    limits::CANDIDATES_PER_SIGNAL,
    protocol::Candidate,
};
use litemap::LiteMap;

use super::{
    Negotiation, Output, PeerState, Profile, Timer,
    adaptation::{Adaptation, Network},
    no_path::{NoPath, SideCandidates},
    packet_flow::PacketFlow,
    peer_quality::Quality,
};

/// Milliseconds candidates are gathered before they are sent together: long enough for those of all local interfaces,
/// short against a round trip. As short, hidden pages keep it.
const GATHER_MS: u32 = 5;
/// Candidates that may wait for a description; no browser finds as many.
const MAX_WAITING: usize = 8 * CANDIDATES_PER_SIGNAL;
/// Milliseconds an attempt may take, many round trips of a slow network. A browser that finds no candidates at all never
/// says that it has failed.
const ATTEMPT_MS: u32 = 8_000;
/// Attempts in a row that may come to nothing before people are told: one can be bad luck.
const VAIN_ATTEMPTS: u32 = 3;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Peer {
    pub(super) member: MemberId,
    /// Which attempt made it.
    pub(super) origin: NegotiationId,
    /// Which description of it is current.
    pub(super) negotiation: NegotiationId,
    pub(super) state: PeerState,
    /// Whether this page offered it.
    pub(super) is_offered: bool,
    /// Whether the other end may send over it.
    pub(super) receives: bool,
    pub(super) quality: Quality,
    /// Whether media has ever flowed.
    pub(super) is_established: bool,
    /// Whether its member's place is free by now, and only the sound is still there.
    pub(super) lingers: bool,
    /// Whether another one is on its way to take its place, and it only goes on until that one connects.
    pub(super) is_superseded: bool,
    /// Whether its path may lead nowhere any more, whatever the browser says.
    pub(super) is_suspect: bool,
    /// Whether its member has asked for it since it was begun.
    pub(super) was_asked_for: bool,
    /// Whether what it brings is played.
    pub(super) plays: bool,
    pub(super) flow: PacketFlow,
    /// How often it was restarted since media flowed last.
    pub(super) restarts: u32,
    /// Whether the own description is on its way; the own candidates wait for it.
    pub(super) described: bool,
    pub(super) gathered: Vec<Candidate>,
    /// Whether the other side's description is set; its candidates wait for it.
    pub(super) accepted: bool,
    received: Vec<Candidate>,
    /// The candidates of both sides, this one's first.
    candidates: (SideCandidates, SideCandidates),
}

impl Peer {
    /// Which description of which peer connection is current.
    pub(super) const fn key(&self) -> Negotiation {
        Negotiation { member: self.member, id: self.negotiation }
    }

    /// Why it did not connect, if it did not.
    pub(super) fn no_path(&self) -> NoPath {
        NoPath::between(&self.candidates.0, &self.candidates.1)
    }

    /// Goes on under another number: what was negotiated before is void. Returns what it was before.
    pub(super) fn renumber(&mut self, negotiation: NegotiationId) -> Negotiation {
        let before = self.key();
        (self.described, self.accepted) = (false, false);
        self.gathered.clear();
        self.received.clear();
        self.negotiation = negotiation;
        before
    }
}

/// The peer connections of a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Peers {
    pub(super) all: Vec<Peer>,
    /// What the browser thinks of its network.
    pub(super) network: Network,
    next: u32,
    pub(super) was_connected: bool,
    pub(super) offers_requested: u32,
    /// How many attempts in a row came to nothing, and why the last one did, for those to whom nothing leads.
    vain: LiteMap<MemberId, (u32, NoPath)>,
}

impl Peers {
    pub(super) fn new(seed: u32) -> Self {
        Self {
            all: Vec::new(),
            network: Network::default(),
            next: seed,
            was_connected: false,
            offers_requested: 0,
            vain: LiteMap::new(),
        }
    }

    /// An attempt came to nothing, and nothing else leads to the member.
    pub(super) fn fail(&mut self, member: MemberId, why: NoPath) {
        let (attempts, last) = self.vain.entry(member).or_default();
        (*attempts, *last) = (*attempts + 1, why);
    }

    /// Something leads to the member.
    pub(super) fn reach(&mut self, member: MemberId) {
        self.vain.remove(&member);
    }

    /// Nothing is sent, so nothing can fail.
    pub(super) fn rest(&mut self) {
        self.vain.clear();
    }

    /// Whether attempts go on coming to nothing.
    pub(super) fn is_out_of_reach(&self, member: MemberId) -> bool {
        self.no_path(member).is_some()
    }

    /// Why attempts go on coming to nothing, if they do.
    pub(super) fn no_path(&self, member: MemberId) -> Option<NoPath> {
        let (attempts, why) = self.vain.get(&member)?;
        (*attempts >= VAIN_ATTEMPTS).then_some(*why)
    }

    /// How the sound gets to a member or from them: while one succeeds another, over the one before.
    pub(super) fn state(&self, member: MemberId) -> Option<PeerState> {
        let with_member = || self.all.iter().filter(|peer| peer.member == member);
        with_member().find(|peer| peer.is_superseded).or(with_member().next()).map(|peer| peer.state)
    }

    pub(super) fn any_connected(&self) -> bool {
        self.all.iter().any(|peer| peer.state == PeerState::Connected)
    }

    /// Whether one is connected over which something has come.
    pub(super) fn any_flows(&self) -> bool {
        self.all.iter().any(|peer| peer.state == PeerState::Connected && peer.flow.has_begun())
    }

    pub(super) fn was_connected(&self) -> bool {
        self.was_connected
    }

    /// The peer connection with a member; where one succeeds another, the one to come.
    pub(super) fn with(&mut self, member: MemberId) -> Option<&mut Peer> {
        self.all.iter_mut().find(|peer| peer.member == member && !peer.is_superseded)
    }

    /// Everybody with a peer connection.
    pub(super) fn members(&self) -> Vec<MemberId> {
        self.iter().map(|peer| peer.member).collect()
    }

    /// A negotiation with a member, of a number that no attempt of this page has had, nor one of theirs that is still there.
    pub(super) fn draw(&mut self, member: MemberId) -> Negotiation {
        loop {
            let negotiation = Negotiation { member, id: NegotiationId(self.next) };
            self.next = self.next.wrapping_add(1);
            if self.find(negotiation).is_none() {
                return negotiation;
            }
        }
    }

    /// One for each member; where one succeeds another, the one to come.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Peer> {
        self.all.iter().filter(|peer| !peer.is_superseded)
    }

    /// One for each member; where one succeeds another, the one before, over which the sound goes.
    pub(super) fn flowing(&self) -> impl Iterator<Item = &Peer> {
        self.all.iter().filter(|peer| peer.is_superseded || !self.is_succeeding(peer.member))
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Peer> {
        self.all.iter_mut()
    }

    pub(super) fn find(&mut self, negotiation: Negotiation) -> Option<&mut Peer> {
        self.all.iter_mut().find(|peer| peer.key() == negotiation)
    }

    fn open(
        &mut self,
        Negotiation { member, id }: Negotiation,
        (profile, is_offered, receives): (Profile, bool, bool),
        out: &mut Vec<Output>,
    ) {
        self.make_way(member, out);
        self.all.push(Peer {
            member,
            origin: id,
            negotiation: id,
            state: PeerState::Connecting,
            is_offered,
            receives,
            quality: Quality::new(Adaptation::new(profile, self.network)),
            is_established: false,
            lingers: false,
            is_superseded: false,
            is_suspect: false,
            was_asked_for: false,
            plays: false,
            flow: PacketFlow::default(),
            restarts: 0,
            described: false,
            gathered: Vec::new(),
            accepted: false,
            received: Vec::new(),
            candidates: Default::default(),
        });
    }

    pub(super) fn offer(
        &mut self,
        member: MemberId,
        (profile, receives): (Profile, bool),
        out: &mut Vec<Output>,
    ) -> Negotiation {
        let negotiation = self.draw(member);
        self.open(negotiation, (profile, true, receives), out);
        out.push(Output::OpenOffering { negotiation, receives });
        negotiation
    }

    pub(super) fn answer(
        &mut self,
        negotiation: Negotiation,
        sdp: String,
        (profile, receives, sends): (Profile, bool, bool),
        out: &mut Vec<Output>,
    ) {
        let member = negotiation.member;
        self.open(negotiation, (profile, false, receives), out);
        out.push(Output::OpenAnswering { negotiation, sends, sdp });
        out.push(Output::StartTimer { timer: Timer::Attempt(member), after_ms: ATTEMPT_MS });
    }

    pub(super) fn take_answer(&mut self, negotiation: Negotiation, sdp: String, out: &mut Vec<Output>) {
        if self.find(negotiation).is_some_and(|peer| !peer.accepted) {
            out.push(Output::AcceptAnswer { negotiation, sdp });
        }
    }

    pub(super) fn take_candidates(
        &mut self,
        negotiation: Negotiation,
        candidates: Vec<Candidate>,
        out: &mut Vec<Output>,
    ) {
        if let Some(peer) = self.find(negotiation) {
            candidates.iter().for_each(|found| peer.candidates.1.note(&found.candidate));
        }
        match self.find(negotiation) {
            Some(peer) if peer.accepted => out.push(Output::AddCandidates { negotiation, candidates }),
            Some(peer) if peer.received.len() < MAX_WAITING => peer.received.extend(candidates),
            Some(_) | None => {}
        }
    }

    /// The other side's description is set: its candidates need wait no longer.
    pub(super) fn accept(&mut self, negotiation: Negotiation, out: &mut Vec<Output>) {
        let Some(peer) = self.find(negotiation) else { return };
        peer.accepted = true;
        let candidates = std::mem::take(&mut peer.received);
        if !candidates.is_empty() {
            out.push(Output::AddCandidates { negotiation, candidates });
        }
    }

    pub(super) fn gather(&mut self, negotiation: Negotiation, candidate: Candidate, out: &mut Vec<Output>) {
        // One that is too long would cost the connection, and no browser makes any.
        if let Some(peer) = self.find(negotiation).filter(|_| candidate.is_bounded()) {
            peer.candidates.0.note(&candidate.candidate);
            peer.gathered.push(candidate);
            out.push(Output::StartTimer { timer: Timer::Candidates, after_ms: GATHER_MS });
        }
    }

    pub(super) fn close(&mut self, member: MemberId, out: &mut Vec<Output>) {
        let leaving = self.all.iter().filter(|peer| peer.member == member);
        out.extend(leaving.map(|peer| Output::ClosePeer(peer.key())));
        self.all.retain(|peer| peer.member != member);
        self.reach(member);
    }

    /// Closes what was still being negotiated for the first time when signaling went away: some of it was lost on the
    /// way.
    pub(super) fn close_unsettled(&mut self, out: &mut Vec<Output>) {
        let unsettled = self.all.iter().filter(|peer| !peer.is_established);
        for negotiation in unsettled.map(Peer::key).collect::<Vec<_>>() {
            self.drop_one(negotiation, out);
        }
    }

    pub(super) fn close_all(&mut self, out: &mut Vec<Output>) {
        out.extend(self.all.drain(..).map(|peer| Output::ClosePeer(peer.key())));
        self.rest();
    }
}
