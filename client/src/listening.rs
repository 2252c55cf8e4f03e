//! Listening, where members choose whether to hear what another one sends. The room says who listens; this says whether this page
//! is to be the one that plays.

use heartogether::{
    id::PublicationId,
    protocol::{EndPublication, Listen, ToRoom},
    refusal::Refusal,
    room::{Publication, RoomEvent},
};

use super::{Client, Negotiation, Output, PeerState, links::is_sounding, peers::Peer, publishing::Publishing};

/// What this page has of the member's sound.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Listening {
    /// The publications that are to be heard here.
    wanted: Vec<PublicationId>,
    /// Whether this page has asked for the member's sound, and no other page has since.
    has_sound: bool,
    /// Whether the room was told so since.
    told: bool,
    /// Why the room did not let this page listen.
    refusal: Option<Refusal>,
}

impl Client {
    /// Whether this page plays a publication, or is about to.
    pub fn listens_to(&self, publication: PublicationId) -> bool {
        self.listening.wanted.contains(&publication)
    }

    /// What this page plays, or is about to.
    pub fn heard(&self) -> &[PublicationId] {
        &self.listening.wanted
    }

    /// Why the member cannot listen.
    pub const fn listening_refusal(&self) -> Option<Refusal> {
        self.listening.refusal
    }

    /// Whether this page connects with others. One that shares waits until the room says that it does: before, signals from here are
    /// refused.
    pub(super) fn uses_sound(&self) -> bool {
        let shares = self.publishing.is_capturing() && self.publishing.is_known;
        !self.kind().chooses_to_listen() || !self.listening.wanted.is_empty() || shares
    }

    /// Whether the room is to be told that this page has the member's sound now, whatever it says of the member.
    pub(super) const fn is_sound_untold(&self) -> bool {
        self.kind().chooses_to_listen() && !self.listening.told
    }

    /// The room is told, or, in another place, has yet to be.
    pub(super) const fn note_told(&mut self, told: bool) {
        self.listening.told = told;
    }

    /// Whether this page may speak for what the member sends and hears.
    pub(super) const fn has_sound(&self) -> bool {
        !self.kind().chooses_to_listen() || self.listening.has_sound
    }

    /// The member wants to hear this on this page.
    pub(super) fn listen(&mut self, publication: PublicationId, out: &mut Vec<Output>) {
        if self.kind().chooses_to_listen() && !self.is_over() && !self.has_left {
            self.take_sound();
            if !self.listens_to(publication) {
                self.listening.wanted.push(publication);
            }
            self.declare_listening(out);
            // What comes over a connection that is there for the own sound is played now.
            let connected = self.peers.flowing().filter(|peer| peer.state == PeerState::Connected);
            let connected: Vec<_> = connected.map(Peer::key).collect();
            connected.into_iter().for_each(|connected| self.play(connected, out));
            self.offer_to_all(out);
            self.request_offers_if_needed(out);
        }
    }

    /// Plays what comes over a peer connection, if it is wanted here.
    pub(super) fn play(&mut self, negotiation: Negotiation, out: &mut Vec<Output>) {
        let sent = self.room.iter().flat_map(|room| &room.publications);
        let mut of_member = sent.filter(|publication| publication.by == negotiation.member);
        let is_wanted = of_member.any(|publication| self.listens_to(publication.id));
        if is_wanted || !self.kind().chooses_to_listen() {
            self.peers.play(negotiation, out);
        }
    }

    /// The member wants to hear nothing any more.
    pub(super) fn listen_no_more(&mut self, out: &mut Vec<Output>) {
        if !std::mem::take(&mut self.listening.wanted).is_empty() {
            self.hang_up_unused(out);
            self.declare_listening(out);
        }
    }

    /// The owner ends what another member sends.
    pub(super) fn end_publication(&self, publication: PublicationId, out: &mut Vec<Output>) {
        if self.signaling.is_attached() {
            self.say(ToRoom::EndPublication(EndPublication { publication }), out);
        }
    }

    /// The page goes for good, and with it what it shares, where others can share then.
    pub(super) fn end_own(&self, out: &mut Vec<Output>) {
        let shares = self.kind().chooses_to_listen() && self.publishing.is_capturing();
        if let Some(own) = self.own_publication().filter(|_| shares) {
            self.end_publication(own.id, out);
        }
    }

    /// The page captures, so the member's sound is here.
    pub(super) fn take_sound(&mut self) {
        let has_told = self.listening.told && self.listening.has_sound;
        (self.listening.has_sound, self.listening.told, self.listening.refusal) = (true, has_told, None);
    }

    fn hang_up_unused(&mut self, out: &mut Vec<Output>) {
        if self.uses_sound() { self.hang_up_idle(out) } else { self.hang_up_all(out) }
    }

    /// Tells the room what this page hears, if the room has another state. What has ended is wanted no more.
    pub(super) fn declare_listening(&mut self, out: &mut Vec<Output>) {
        let Some(room) = self.room.as_ref().filter(|_| self.signaling.is_attached() && self.listening.has_sound) else {
            return;
        };
        let own = self.own_place();
        let listens = |publication: &Publication| publication.listeners.iter().any(|listener| Some(*listener) == own);
        for publication in &room.publications {
            let on = self.listens_to(publication.id);
            // Another page of the member may listen already.
            if on != listens(publication) || on && !self.listening.told {
                self.say(ToRoom::Listen(Listen { publication: publication.id, on }), out);
            }
        }
        let is_there = |wanted: &PublicationId| room.publications.iter().any(|publication| publication.id == *wanted);
        self.listening.wanted.retain(is_there);
        self.listening.told |= !self.listening.wanted.is_empty();
    }

    /// The page goes, and with it what it plays. One that is shown again goes on.
    pub(super) fn pause_listening(&self, out: &mut Vec<Output>) {
        if self.signaling.is_attached() && self.listening.has_sound {
            for publication in self.listening.wanted.iter().copied() {
                self.say(ToRoom::Listen(Listen { publication, on: false }), out);
            }
        }
    }

    /// Another page of the member has the sound. The room hears nothing more of it from here.
    pub(super) fn lose_sound(&mut self, out: &mut Vec<Output>) {
        self.listening = Listening::default();
        self.peers.close_all(out);
        self.withdraw_for(None, out);
    }

    /// The room refuses what this page wants to share, or else to hear.
    pub(super) fn take_refusal_of_sound(&mut self, refusal: Refusal, out: &mut Vec<Output>) {
        if self.publishing.is_capturing() {
            self.withdraw_for(Some(refusal), out);
        } else {
            self.give_up_listening(refusal, out);
        }
    }

    /// The member cannot listen, for this reason.
    pub(super) fn give_up_listening(&mut self, refusal: Refusal, out: &mut Vec<Output>) {
        if !std::mem::take(&mut self.listening.wanted).is_empty() {
            self.listening.refusal = Some(refusal);
            self.hang_up_unused(out);
        }
    }

    /// The room says what the member sends. From then on signals from here are passed on.
    pub(super) fn note_own(&mut self, publication: &Publication) {
        self.publishing.is_known |= self.publishing.is_capturing() && is_sounding(publication.state);
    }

    /// What an event says to this page alone.
    pub(super) fn follow_sound(&mut self, event: &RoomEvent, out: &mut Vec<Output>) {
        match event {
            RoomEvent::SoundMoved => self.lose_sound(out),
            RoomEvent::PublicationStopped { .. } => self.withdraw_for(Some(Refusal::SoundStopped), out),
            RoomEvent::PublicationEnded { publication } => self.listening.wanted.retain(|wanted| wanted != publication),
            _ => {}
        }
    }

    /// Shares nothing any more; `why` is shown.
    pub(super) fn withdraw_for(&mut self, why: Option<Refusal>, out: &mut Vec<Output>) {
        if self.publishing.is_capturing() {
            self.publishing = Publishing { refusal: why, ..Publishing::default() };
            self.hang_up_idle(out);
            out.push(Output::StopCapture);
        }
    }
}
