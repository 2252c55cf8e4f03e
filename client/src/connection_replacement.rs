//! Replaces a peer connection without interrupting it: the old one stays until the new one connects. This is done when
//! a path may be dead although the browser still uses it; Chromium 156 stays on a silent path for 3.5 s, even after an
//! ICE restart.

use heartogether::{id::MemberId, room::StreamState};

use super::{
    Client, Negotiation, Output, PeerState,
    peers::{Peer, Peers},
};

impl Peer {
    /// Ends the doubt, until the next one.
    pub(super) fn trust(&mut self) {
        self.is_suspect = false;
        self.flow.forgive();
    }
}

impl Peers {
    /// Keeps the working connection of a member until the next one connects, and closes those that never connected or
    /// have failed.
    pub(super) fn make_way(&mut self, member: MemberId, out: &mut Vec<Output>) {
        self.drop_attempt(member, out);
        for peer in self.all.iter_mut().filter(|peer| peer.member == member) {
            peer.is_superseded = true;
        }
    }

    /// Whether the connection of a member is being replaced.
    pub(super) fn is_succeeding(&self, member: MemberId) -> bool {
        self.all.iter().any(|peer| peer.member == member && peer.is_superseded)
    }

    /// Closes the new connections to a member that are not connected yet. The one that they were to replace stays.
    pub(super) fn drop_attempt(&mut self, member: MemberId, out: &mut Vec<Output>) {
        let is_of_no_use = |peer: &&mut Peer| !peer.is_established || peer.state == PeerState::Failed;
        if let Some(negotiation) = self.with(member).filter(is_of_no_use).map(|peer| peer.key()) {
            self.drop_one(negotiation, out);
        }
    }

    /// Closes one peer connection. The one that it was to replace, if any, stays.
    pub(super) fn drop_one(&mut self, negotiation: Negotiation, out: &mut Vec<Output>) {
        let member = negotiation.member;
        if self.find(negotiation).is_none() {
            return;
        }
        self.all.retain(|peer| peer.key() != negotiation);
        out.push(Output::ClosePeer(negotiation));
        if self.with(member).is_none()
            && let Some(peer) = self.all.iter_mut().find(|peer| peer.member == member)
        {
            peer.is_superseded = false;
        }
    }

    /// Plays the sound of a peer connection.
    pub(super) fn play(&mut self, negotiation: Negotiation, out: &mut Vec<Output>) {
        if let Some(peer) = self.find(negotiation)
            && peer.receives
            && !std::mem::replace(&mut peer.plays, true)
        {
            out.push(Output::Play(negotiation));
        }
    }
}

impl Client {
    /// A peer connection has connected. Its sound is played now, and the old one is closed.
    pub(super) fn succeed(&mut self, negotiation: Negotiation, out: &mut Vec<Output>) {
        self.play(negotiation, out);
        let is_before = |peer: &&Peer| peer.member == negotiation.member && peer.is_superseded;
        for negotiation in self.peers.all.iter().filter(is_before).map(Peer::key).collect::<Vec<_>>() {
            self.peers.drop_one(negotiation, out);
        }
    }

    /// Adds a count of all packets from a member. If there are none for a while although sound is always sent, this
    /// acts at once, because the browser notices too late.
    pub(super) fn count(&mut self, negotiation: Negotiation, packets: f64, out: &mut Vec<Output>) {
        let is_live = self.stream_of(negotiation.member) == StreamState::Live;
        let Some(peer) = self.peers.find(negotiation).filter(|peer| peer.is_established) else { return };
        let starves = peer.flow.count(packets);
        if !is_live {
            peer.flow.forgive();
        } else if starves && !std::mem::replace(&mut peer.is_suspect, true) {
            self.replace(negotiation.member, out);
        }
    }

    /// The device is on another network, or is on a network again: every path may have changed.
    pub(super) fn suspect_all(&mut self, out: &mut Vec<Output>) {
        for member in self.peers.members() {
            if let Some(peer) = self.peers.with(member) {
                peer.is_suspect = true;
                self.replace(member, out);
            }
        }
    }

    /// The page has another place than before. The members that it offers to wait for an offer from the new place.
    pub(super) fn doubt_offered(&mut self) {
        for (member, _) in self.peers_linked().into_iter().filter(|(_, offers)| *offers) {
            self.peers.with(member).into_iter().for_each(|peer| peer.is_suspect = true);
        }
    }

    /// Begins a new peer connection in place of one in doubt, as soon as signals reach the other side.
    pub(super) fn replace(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if !self.reaches(member) {
            return;
        }
        if self.offers_to(member) {
            self.offer(member, out);
        } else {
            self.peers.offers_requested = 0;
            self.request_offers(out);
        }
    }
}
