//! Negotiating peer connections, one for each link of the room. The link says who offers, so offers never collide; the other end
//! asks for an offer where none comes.

use heartogether::{
    id::{MemberId, NegotiationId},
    limits::CANDIDATES_PER_SIGNAL,
    protocol::{ClientMessage, SendSignal, Signal, ToRoom},
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
    /// Offers a new peer connection to a member, in place of the one there may be, if anything is to go over it.
    pub(super) fn offer(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if self.publishing.is_capturing() || self.is_heard_from(member) {
            let negotiation = self.peers.offer(member, (self.profile(), self.takes_sound()), out);
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
        if self.offers_to(member) && !is_served {
            self.offer(member, out);
        } else {
            self.recover_again(member, out);
        }
    }

    /// Offers to everybody who is there, is to be offered to, and is not served yet.
    pub(super) fn offer_to_all(&mut self, out: &mut Vec<Output>) {
        let is_unserved = |member: &MemberId| self.is_there(*member) && self.peers.state(*member).is_none();
        let answerers = self.peers_linked().into_iter().filter(|(_, offers)| *offers).map(|(member, _)| member);
        for member in answerers.filter(is_unserved).collect::<Vec<_>>() {
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
        let Some(peer) = self.peers.find(negotiation) else { return };
        peer.described = true;
        let member = peer.member;
        let signal = match peer.is_offered {
            true => Signal::Offer { negotiation, sdp, restarts: (peer.origin != negotiation).then_some(peer.origin) },
            false => Signal::Answer { negotiation, sdp },
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
                let sent = ToRoom::Signal(SendSignal { to: peer.member, signal });
                out.push(Output::Send(ClientMessage::to_room(self.code, sent)));
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
            self.request_offers_if_needed(out);
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
        self.request_offers_if_needed(out);
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

    /// A link is gone: nothing goes over it any more, but what lingers.
    pub(super) fn unlink(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if self.peers.all.iter().any(|peer| peer.member == member && !peer.lingers) {
            self.peers.close(member, out);
        }
    }

    /// Closes the peer connections with members whom no link leads to any more.
    pub(super) fn close_departed(&mut self, out: &mut Vec<Output>) {
        let staying = self.peers.all.iter().filter(|peer| !peer.lingers);
        let departed = staying.map(|peer| peer.member).filter(|member| !self.is_linked(*member));
        for member in departed.collect::<Vec<_>>() {
            self.peers.close(member, out);
        }
    }

    /// Whoever could hear somebody and has no peer connection to rely on asks for an offer, unless one comes by itself. Where
    /// nothing is sent, what was tried in vain is forgotten.
    pub(super) fn request_offers_if_needed(&mut self, out: &mut Vec<Output>) {
        let offerers = self.offerers();
        if !offerers.iter().any(|member| self.is_heard_from(*member)) && self.own_publication().is_none() {
            self.peers.rest();
        }
        if offerers.into_iter().any(|member| self.lacks_offer(member)) {
            self.peers.offers_requested = 0;
            out.push(Output::StartTimer { timer: Timer::OfferRequest, after_ms: OFFER_REQUEST_MS });
        }
    }

    /// Asks everybody for an offer from whom one is missing.
    pub(super) fn request_offers(&mut self, out: &mut Vec<Output>) {
        let lacking: Vec<_> = self.offerers().into_iter().filter(|member| self.lacks_offer(*member)).collect();
        if !self.signaling.is_attached() || lacking.is_empty() || self.peers.offers_requested >= OFFER_REQUESTS {
            return;
        }
        self.peers.offers_requested += 1;
        for member in lacking {
            self.signal(member, Signal::OfferRequest { restarts: None }, out);
        }
        out.push(Output::StartTimer { timer: Timer::OfferRequest, after_ms: OFFER_REQUEST_MS });
    }

    /// An offer has come: there is nothing to ask for, unless somebody else's is missing.
    pub(super) fn settle_offer_request(&self, out: &mut Vec<Output>) {
        if !self.offerers().into_iter().any(|member| self.lacks_offer(member)) {
            out.push(Output::StopTimer(Timer::OfferRequest));
        }
    }

    /// Those who offer to this page.
    fn offerers(&self) -> Vec<MemberId> {
        self.peers_linked().into_iter().filter(|(_, offers)| !offers).map(|(member, _)| member).collect()
    }

    fn lacks_offer(&self, member: MemberId) -> bool {
        let is_wanted = self.is_heard_from(member) || self.own_publication().is_some();
        is_wanted && self.peers.all.iter().filter(|peer| peer.member == member).all(|peer| peer.is_suspect)
    }

    pub(super) fn signal(&self, to: MemberId, signal: Signal, out: &mut Vec<Output>) {
        if self.signaling.is_attached() {
            self.say(ToRoom::Signal(SendSignal { to, signal }), out);
        }
    }
}
