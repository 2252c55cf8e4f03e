//! Peer connections. Each end knows the other only by signaling. Only the world sees both.

use heartogether::{protocol::Candidate, rules::RoomKind};
use heartogether_client::{COUNT_EVERY_MS, Input, Negotiation, Output, PeerState};

use super::{Happening, World};

/// Milliseconds until an end notices that the other one is gone, and until it gives up.
const DISCONNECTED_MS: u64 = 5_000;
const FAILED_MS: u64 = 20_000;
/// Milliseconds of sound in a packet.
const PACKET_MS: u32 = 20;

/// One end of a peer connection. Its descriptions and candidates name it.
pub(super) struct Peer {
    /// Which of all ends that ever were.
    end: u64,
    /// The end whose description was taken.
    other: Option<u64>,
    /// Whether this end has offered it.
    pub(super) is_offered: bool,
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
    const fn new(end: u64, other: Option<u64>) -> Self {
        Self {
            end,
            other,
            is_offered: other.is_none(),
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

    const fn works(&self) -> bool {
        self.is_up && !self.is_broken
    }
}

/// The end that a description or a candidate names.
fn end_of(text: &str) -> u64 {
    text.parse().expect("what an end says names the end")
}

impl World {
    pub(super) fn carry_out_media(&mut self, page: usize, command: Output) {
        match command {
            Output::OpenOffering { negotiation, receives } => {
                let sends = self.pages[page].capturing || self.pages[page].expecting;
                assert!(sends || receives, "nothing would go over it");
                self.open_peer(page, negotiation, None);
                self.describe_offer(page, negotiation);
            }
            Output::OpenAnswering { negotiation, sdp, .. } => {
                self.open_peer(page, negotiation, Some(end_of(&sdp)));
                self.describe_answer(page, negotiation);
            }
            Output::Play(negotiation) => {
                assert!(self.pages[page].peers.contains_key(&negotiation), "what is played is open");
                self.pages[page].playing.insert(negotiation.member, negotiation);
            }
            Output::Restart { before, negotiation } => {
                self.renumber_peer(page, before, negotiation);
                self.describe_offer(page, negotiation);
            }
            Output::AnswerRestart { before, negotiation, sdp } => {
                self.renumber_peer(page, before, negotiation);
                self.set_other(page, negotiation, &sdp);
                self.describe_answer(page, negotiation);
            }
            Output::AcceptAnswer { negotiation, sdp } => {
                self.set_other(page, negotiation, &sdp);
                self.report_later(page, negotiation, 5, Input::PeerAccepted { negotiation });
            }
            Output::AddCandidates { negotiation, candidates } => self.add_candidates(page, negotiation, &candidates),
            Output::ClosePeer(negotiation) => self.close_peer(page, negotiation),
            command => panic!("{command:?} has nothing to do with peer connections"),
        }
    }

    fn open_peer(&mut self, page: usize, negotiation: Negotiation, other: Option<u64>) {
        let peer = Peer::new(self.draw(), other);
        assert!(self.pages[page].peers.insert(negotiation, peer).is_none(), "a negotiation is opened once");
    }

    fn peer(&mut self, page: usize, negotiation: Negotiation) -> &mut Peer {
        self.pages[page].peers.get_mut(&negotiation).expect("what is told something is open")
    }

    /// Takes the other side's description. A peer connection has one other end all its life.
    fn set_other(&mut self, page: usize, negotiation: Negotiation, sdp: &str) {
        let before = self.peer(page, negotiation).other.replace(end_of(sdp));
        assert!(before.is_none_or(|before| before == end_of(sdp)), "a description of another peer connection");
    }

    /// Goes on under the new number, and reports nothing more under the old one.
    fn renumber_peer(&mut self, page: usize, before: Negotiation, negotiation: Negotiation) {
        let peer = self.pages[page].peers.remove(&before).expect("what is restarted is open");
        let Peer { end, other, is_offered, is_up, is_broken, is_doomed, packets, .. } = peer;
        let peer = Peer { is_offered, is_up, is_broken, is_doomed, packets, ..Peer::new(end, other) };
        for playing in self.pages[page].playing.values_mut().filter(|playing| **playing == before) {
            *playing = negotiation;
        }
        assert!(self.pages[page].peers.insert(negotiation, peer).is_none(), "a negotiation is opened once");
        if is_broken {
            self.fail(page, negotiation, DISCONNECTED_MS, FAILED_MS);
        }
    }

    fn describe_offer(&mut self, page: usize, negotiation: Negotiation) {
        self.gather(page, negotiation, 8);
        self.describe(page, negotiation, 10);
        self.gather(page, negotiation, 40);
    }

    fn describe_answer(&mut self, page: usize, negotiation: Negotiation) {
        self.report_later(page, negotiation, 5, Input::PeerAccepted { negotiation });
        self.describe(page, negotiation, 12);
        self.gather(page, negotiation, 14);
    }

    fn describe(&mut self, page: usize, negotiation: Negotiation, in_ms: u64) {
        let sdp = self.peer(page, negotiation).end.to_string();
        self.report_later(page, negotiation, in_ms, Input::PeerDescribed { negotiation, sdp });
    }

    fn gather(&mut self, page: usize, negotiation: Negotiation, in_ms: u64) {
        let candidate = self.peer(page, negotiation).end.to_string();
        let candidate = Candidate { candidate, sdp_mid: None, sdp_m_line_index: Some(0) };
        self.report_later(page, negotiation, in_ms, Input::PeerGathered { negotiation, candidate });
    }

    fn report_later(&mut self, page: usize, negotiation: Negotiation, in_ms: u64, input: Input) {
        let load = self.pages[page].load;
        self.plan(in_ms, Happening::Media { page, load, negotiation, input });
    }

    /// An end that is closed reports nothing more.
    pub(super) fn report_media(&mut self, page: usize, load: u32, negotiation: Negotiation, input: Input) {
        let is_same_page = self.pages[page].load == load;
        let Some(peer) = self.pages[page].peers.get_mut(&negotiation).filter(|_| is_same_page) else { return };
        match &input {
            Input::PeerDescribed { .. } => peer.is_described = true,
            Input::PeerAccepted { .. } => peer.is_accepted = true,
            Input::PeerChanged { state, .. } if (*state == PeerState::Connected) == peer.is_broken => return,
            _ => {}
        }
        self.input(page, input);
        self.connect(page, negotiation);
    }

    fn add_candidates(&mut self, page: usize, negotiation: Negotiation, candidates: &[Candidate]) {
        let peer = self.peer(page, negotiation);
        let is_from_other = |one: &Candidate| Some(end_of(&one.candidate)) == peer.other;
        assert!(candidates.iter().all(is_from_other), "candidates come from the other end");
        assert!(peer.is_accepted, "candidates follow the description");
        peer.has_candidate = true;
        self.connect(page, negotiation);
    }

    /// The page at the other end, and what the peer connection is there, once each end has the other's description.
    fn other_end(&self, page: usize, negotiation: Negotiation) -> Option<(usize, Negotiation)> {
        let peer = self.pages[page].peers.get(&negotiation)?;
        let is_other = |other: &Peer| peer.other == Some(other.end) && other.other == Some(peer.end);
        self.pages.iter().enumerate().find_map(|(number, page)| {
            let (negotiation, _) = page.peers.iter().find(|(_, other)| is_other(other))?;
            Some((number, *negotiation))
        })
    }

    fn connect(&mut self, page: usize, negotiation: Negotiation) {
        let Some((other, there)) = self.other_end(page, negotiation) else { return };
        let ends = [(page, negotiation), (other, there)];
        if !ends.into_iter().all(|(page, negotiation)| self.peer(page, negotiation).is_ready()) {
            return;
        }
        for (page, negotiation) in ends {
            let peer = self.peer(page, negotiation);
            (peer.is_settled, peer.is_up, peer.is_broken) = (true, true, false);
            let in_ms = if peer.is_offered { 30 } else { 55 };
            self.report_later(page, negotiation, in_ms, changed(negotiation, PeerState::Connected));
        }
    }

    /// The other end notices some time, if it was ever reached: a browser that never heard of the other side waits on.
    pub(super) fn close_peer(&mut self, page: usize, negotiation: Negotiation) {
        let other = self.other_end(page, negotiation);
        let closed = self.pages[page].peers.remove(&negotiation);
        if let Some((other, there)) = other.filter(|_| closed.is_some_and(|peer| peer.is_up)) {
            self.fail(other, there, DISCONNECTED_MS, FAILED_MS);
        }
    }

    fn fail(&mut self, page: usize, negotiation: Negotiation, disconnected_ms: u64, failed_ms: u64) {
        self.peer(page, negotiation).is_broken = true;
        self.report_later(page, negotiation, disconnected_ms, changed(negotiation, PeerState::Disconnected));
        self.report_later(page, negotiation, failed_ms, changed(negotiation, PeerState::Failed));
    }

    /// Breaks what connects two pages. Each notices after so many milliseconds.
    pub(super) fn break_media(&mut self, [(page, page_ms), (other, other_ms)]: [(usize, u64); 2], for_good: bool) {
        for (negotiation, there) in self.connections(page, other) {
            for (page, negotiation, ms) in [(page, negotiation, page_ms), (other, there, other_ms)] {
                self.peer(page, negotiation).is_doomed = for_good;
                self.fail(page, negotiation, ms / 2, ms);
            }
        }
    }

    /// The peer connections that work between two pages, as each of them knows them.
    pub(super) fn connections(&self, page: usize, other: usize) -> Vec<(Negotiation, Negotiation)> {
        let works = |page: usize, negotiation: &Negotiation| self.pages[page].peers[negotiation].works();
        let mine = self.pages[page].peers.keys().filter(|negotiation| works(page, negotiation));
        let there = mine.filter_map(|mine| Some((*mine, self.other_end(page, *mine)?)));
        let to_other = there.filter(|(_, (end, there))| *end == other && works(other, there));
        to_other.map(|(mine, (_, there))| (mine, there)).collect()
    }

    /// The ends of the peer connections that work between two pages.
    pub(crate) fn ends(&self, page: usize, other: usize) -> Vec<u64> {
        let connections = self.connections(page, other);
        connections.into_iter().map(|(negotiation, _)| self.pages[page].peers[&negotiation].end).collect()
    }

    /// Whether one working peer connection leads from a page to another one, and is played where the other one sends.
    pub(super) fn hears(&self, page: usize, other: usize) -> bool {
        let [(negotiation, _)] = self.connections(page, other)[..] else { return false };
        let is_played = self.pages[page].playing.get(&negotiation.member) == Some(&negotiation);
        is_played || !self.pages[other].capturing || self.kind() == RoomKind::Lounge && !self.listens(page, other)
    }

    /// A page counts what has come in over each of its peer connections, now and again and again.
    pub(super) fn count(&mut self, page: usize) {
        let works = |(page, negotiation): (usize, Negotiation)| self.pages[page].peers[&negotiation].works();
        let brings_sound = |end: (usize, Negotiation)| self.pages[end.0].capturing && works(end);
        let is_flowing =
            |mine: &Negotiation| works((page, *mine)) && self.other_end(page, *mine).is_some_and(brings_sound);
        let flowing: Vec<_> = self.pages[page].peers.keys().copied().filter(is_flowing).collect();
        for negotiation in flowing {
            self.peer(page, negotiation).packets += f64::from(COUNT_EVERY_MS / PACKET_MS);
        }
        let counted: Vec<_> = self.pages[page].peers.iter().map(|(number, peer)| (*number, peer.packets)).collect();
        for (negotiation, packets) in counted {
            self.input(page, Input::Counted { negotiation, packets });
        }
        self.plan(COUNT_EVERY_MS.into(), Happening::Counts { page });
    }
}

const fn changed(negotiation: Negotiation, state: PeerState) -> Input {
    Input::PeerChanged { negotiation, state }
}
