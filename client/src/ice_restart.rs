//! Restores peer connections that receive nothing any more: a few restarts that look for another path (ICE restart, RFC
//! 8445, section 9), then a new connection. The offering end restarts. The other end requests a restart if it notices
//! first. Without signaling, this waits until signaling is back.

use heartogether::{
    id::{MemberId, NegotiationId},
    protocol::Signal,
};

use super::{Client, Negotiation, Output, PeerState, Timer};

/// Milliseconds without media before a restart, and before the next one: shorter gaps mend by themselves.
const RECOVERY_MS: u32 = 3_500;
/// How many times a peer connection is restarted before a new one replaces it.
const RESTARTS: u32 = 3;

impl Client {
    /// No media flows through a peer connection any more. It gets a moment to recover by itself.
    pub(super) fn expect_recovery(&self, member: MemberId, out: &mut Vec<Output>) {
        out.push(Output::StartTimer { timer: Timer::Recovery(member), after_ms: RECOVERY_MS });
    }

    /// Takes the next step to restore a peer connection, unless media flows.
    pub(super) fn recover(&mut self, member: MemberId, out: &mut Vec<Output>) {
        let Some(peer) = self.peers.with(member).filter(|peer| peer.is_established) else { return };
        if peer.state == PeerState::Connected {
            peer.restarts = 0;
        } else if self.reaches(member) {
            self.restart_or_begin_anew(member, out);
        }
    }

    /// Does so for every peer connection.
    pub(super) fn recover_all(&mut self, out: &mut Vec<Output>) {
        for member in self.peers.members() {
            self.recover(member, out);
        }
    }

    /// A member is connected again. Signals in the meantime were lost, so the count begins again.
    pub(super) fn recover_again(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if self.peers.is_succeeding(member) {
            self.peers.drop_attempt(member, out);
        }
        let Some(peer) = self.peers.with(member).filter(|peer| peer.is_established) else { return };
        peer.restarts = 0;
        let is_well = peer.state == PeerState::Connected && peer.accepted;
        if peer.is_suspect {
            self.replace(member, out);
        } else if !is_well && self.reaches(member) {
            self.restart_or_begin_anew(member, out);
        }
    }

    /// Signaling is back.
    pub(super) fn recover_all_again(&mut self, out: &mut Vec<Output>) {
        for member in self.peers.members() {
            self.recover_again(member, out);
        }
    }

    /// A listener asks for a restart of the peer connection that this attempt made.
    pub(super) fn restart_on_request(&mut self, from: MemberId, origin: NegotiationId, out: &mut Vec<Output>) {
        match self.peers.with(from).filter(|peer| peer.origin == origin) {
            // An offer is under way, and was so already when the listener asked.
            Some(peer) if !peer.accepted => {}
            Some(_) => self.restart_or_begin_anew(from, out),
            None => self.offer(from, out),
        }
    }

    /// The host offers a restart. A page that no longer has that peer connection asks for a new one.
    pub(super) fn answer_restart(
        &mut self,
        negotiation: Negotiation,
        origin: NegotiationId,
        sdp: String,
        out: &mut Vec<Output>,
    ) {
        let from = negotiation.member;
        let Some(peer) = self.peers.with(from).filter(|peer| peer.origin == origin) else {
            return self.signal(from, Signal::OfferRequest { restarts: None }, out);
        };
        let before = peer.renumber(negotiation.id);
        out.push(Output::AnswerRestart { before, negotiation, sdp });
        self.expect_recovery(from, out);
    }

    fn restart_or_begin_anew(&mut self, member: MemberId, out: &mut Vec<Output>) {
        let Some(peer) = self.peers.with(member) else { return };
        peer.restarts += 1;
        if peer.restarts <= RESTARTS {
            self.restart(member, out);
        } else if self.offers_to(member) {
            self.offer(member, out);
        } else {
            self.give_up(member, out);
            self.request_offers(out);
        }
    }

    fn restart(&mut self, member: MemberId, out: &mut Vec<Output>) {
        self.expect_recovery(member, out);
        if self.offers_to(member) {
            let negotiation = self.peers.draw(member);
            let before = self.peers.with(member).map(|peer| peer.renumber(negotiation.id));
            out.extend(before.map(|before| Output::Restart { before, negotiation }));
        } else {
            let restarts = self.peers.with(member).map(|peer| peer.origin);
            self.signal(member, Signal::OfferRequest { restarts }, out);
        }
    }

    /// Whether signals reach a member.
    pub(super) fn reaches(&self, member: MemberId) -> bool {
        self.signaling.is_attached() && self.is_linked(member) && self.is_there(member)
    }
}
