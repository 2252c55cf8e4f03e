//! The half of ICE that only answers (RFC 8445, sections 2.5 and 7.3).

use std::{fmt, net::SocketAddr};

use crate::{
    stun::{Answer, Request, Role, TransactionId},
    ufrag::Ufrag,
};

/// Addresses that are remembered as the peer's. A browser tries one for each of its network's interfaces.
const MOST_ADDRESSES: usize = 8;
/// Nominations that are remembered, so that a stranger who has heard one does not move the leg by repeating it.
const MOST_NOMINATIONS: usize = 16;

/// Our user fragment and password for a leg.
#[derive(Clone)]
pub struct Credentials {
    /// Who owns the leg.
    pub ufrag: Ufrag,
    /// What the peer signs with: at least 22 characters of ICE, by chance (RFC 8839, section 5.4).
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Credentials({:?})", self.ufrag)
    }
}

/// What is thought of a request.
#[derive(Clone, Copy, Debug)]
pub struct Judgement {
    /// What is answered, if anything.
    pub answer: Option<Answer>,
    /// Whether the peer sent it.
    pub is_valid: bool,
    /// Whether packets go to where it came from, from now on.
    pub nominates: bool,
}

/// Answers the checks of one peer, which nominates.
#[derive(Clone, Debug)]
pub struct IceLite {
    ours: Credentials,
    theirs: Option<String>,
    /// Where valid requests came from, the latest last.
    addresses: Vec<SocketAddr>,
    nominations: [TransactionId; MOST_NOMINATIONS],
    next_nomination: usize,
}

impl IceLite {
    /// Before anything is known of the peer.
    pub fn new(ours: Credentials) -> Self {
        Self {
            ours,
            theirs: None,
            addresses: Vec::new(),
            nominations: [TransactionId::default(); MOST_NOMINATIONS],
            next_nomination: 0,
        }
    }

    /// Says what the peer's user fragment is. Until then, each will do: the password is proof enough.
    pub fn expect(&mut self, theirs: String) {
        self.theirs = Some(theirs);
    }

    /// Whether the peer has sent a valid request from there.
    pub fn is_valid(&self, address: SocketAddr) -> bool {
        self.addresses.contains(&address)
    }

    /// Decides about a request.
    pub fn judge(&mut self, request: &Request<'_>, from: SocketAddr) -> Judgement {
        let invalid = |answer| Judgement { answer, is_valid: false, nominates: false };
        let Some((ours, theirs)) = request.user_fragments() else { return invalid(Answer::bad_request(request)) };
        if !request.is_signed() {
            return invalid(Answer::bad_request(request));
        }
        let is_expected = self.theirs.as_ref().is_none_or(|expected| expected.as_bytes() == theirs);
        let password = self.ours.password.as_bytes();
        if ours != self.ours.ufrag.as_str().as_bytes() || !is_expected || !request.is_signed_with(password) {
            return invalid(Answer::unauthenticated(request));
        }
        if let Some(kind) = request.unknown() {
            return invalid(Answer::unknown_attribute(request, kind, password));
        }
        // Who only answers never nominates, so the peer must (RFC 8445, section 6.1.1).
        if request.role() == Some(Role::Controlled) {
            return invalid(Answer::role_conflict(request, password));
        }
        let answer = Answer::success(request, from, password);
        self.remember(from);
        let nominates = request.nominates() && self.is_first(request.transaction());
        Judgement { answer, is_valid: true, nominates }
    }

    fn remember(&mut self, address: SocketAddr) {
        self.addresses.retain(|known| *known != address);
        if self.addresses.len() == MOST_ADDRESSES {
            self.addresses.remove(0);
        }
        self.addresses.push(address);
    }

    /// Whether a nomination was not there before.
    fn is_first(&mut self, transaction: TransactionId) -> bool {
        if self.nominations.contains(&transaction) {
            return false;
        }
        self.nominations[self.next_nomination] = transaction;
        self.next_nomination = (self.next_nomination + 1) % MOST_NOMINATIONS;
        true
    }
}
