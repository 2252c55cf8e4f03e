//! Peer connections. One end knows nothing of the other but what signaling brings; only the world sees both.

use heartogether::{id::NegotiationId, protocol::Candidate, room::Source};
use heartogether_client::{COUNT_EVERY_MS, Input, Output, PeerState};

use super::{Happening, Page, World};

/// Milliseconds until an end notices that the other one is gone, and until it gives up.
const DISCONNECTED_MS: u64 = 5_000;
const FAILED_MS: u64 = 20_000;
/// Milliseconds of sound in a packet.
const PACKET_MS: u32 = 20;

/// One end of a peer connection.
pub(super) struct Peer {
    /// Which attempt made it; both ends have it from the host.
    origin: NegotiationId,
    is_described: bool,
    is_accepted: bool,
    has_candidate: bool,
    /// Whether the current negotiation has led to the other end.
    is_settled: bool,
    /// Whether the other end was reached.
    is_up: bool,
    /// Whether nothing comes through any more.
    is_broken: bool,
    /// Whether nothing ever will: no restart finds a path.
    is_doomed: bool,
    /// How many packets have come in.
    packets: f64,
}

impl Peer {
    const fn new(origin: NegotiationId) -> Self {
        Self {
            origin,
            is_described: false,
            is_accepted: false,
            has_candidate: false,
            is_settled: false,
            is_up: false,
            is_broken: false,
            is_doomed: false,
            packets: 0.0,
        }
    }

    const fn is_ready(&self) -> bool {
        self.is_described && self.is_accepted && self.has_candidate && !self.is_settled && !self.is_doomed
    }
}

fn candidate(page: usize, negotiation: NegotiationId) -> Candidate {
    Candidate { candidate: format!("{page} for {}", negotiation.0), sdp_mid: None, sdp_m_line_index: Some(0) }
}

impl World {
    pub(super) fn carry_out_media(&mut self, page: usize, command: Output) {
        match command {
            Output::OpenOffering { negotiation, .. } => {
                assert!(self.capturing, "a host without a capture has nothing to offer");
                self.open_peer(page, negotiation);
                self.describe_offer(page, negotiation);
            }
            Output::OpenAnswering { negotiation, .. } => {
                self.open_peer(page, negotiation);
                self.describe_answer(page, negotiation);
            }
            Output::Play(negotiation) => {
                assert!(self.pages[page].peers.contains_key(&negotiation), "what is played is open");
                self.pages[page].playing = Some(negotiation);
            }
            Output::Restart { before, negotiation } => {
                self.renumber_peer(page, before, negotiation);
                self.describe_offer(page, negotiation);
            }
            Output::AnswerRestart { before, negotiation, .. } => {
                self.renumber_peer(page, before, negotiation);
                self.describe_answer(page, negotiation);
            }
            Output::AcceptAnswer { negotiation, .. } => {
                self.report_later(page, negotiation, 5, Input::PeerAccepted { negotiation });
            }
            Output::AddCandidates { negotiation, candidates } => self.add_candidates(page, negotiation, &candidates),
            Output::ClosePeer(negotiation) => self.close_peer(page, negotiation),
            command => panic!("{command:?} has nothing to do with peer connections"),
        }
    }

    fn open_peer(&mut self, page: usize, negotiation: NegotiationId) {
        let before = self.pages[page].peers.insert(negotiation, Peer::new(negotiation));
        assert!(before.is_none(), "a negotiation is opened once");
    }

    /// What was to be reported under the old number is reported under the new one.
    fn renumber_peer(&mut self, page: usize, before: NegotiationId, negotiation: NegotiationId) {
        let peer = self.pages[page].peers.remove(&before).expect("what is restarted is open");
        let Peer { origin, is_up, is_broken, is_doomed, packets, .. } = peer;
        let peer = Peer { is_up, is_broken, is_doomed, packets, ..Peer::new(origin) };
        let playing = &mut self.pages[page].playing;
        *playing = playing.map(|playing| if playing == before { negotiation } else { playing });
        assert!(self.pages[page].peers.insert(negotiation, peer).is_none(), "a negotiation is opened once");
        if is_broken {
            self.fail(page, negotiation, DISCONNECTED_MS, FAILED_MS);
        }
    }

    fn describe_offer(&mut self, page: usize, negotiation: NegotiationId) {
        self.report_later(page, negotiation, 8, gathered(page, negotiation));
        self.report_later(page, negotiation, 10, described(negotiation));
        self.report_later(page, negotiation, 40, gathered(page, negotiation));
    }

    fn describe_answer(&mut self, page: usize, negotiation: NegotiationId) {
        self.report_later(page, negotiation, 5, Input::PeerAccepted { negotiation });
        self.report_later(page, negotiation, 12, described(negotiation));
        self.report_later(page, negotiation, 14, gathered(page, negotiation));
    }

    fn report_later(&mut self, page: usize, negotiation: NegotiationId, in_ms: u64, input: Input) {
        let load = self.pages[page].load;
        self.plan(in_ms, Happening::Media { page, load, negotiation, input });
    }

    /// An end that is closed reports nothing more.
    pub(super) fn report_media(&mut self, page: usize, load: u32, negotiation: NegotiationId, input: Input) {
        let is_same_page = self.pages[page].load == load;
        let Some(peer) = self.pages[page].peers.get_mut(&negotiation).filter(|_| is_same_page) else { return };
        match &input {
            Input::PeerDescribed { .. } => peer.is_described = true,
            Input::PeerAccepted { .. } => peer.is_accepted = true,
            Input::PeerChanged { state, .. } if (*state == PeerState::Connected) == peer.is_broken => return,
            _ => {}
        }
        self.input(page, input);
        self.connect(negotiation);
    }

    fn add_candidates(&mut self, page: usize, negotiation: NegotiationId, candidates: &[Candidate]) {
        let from_there = |one: &Candidate| one.candidate.ends_with(&format!(" for {}", negotiation.0));
        assert!(candidates.iter().all(from_there), "candidates belong to one negotiation");
        let peer = self.pages[page].peers.get_mut(&negotiation).expect("candidates are for an open peer connection");
        assert!(peer.is_accepted, "candidates follow the description");
        peer.has_candidate = true;
        self.connect(negotiation);
    }

    /// The page at the other end, and the number that the peer connection has there.
    fn other_end(&self, page: usize, negotiation: NegotiationId) -> Option<(usize, NegotiationId)> {
        let origin = self.pages[page].peers.get(&negotiation)?.origin;
        let others = self.pages.iter().enumerate().filter(|(number, _)| *number != page && (page == 0 || *number == 0));
        others.into_iter().find_map(|(number, other)| Some((number, other.number_of(origin)?)))
    }

    fn connect(&mut self, negotiation: NegotiationId) {
        let Some((page, _)) = self.other_end(0, negotiation) else { return };
        let ends = [0, page];
        let is_ready = |end: usize| self.pages[end].peers.get(&negotiation).is_some_and(Peer::is_ready);
        if !ends.into_iter().all(is_ready) {
            return;
        }
        for (end, in_ms) in ends.into_iter().zip([30, 55]) {
            self.pages[end].peers.entry(negotiation).and_modify(|peer| {
                (peer.is_settled, peer.is_up, peer.is_broken) = (true, true, false);
            });
            self.report_later(end, negotiation, in_ms, changed(negotiation, PeerState::Connected));
        }
    }

    /// The other end notices some time, if it was ever reached: a browser that never heard of the other side waits on.
    pub(super) fn close_peer(&mut self, page: usize, negotiation: NegotiationId) {
        let other = self.other_end(page, negotiation);
        let closed = self.pages[page].peers.remove(&negotiation);
        if let Some((other, number)) = other.filter(|_| closed.is_some_and(|peer| peer.is_up)) {
            self.fail(other, number, DISCONNECTED_MS, FAILED_MS);
        }
    }

    fn fail(&mut self, page: usize, negotiation: NegotiationId, disconnected_ms: u64, failed_ms: u64) {
        self.pages[page].peers.entry(negotiation).and_modify(|peer| peer.is_broken = true);
        self.report_later(page, negotiation, disconnected_ms, changed(negotiation, PeerState::Disconnected));
        self.report_later(page, negotiation, failed_ms, changed(negotiation, PeerState::Failed));
    }

    pub(super) fn break_media(&mut self, page: usize, host_ms: u64, listener_ms: u64, for_good: bool) {
        for negotiation in self.connections(page) {
            let Some((_, number)) = self.other_end(page, negotiation) else { continue };
            for (end, number, ms) in [(0, number, host_ms), (page, negotiation, listener_ms)] {
                self.pages[end].peers.entry(number).and_modify(|peer| peer.is_doomed = for_good);
                self.fail(end, number, ms / 2, ms);
            }
        }
    }

    /// The negotiations, as the listener knows them, by which a listener is connected to the host.
    pub(crate) fn connections(&self, page: usize) -> Vec<NegotiationId> {
        let works = |page: usize, negotiation: &NegotiationId| {
            self.pages[page].peers.get(negotiation).is_some_and(|peer| peer.is_up && !peer.is_broken)
        };
        let reaches_host = |negotiation: &NegotiationId| {
            self.other_end(page, *negotiation).is_some_and(|(host, number)| works(host, &number))
        };
        let mine = self.pages[page].peers.keys().filter(|negotiation| works(page, negotiation));
        mine.filter(|negotiation| reaches_host(negotiation)).copied().collect()
    }

    /// Whether a listener's one peer connection leads to the host's page, works and is played.
    pub(super) fn is_connected(&self, page: usize) -> bool {
        let Page { peers, playing, .. } = &self.pages[page];
        peers.len() == 1 && self.connections(page).as_slice() == playing.as_slice()
    }

    /// A listener's page counts what has come in over each of its peer connections, now and again and again.
    pub(super) fn count(&mut self, page: usize) {
        let flowing = self.connections(page);
        for (negotiation, peer) in &mut self.pages[page].peers {
            if flowing.contains(negotiation) {
                peer.packets += f64::from(COUNT_EVERY_MS / PACKET_MS);
            }
        }
        let counted: Vec<_> = self.pages[page].peers.iter().map(|(number, peer)| (*number, peer.packets)).collect();
        for (negotiation, packets) in counted {
            self.input(page, Input::Counted { negotiation, packets });
        }
        self.plan(COUNT_EVERY_MS.into(), Happening::Counts { page });
    }
}

impl Page {
    /// The number that the peer connection has here which this attempt made.
    fn number_of(&self, origin: NegotiationId) -> Option<NegotiationId> {
        self.peers.iter().find(|(_, peer)| peer.origin == origin).map(|(number, _)| *number)
    }
}

fn gathered(page: usize, negotiation: NegotiationId) -> Input {
    Input::PeerGathered { negotiation, candidate: candidate(page, negotiation) }
}

fn described(negotiation: NegotiationId) -> Input {
    Input::PeerDescribed { negotiation, sdp: format!("{:?}", Source::Microphone) }
}

const fn changed(negotiation: NegotiationId, state: PeerState) -> Input {
    Input::PeerChanged { negotiation, state }
}
