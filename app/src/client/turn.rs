//! What is wrong with the TURN servers, told by the attempts to find a path through them.

use std::collections::BTreeMap;

use heartogether::{role::Role, wire::Candidate};

use super::Client;

/// The code for a server that does not answer (W3C WebRTC, `RTCPeerConnectionIceErrorEvent`).
const UNREACHABLE: u16 = 701;

/// What is wrong with a TURN server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TurnProblem {
    /// It does not take the password: a wrong one, or one whose time is over.
    PasswordRefused {
        /// The server's URL.
        url: String,
    },
    /// It has no room, or does not do what is asked.
    Refused {
        /// The server's URL.
        url: String,
        /// The STUN error.
        code: u16,
    },
    /// It does not answer, and no other one does.
    Unreachable {
        /// The server's URL.
        url: String,
    },
}

/// What the TURN servers have said so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Turn {
    failures: BTreeMap<String, u16>,
    /// Whether one of them has given a candidate.
    is_of_use: bool,
}

impl Turn {
    fn fail(&mut self, url: String, code: u16) {
        if url.starts_with("turn") {
            self.failures.insert(url, code);
        }
    }

    /// A refusal counts before silence: on a machine with several networks most servers do not answer on all of them.
    fn problem(&self) -> Option<TurnProblem> {
        let refused = self.failures.iter().find(|(_, code)| **code != UNREACHABLE);
        let unreachable = || self.failures.keys().next().filter(|_| !self.is_of_use);
        match refused {
            // Unauthorized (RFC 8489, section 14.8).
            Some((url, 401)) => Some(TurnProblem::PasswordRefused { url: url.clone() }),
            Some((url, code)) => Some(TurnProblem::Refused { url: url.clone(), code: *code }),
            None => unreachable().map(|url| TurnProblem::Unreachable { url: url.clone() }),
        }
    }
}

impl TurnProblem {
    /// What to tell people.
    pub fn text(&self) -> String {
        match self {
            Self::PasswordRefused { url } => format!(
                "The TURN server {url} does not take this server's password: it is wrong, or its time is over. Whoever runs \
                 this server can compare both servers' secrets and clocks."
            ),
            Self::Refused { url, code } => format!("The TURN server {url} refuses to pass sound on (error {code})."),
            Self::Unreachable { url } => format!("The TURN server {url} does not answer."),
        }
    }
}

impl Client {
    /// What is wrong with a TURN server, as far as it matters: a listener who hears needs none.
    pub fn turn_problem(&self) -> Option<TurnProblem> {
        let needs_none = self.role == Role::Listener && self.peers.any_connected();
        self.turn.problem().filter(|_| !needs_none)
    }

    pub(super) fn note_failure(&mut self, url: String, code: u16) {
        self.turn.fail(url, code);
    }

    pub(super) fn note_candidate(&mut self, candidate: &Candidate) {
        // RFC 8839, section 5.1.
        self.turn.is_of_use |= candidate.candidate.contains(" typ relay");
    }

    pub(super) fn forget_failures(&mut self) {
        self.turn = Turn::default();
    }
}
