//! Finds out why there is no path between two browsers, from the candidates of both sides, and what may help.

use super::{Client, candidate::CandidateLine, statistics::CandidateKind};

/// The candidates that one side gathered for an attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideCandidates {
    /// Whether there is one with an address of the machine itself.
    has_own: bool,
    /// Whether there is one with a name in place of an address, which the other browser looks up by multicast (RFC
    /// 8828, section 5.2, and draft-ietf-mmusic-mdns-ice-candidates).
    has_name: bool,
    /// The addresses that STUN servers saw.
    public: Vec<String>,
    /// Whether there is one of a TURN server.
    has_relayed: bool,
}

impl SideCandidates {
    /// Adds a candidate.
    pub fn note(&mut self, candidate: &str) {
        let Some(line) = CandidateLine::parse(candidate) else { return };
        match line.kind {
            CandidateKind::Host if line.is_name() => self.has_name = true,
            CandidateKind::Host => self.has_own = true,
            CandidateKind::ServerReflexive if self.public.iter().any(|known| known == line.address) => {}
            CandidateKind::ServerReflexive => self.public.push(line.address.to_owned()),
            CandidateKind::Relayed => self.has_relayed = true,
            CandidateKind::PeerReflexive => {}
        }
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether names hide all of the machine's own addresses.
    fn hides_own(&self) -> bool {
        self.has_name && !self.has_own
    }
}

/// Why no path was found, as far as the page can tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoPath {
    /// Something in between blocks direct connections, and there is no relay.
    #[default]
    Blocked,
    /// Both are in the same network, and neither can resolve the other's names.
    NamesOnly,
    /// There is a relay, but nothing came through it either.
    RelayInVain,
    /// This browser found no candidate at all, but the other one did.
    NothingGathered,
}

impl NoPath {
    /// The conclusion from both sides' candidates.
    pub fn between(own: &SideCandidates, other: &SideCandidates) -> Self {
        let is_one_network = own.public.iter().any(|address| other.public.contains(address))
            || own.public.is_empty() && other.public.is_empty();
        match () {
            () if own.is_empty() && !other.is_empty() => Self::NothingGathered,
            () if own.has_relayed || other.has_relayed => Self::RelayInVain,
            () if own.hides_own() && other.hides_own() && is_one_network => Self::NamesOnly,
            () => Self::Blocked,
        }
    }
}

impl Client {
    /// Why attempts to connect with a member keep failing.
    pub fn no_path(&self) -> Option<NoPath> {
        self.peers_linked().into_iter().find_map(|(member, _)| self.peers.no_path(member))
    }
}
