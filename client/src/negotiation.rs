//! Negotiates peer connections, one for each link of the room. The link says who offers, so offers never collide. The
//! other end asks for an offer if none comes.

use heartogether::{
    id::MemberId,
    limits::CANDIDATES_PER_SIGNAL,
    protocol::{ClientMessage, ReceivedSignal, SendSignal, Signal, ToRoom},
    role::Permission,
};

use super::{Client, Negotiation, Output, PeerState, Timer, links::is_sounding};

/// Milliseconds after which the answering end asks for an offer that does not come.
const OFFER_REQUEST_MS: u32 = 1_200;
/// How many times it asks before it waits for the room to change.
const OFFER_REQUESTS: u32 = 10;
/// Milliseconds for which sound still goes to a member who lost their place because their signaling stayed away. Longer
/// than the longest pause between two attempts to connect again.
const LINGER_MS: u32 = 60_000;

impl Client {
    /// A signal from another member.
    pub(super) fn take_signal(&mut self, received: ReceivedSignal, out: &mut Vec<Output>) {
        use Signal::*;
        let from = received.from;
        let of = |id| Negotiation { member: from, id };
        match (self.offers_to(from), received.signal) {
            (false, Offer { negotiation, sdp, restarts: None }) => self.answer(of(negotiation), sdp, out),
            (false, Offer { negotiation, sdp, restarts: Some(origin) }) => {
                self.answer_restart(of(negotiation), origin, sdp, out);
            }
            (true, Answer { negotiation, sdp }) => self.peers.take_answer(of(negotiation), sdp, out),
            (true, OfferRequest { restarts: None }) => self.offer_on_request(from, out),
            (true, OfferRequest { restarts: Some(origin) }) => self.restart_on_request(from, origin, out),
            (_, Candidates { negotiation, candidates }) => {
                self.peers.take_candidates(of(negotiation), candidates, out);
            }
            (_, Closed { negotiation }) => self.take_closed(of(negotiation), out),
            _ => {}
        }
    }

    /// Offers a new peer connection to a member, in place of an existing one, if something is to be sent over it.
    pub(super) fn offer(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if self.has_sound_with(member) {
            let negotiation = self.peers.offer(member, (self.profile(), self.takes_sound()), out);
            self.tune(negotiation, out);
        }
    }

    /// A member offers a new peer connection. An offer that came before is ignored. An offer of this page's own with
    /// the same number, which it made from another place, is dropped.
    pub(super) fn answer(&mut self, negotiation: Negotiation, sdp: String, out: &mut Vec<Output>) {
        match self.peers.find(negotiation).map(|peer| peer.is_offered) {
            Some(false) => return,
            Some(true) => self.peers.drop_one(negotiation, out),
            None => {}
        }
        let sends = self.may(Permission::Publish);
        self.peers.answer(negotiation, sdp, (self.profile(), self.takes_sound(), sends), out);
        if !self.peers.is_succeeding(negotiation.member) {
            self.play(negotiation, out);
        }
        if sends {
            self.tune(negotiation, out);
        }
        self.settle_offer_request(out);
    }

    /// A link is open. If it existed before, the other end has opened a new page, and the old peer connection is gone.
    pub(super) fn link(&mut self, member: MemberId, was_linked: bool, out: &mut Vec<Output>) {
        if !self.offers_to(member) {
            return self.request_offers_if_needed(out);
        }
        if was_linked && !self.has_sound_with(member) {
            self.peers.close(member, out);
        }
        if self.is_there(member) {
            self.offer(member, out);
        }
    }

    /// The answering end has no peer connection and asks for one. At its first request an offer may have been under
    /// way, and a new one would only make it wait longer. At its second request that offer is lost.
    pub(super) fn offer_on_request(&mut self, from: MemberId, out: &mut Vec<Output>) {
        match self.peers.with(from).filter(|peer| !peer.is_established && !peer.accepted) {
            Some(peer) if !peer.was_asked_for => peer.was_asked_for = true,
            Some(_) | None => self.offer(from, out),
        }
    }

    /// A member's signaling is back. Signals in the meantime were lost, also offers.
    pub(super) fn serve_again(&mut self, member: MemberId, out: &mut Vec<Output>) {
        let is_served = self.peers.all.iter().any(|peer| peer.member == member && peer.is_established);
        if self.offers_to(member) && !is_served {
            self.offer(member, out);
        } else {
            self.recover_again(member, out);
        }
    }

    /// Offers to all members who are connected, need an offer and have none yet.
    pub(super) fn offer_to_all(&mut self, out: &mut Vec<Output>) {
        for (member, _) in self.peers_linked().into_iter().filter(|(_, offers)| *offers) {
            self.offer_if_unserved(member, out);
        }
    }

    /// Offers to a member who is connected, needs an offer and has none yet.
    pub(super) fn offer_if_unserved(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if self.offers_to(member) && self.is_there(member) && self.peers.state(member).is_none() {
            self.offer(member, out);
        }
    }

    /// Closes every peer connection and tells the other ends.
    pub(super) fn hang_up_all(&mut self, out: &mut Vec<Output>) {
        self.hang_up(|_, _| true, out);
        self.peers.rest();
    }

    /// Closes every peer connection over which nothing goes any more, and tells the other ends.
    pub(super) fn hang_up_idle(&mut self, out: &mut Vec<Output>) {
        self.hang_up(|client, member| !client.has_sound_with(member), out);
        self.rest_if_idle();
    }

    fn hang_up(&mut self, is_over: impl Fn(&Self, MemberId) -> bool, out: &mut Vec<Output>) {
        let members: Vec<_> = self.peers.members().into_iter().filter(|member| is_over(self, *member)).collect();
        for peer in self.peers.all.iter().filter(|peer| members.contains(&peer.member)) {
            self.signal(peer.member, Signal::Closed { negotiation: peer.negotiation }, out);
        }
        members.into_iter().for_each(|member| self.peers.close(member, out));
    }

    /// Forgets failed attempts with members to whom nothing is sent.
    fn rest_if_idle(&mut self) {
        if !self.peers_linked().into_iter().any(|(member, _)| self.has_sound_with(member)) {
            self.peers.rest();
        }
    }

    /// Sends this page's description of a peer connection, and the candidates that waited for it.
    pub(super) fn send_description(&mut self, described: Negotiation, sdp: String, out: &mut Vec<Output>) {
        let Some(peer) = self.peers.find(described) else { return };
        peer.described = true;
        let Negotiation { member, id: negotiation } = described;
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

    pub(super) fn change_peer(&mut self, negotiation: Negotiation, state: PeerState, out: &mut Vec<Output>) {
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

    /// Closes the peer connection with a member and tells them: the two ends fail at different times, and an end that
    /// does not know of the other's failure waits without end.
    pub(super) fn give_up(&mut self, member: MemberId, out: &mut Vec<Output>) {
        let Some(negotiation) = self.peers.with(member).map(|peer| peer.key()) else { return };
        self.signal(member, Signal::Closed { negotiation: negotiation.id }, out);
        self.fall_back(negotiation, out);
    }

    /// The answering end watches an attempt; the offering end is told of a failure.
    pub(super) fn give_up_attempt(&mut self, member: MemberId, out: &mut Vec<Output>) {
        let pending = self.peers.with(member).filter(|peer| !peer.is_established && !peer.is_offered);
        if let Some(negotiation) = pending.map(|peer| peer.key()) {
            self.change_peer(negotiation, PeerState::Failed, out);
        }
    }

    /// The other end has closed an attempt. Even if the attempt is an old one, this shows that the other end is there,
    /// so requests begin again.
    pub(super) fn take_closed(&mut self, negotiation: Negotiation, out: &mut Vec<Output>) {
        if self.peers.find(negotiation).is_some() {
            self.fall_back(negotiation, out);
        } else {
            self.request_offers_if_needed(out);
        }
    }

    /// Closes an attempt. The connection that it was to replace gets a while to recover.
    fn fall_back(&mut self, negotiation: Negotiation, out: &mut Vec<Output>) {
        let member = negotiation.member;
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

    /// A member's place is free. A member who was not connected at that time has lost signaling but may still hear:
    /// sound goes on for a while, until they have another place.
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

    /// A link is closed: nothing goes over it any more, except sound that still goes to a former member.
    pub(super) fn unlink(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if self.peers.all.iter().any(|peer| peer.member == member && !peer.lingers) {
            self.peers.close(member, out);
        }
    }

    /// Closes the peer connections with members without a link.
    pub(super) fn close_departed(&mut self, out: &mut Vec<Output>) {
        let staying = self.peers.all.iter().filter(|peer| !peer.lingers);
        let departed = staying.map(|peer| peer.member).filter(|member| !self.is_linked(*member));
        for member in departed.collect::<Vec<_>>() {
            self.peers.close(member, out);
        }
    }

    /// A page that could hear somebody, but has no working peer connection, asks for an offer unless one comes by
    /// itself.
    pub(super) fn request_offers_if_needed(&mut self, out: &mut Vec<Output>) {
        self.rest_if_idle();
        if self.offerers().into_iter().any(|member| self.lacks_offer(member)) {
            self.peers.offers_requested = 0;
            out.push(Output::StartTimer { timer: Timer::OfferRequest, after_ms: OFFER_REQUEST_MS });
        }
    }

    /// Asks all members for an offer from whom one is missing.
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

    /// An offer has come. Nothing is asked for any more, unless the offer of another member is missing.
    pub(super) fn settle_offer_request(&self, out: &mut Vec<Output>) {
        if !self.offerers().into_iter().any(|member| self.lacks_offer(member)) {
            out.push(Output::StopTimer(Timer::OfferRequest));
        }
    }

    /// The members who offer to this page.
    fn offerers(&self) -> Vec<MemberId> {
        self.peers_linked().into_iter().filter(|(_, offers)| !offers).map(|(member, _)| member).collect()
    }

    /// Whether a connection with a member is wanted, judged by what the other end can know as well.
    fn is_wanted_with(&self, member: MemberId) -> bool {
        is_sounding(self.own_stream()) || self.is_heard_from(member)
    }

    fn lacks_offer(&self, member: MemberId) -> bool {
        self.is_wanted_with(member)
            && self.peers.all.iter().filter(|peer| peer.member == member).all(|peer| peer.is_suspect)
    }

    pub(super) fn signal(&self, to: MemberId, signal: Signal, out: &mut Vec<Output>) {
        if self.signaling.is_attached() {
            self.say(ToRoom::Signal(SendSignal { to, signal }), out);
        }
    }
}
