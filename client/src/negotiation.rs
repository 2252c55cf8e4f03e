//! Negotiating peer connections. The host always offers, so offers never collide; a listener without one asks for it.

use heartogether::{
    id::{MemberId, NegotiationId},
    limits::CANDIDATES_PER_SIGNAL,
    protocol::{ClientMessage, SendSignal, Signal, StreamState},
    role::Role,
};

use super::{Client, Output, PeerState, Timer};

/// Milliseconds after which a listener without an offer asks for one.
const OFFER_REQUEST_MS: u32 = 1_200;
/// How often a listener asks before it waits for the room to change.
const OFFER_REQUESTS: u32 = 10;
/// Milliseconds that sound goes on to a listener whose place is free because their signaling stayed away: longer than
/// the longest pause between two attempts to connect again.
const LINGER_MS: u32 = 60_000;

impl Client {
    /// Offers a new peer connection to a listener, in place of the one there may be.
    pub(super) fn offer(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if self.publishing.is_capturing() {
            let negotiation = self.peers.offer(member, self.profile(), out);
            self.tune(negotiation, out);
        }
    }

    /// A listener without a peer connection asks for one. The first time an offer may have been on its way when they
    /// asked, and beginning anew would only make them wait longer; who asks again has not got it.
    pub(super) fn offer_on_request(&mut self, from: MemberId, out: &mut Vec<Output>) {
        match self.peers.with(from).filter(|peer| !peer.is_established && !peer.accepted) {
            Some(peer) if !peer.was_asked_for => peer.was_asked_for = true,
            Some(_) | None => self.offer(from, out),
        }
    }

    /// A listener's signaling is back. What was said meanwhile was lost: an offer, too.
    pub(super) fn serve_again(&mut self, member: MemberId, out: &mut Vec<Output>) {
        let is_served = self.peers.all.iter().any(|peer| peer.member == member && peer.is_established);
        match self.role {
            Role::Host if !is_served => self.offer(member, out),
            _ => self.recover_again(member, out),
        }
    }

    /// Offers to every listener who is there and not served yet.
    pub(super) fn offer_to_all(&mut self, out: &mut Vec<Output>) {
        let Some(room) = &self.room else { return };
        let is_served = |member| self.peers.state(member).is_some();
        let unserved = room.listeners.iter().filter(|listener| listener.attached && !is_served(listener.member));
        for member in unserved.map(|listener| listener.member).collect::<Vec<_>>() {
            self.offer(member, out);
        }
    }

    /// Closes every peer connection and says so.
    pub(super) fn hang_up_all(&mut self, out: &mut Vec<Output>) {
        for peer in &self.peers.all {
            self.signal(peer.member, Signal::Closed { negotiation: peer.negotiation }, out);
        }
        self.peers.close_all(out);
    }

    /// Sends the own description of a peer connection, and the candidates that waited for it.
    pub(super) fn send_description(&mut self, negotiation: NegotiationId, sdp: String, out: &mut Vec<Output>) {
        let role = self.role;
        let Some(peer) = self.peers.find(negotiation) else { return };
        peer.described = true;
        let member = peer.member;
        let signal = match role {
            Role::Host => {
                Signal::Offer { negotiation, sdp, restarts: (peer.origin != negotiation).then_some(peer.origin) }
            }
            Role::Listener => Signal::Answer { negotiation, sdp },
        };
        self.signal(member, signal, out);
        self.send_candidates(out);
    }

    pub(super) fn send_candidates(&mut self, out: &mut Vec<Output>) {
        if !self.signaling.is_attached() {
            return;
        }
        for peer in self.peers.all.iter_mut().filter(|peer| peer.described && !peer.gathered.is_empty()) {
            let gathered = std::mem::take(&mut peer.gathered);
            for candidates in gathered.chunks(CANDIDATES_PER_SIGNAL).map(<[_]>::to_vec) {
                let signal = Signal::Candidates { negotiation: peer.negotiation, candidates };
                out.push(Output::Send(ClientMessage::Signal(SendSignal { to: peer.member, signal })));
            }
        }
    }

    pub(super) fn change_peer(&mut self, negotiation: NegotiationId, state: PeerState, out: &mut Vec<Output>) {
        let Some(peer) = self.peers.find(negotiation) else { return };
        peer.state = state;
        let (member, is_established) = (peer.member, peer.is_established);
        match state {
            PeerState::Failed if peer.is_superseded => self.peers.drop_one(negotiation, out),
            _ if peer.is_superseded => {}
            PeerState::Connected => {
                if !std::mem::replace(&mut peer.is_established, true) {
                    peer.trust();
                }
                peer.restarts = 0;
                self.peers.was_connected = true;
                self.peers.reach(member);
                self.succeed(negotiation, out);
            }
            PeerState::Disconnected => self.expect_recovery(member, out),
            PeerState::Failed if is_established => self.recover(member, out),
            PeerState::Failed => self.give_up(member, out),
            PeerState::Connecting => {}
        }
    }

    /// Closes the peer connection with a member and says so: ends fail at different times, and one that never heard of
    /// the other waits for ever.
    pub(super) fn give_up(&mut self, member: MemberId, out: &mut Vec<Output>) {
        let Some(negotiation) = self.peers.with(member).map(|peer| peer.negotiation) else { return };
        self.signal(member, Signal::Closed { negotiation }, out);
        self.fall_back(member, negotiation, out);
    }

    /// The listener's end watches over an attempt; the host's hears of it.
    pub(super) fn give_up_attempts(&mut self, out: &mut Vec<Output>) {
        let pending = self.peers.all.iter().filter(|peer| !peer.is_established);
        for negotiation in pending.map(|peer| peer.negotiation).collect::<Vec<_>>() {
            self.change_peer(negotiation, PeerState::Failed, out);
        }
    }

    /// The other side says that it has closed an attempt. Even one of old is news to a listener who asked in vain: the
    /// host is there.
    pub(super) fn take_closed(&mut self, from: MemberId, negotiation: NegotiationId, out: &mut Vec<Output>) {
        if self.peers.current(from, negotiation).is_some() {
            self.fall_back(from, negotiation, out);
        } else {
            self.request_offer_if_needed(out);
        }
    }

    /// Closes an attempt. What it was to succeed, if anything, has a while to prove itself.
    fn fall_back(&mut self, member: MemberId, negotiation: NegotiationId, out: &mut Vec<Output>) {
        let (has_flowed, why) =
            self.peers.find(negotiation).map(|peer| (peer.is_established, peer.no_path())).unwrap_or_default();
        self.peers.drop_one(negotiation, out);
        match self.peers.with(member) {
            Some(before) => {
                before.trust();
                self.expect_recovery(member, out);
            }
            None if has_flowed => {}
            None => self.peers.fail(member, why),
        }
        self.request_offer_if_needed(out);
    }

    /// A listener's place is free. Whoever was away at the time has lost their signaling, not their sound: it goes on
    /// for a while, until they are back in another place.
    pub(super) fn part(&mut self, member: MemberId, was_away: bool, out: &mut Vec<Output>) {
        let is_wanted = was_away && !self.is_removed(member);
        self.peers.drop_attempt(member, out);
        match self.peers.with(member).filter(|peer| is_wanted && peer.state == PeerState::Connected) {
            Some(peer) => {
                peer.lingers = true;
                out.push(Output::StartTimer { timer: Timer::Linger(member), after_ms: LINGER_MS });
            }
            None => self.peers.close(member, out),
        }
    }

    /// Closes the peer connections of listeners who are no longer in the room.
    pub(super) fn close_departed(&mut self, out: &mut Vec<Output>) {
        let Some(room) = &self.room else { return };
        let is_there = |member| room.listeners.iter().any(|listener| listener.member == member);
        let staying = self.peers.all.iter().filter(|peer| !peer.lingers);
        let departed = staying.map(|peer| peer.member).filter(|member| !is_there(*member));
        for member in departed.collect::<Vec<_>>() {
            self.peers.close(member, out);
        }
    }

    /// A listener who could hear and has no peer connection to rely on asks for an offer, unless one comes by itself. Where
    /// nothing is sent, what was tried in vain is forgotten.
    pub(super) fn request_offer_if_needed(&mut self, out: &mut Vec<Output>) {
        if !self.could_hear() {
            self.peers.rest();
        }
        if self.lacks_offer() {
            self.peers.offers_requested = 0;
            out.push(Output::StartTimer { timer: Timer::OfferRequest, after_ms: OFFER_REQUEST_MS });
        }
    }

    pub(super) fn request_offer(&mut self, out: &mut Vec<Output>) {
        let Some(host) = self.room.as_ref().map(|room| room.host) else { return };
        if !self.signaling.is_attached() || !self.lacks_offer() || self.peers.offers_requested >= OFFER_REQUESTS {
            return;
        }
        self.peers.offers_requested += 1;
        self.signal(host, Signal::OfferRequest { restarts: None }, out);
        out.push(Output::StartTimer { timer: Timer::OfferRequest, after_ms: OFFER_REQUEST_MS });
    }

    fn lacks_offer(&self) -> bool {
        self.role == Role::Listener && self.could_hear() && self.peers.all.iter().all(|peer| peer.is_suspect)
    }

    fn could_hear(&self) -> bool {
        matches!(self.stream(), StreamState::Live | StreamState::Paused)
    }

    pub(super) fn signal(&self, to: MemberId, signal: Signal, out: &mut Vec<Output>) {
        if self.signaling.is_attached() {
            out.push(Output::Send(ClientMessage::Signal(SendSignal { to, signal })));
        }
    }
}
