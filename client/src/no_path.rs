//! Why no path between two browsers was found, judged by the candidates that both sides gathered, and what may help.

use std::collections::BTreeSet;

use super::{Client, candidate::CandidateLine, statistics::CandidateKind};

/// The candidates that one side gathered for an attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideCandidates {
    /// Whether there is an address of the machine itself.
    has_own: bool,
    /// Whether there is a name in place of one, which the other browser looks up by multicast (RFC 8828, section 5.2, and
    /// draft-ietf-mmusic-mdns-ice-candidates).
    has_name: bool,
    /// The addresses that STUN servers saw.
    public: BTreeSet<String>,
    /// Whether a TURN server gave one.
    has_relayed: bool,
}

impl SideCandidates {
    /// Takes in a candidate's line.
    pub fn note(&mut self, candidate: &str) {
        let Some(line) = CandidateLine::parse(candidate) else { return };
        match line.kind {
            CandidateKind::Host if line.is_name() => self.has_name = true,
            CandidateKind::Host => self.has_own = true,
            CandidateKind::ServerReflexive => _ = self.public.insert(line.address.to_owned()),
            CandidateKind::Relayed => self.has_relayed = true,
            CandidateKind::PeerReflexive => {}
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the machine's own addresses are all hidden behind names.
    fn hides_own(&self) -> bool {
        self.has_name && !self.has_own
    }
}

/// Why no path was found, as far as one can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoPath {
    /// Something on the way lets no direct connection through, and there is no relay.
    #[default]
    Blocked,
    /// Both are in one network, and neither can find out what the other's names stand for.
    NamesOnly,
    /// There is a relay, and nothing came through it either.
    RelayInVain,
    /// This browser gathered no candidate at all, and the other one did.
    NothingGathered,
}

impl NoPath {
    /// What both sides' candidates say.
    pub fn between(own: &SideCandidates, other: &SideCandidates) -> Self {
        let is_one_network = !own.public.is_disjoint(&other.public) || own.public.is_empty() && other.public.is_empty();
        match () {
            () if own.is_empty() && !other.is_empty() => Self::NothingGathered,
            () if own.has_relayed || other.has_relayed => Self::RelayInVain,
            () if own.hides_own() && other.hides_own() && is_one_network => Self::NamesOnly,
            () => Self::Blocked,
        }
    }
}

impl Client {
    /// Why no path leads to a member whom attempts go on not to reach.
    pub fn no_path(&self) -> Option<NoPath> {
        self.peers_linked().into_iter().find_map(|(member, _)| self.peers.no_path(member))
    }
}
