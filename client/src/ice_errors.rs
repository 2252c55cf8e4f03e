//! Finds faults of the TURN servers, from attempts to find a path through them.

use heartogether::{protocol::Candidate, role::Permission};

use super::{
    Client,
    gathering::{Gathering, UNREACHABLE},
};

/// A fault of a TURN server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IceServerProblem {
    /// It refuses the password, which is wrong or has expired.
    PasswordRefused {
        /// The server's URL.
        url: String,
    },
    /// It has no capacity, or refuses with another error.
    Refused {
        /// The server's URL.
        url: String,
        /// The STUN error.
        code: u16,
    },
    /// It does not answer, and neither does any other one.
    Unreachable {
        /// The server's URL.
        url: String,
    },
}

impl IceServerProblem {
    /// A refusal counts more than silence: on a machine with several networks, most servers do not answer on all of
    /// them.
    fn of(gathering: &Gathering) -> Option<Self> {
        let refused = gathering.turn_failures().find(|(_, code)| *code != UNREACHABLE);
        let unreachable = || gathering.turn_failures().next().filter(|_| !gathering.has_relayed());
        match refused {
            // Unauthorized (RFC 8489, section 14.8).
            Some((url, 401)) => Some(Self::PasswordRefused { url: url.to_owned() }),
            Some((url, code)) => Some(Self::Refused { url: url.to_owned(), code }),
            None => unreachable().map(|(url, _)| Self::Unreachable { url: url.to_owned() }),
        }
    }
}

impl Client {
    /// The fault of a TURN server, if it matters: a listener who hears needs none.
    pub fn turn_problem(&self) -> Option<IceServerProblem> {
        let needs_none = !self.may(Permission::Publish) && self.peers.any_connected();
        IceServerProblem::of(&self.gathering).filter(|_| !needs_none)
    }

    /// The candidates that were found, and the results of the STUN and TURN servers.
    pub fn gathering(&self) -> &Gathering {
        &self.gathering
    }

    pub(super) fn note_failure(&mut self, url: String, code: u16) {
        self.gathering.note_failure(url, code);
    }

    pub(super) fn note_candidate(&mut self, candidate: &Candidate) {
        self.gathering.note_candidate(candidate);
    }

    pub(super) fn forget_failures(&mut self) {
        self.gathering.forget_failures();
    }
}
