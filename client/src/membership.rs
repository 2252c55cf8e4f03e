//! The place in the room: getting it, following the room's events, and losing it.

use heartogether::{
    id::Seq,
    protocol::ToRoom,
    refusal::Refusal,
    role::Permission,
    room::{EndReason, Joined, Missed, Resumed, RoomEvent},
};

use super::{Client, Output, Place, Timer, conversation::Occasion, listening::Listening, publishing::Publishing};

impl Client {
    /// The page has a place: a new one, or its old one from a new page. A listener whose place was freed while the
    /// connection was away still hears, until the host's new offer comes.
    pub(super) fn settle(&mut self, joined: Joined, out: &mut Vec<Output>) {
        out.extend(joined.ice_servers.map(Output::UseIceServers));
        self.converse(Occasion::Blocked(joined.blocked), out);
        // A page that has just come has not lost what it is about to ask for.
        let has_lost_sound = joined.sound_elsewhere && self.signaling.was_attached();
        let place = Place { member: joined.member, token: joined.token, seq: joined.seq };
        self.place = Some(place);
        self.note_told(false);
        self.room = Some(joined.room);
        if self.engagement.settle(joined.member, self.may(Permission::ReadMessages)) {
            self.doubt_offered();
        }
        self.renew_messages(out);
        self.signaling.attach(out);
        if has_lost_sound {
            self.lose_sound(out);
        }
        self.reconcile(out);
        self.fetch_own(out);
    }

    /// The page has resumed its place and gets the missed events. Only their result counts: some events are sent twice,
    /// and a connected member does not lose the sound because their own arrival is among them.
    pub(super) fn catch_up(&mut self, resumed: Resumed, out: &mut Vec<Output>) {
        out.extend(resumed.ice_servers.map(Output::UseIceServers));
        self.converse(Occasion::Blocked(resumed.blocked), out);
        self.signaling.attach(out);
        match resumed.missed {
            Missed::Room(now) => {
                self.room = Some(now);
                self.renew_messages(out);
                self.fetch_own(out);
            }
            Missed::Events(events) => events.iter().for_each(|event| self.make_up_for(event, out)),
        }
        if let Some(place) = &mut self.place {
            place.seq = resumed.seq;
        }
        if resumed.sound_elsewhere {
            self.lose_sound(out);
        }
        self.reconcile(out);
    }

    /// A link that was closed and opened again is a new one: the other end has closed its peer connection.
    fn make_up_for(&mut self, missed: &RoomEvent, out: &mut Vec<Output>) {
        self.apply_event(missed);
        self.converse(Occasion::Missed(missed), out);
        self.follow_sound(missed, out);
        if let RoomEvent::LinkClosed { peer } = missed {
            self.unlink(*peer, out);
        }
    }

    pub(super) fn follow(&mut self, seq: Seq, event: &RoomEvent, out: &mut Vec<Output>) {
        self.signaling.note_stored();
        let (Some(place), Some(room)) = (&mut self.place, &self.room) else { return };
        place.seq = place.seq.max(seq);
        let own = place.member;
        let was_linked = matches!(event, RoomEvent::LinkOpened { link } if room.links.contains(link));
        let was_away = matches!(event, RoomEvent::MemberLeft { member }
            if room.members.iter().any(|known| known.member == *member && !known.connected));
        self.apply_event(event);
        self.follow_sound(event, out);
        match event {
            RoomEvent::LinkOpened { link } => self.link(link.peer_of(own), was_linked, out),
            RoomEvent::LinkClosed { peer } => self.unlink(*peer, out),
            RoomEvent::MemberLeft { member } => self.part(*member, was_away, out),
            RoomEvent::PublicationChanged { publication } => {
                if publication.by == own {
                    self.note_own(publication);
                } else {
                    self.offer_if_unserved(publication.by, out);
                }
                self.follow_publications(out);
            }
            RoomEvent::PublicationEnded { .. } => self.follow_publications(out),
            RoomEvent::RoomEnded { .. } => self.shut_down(out),
            RoomEvent::MemberConnected { member, connected: true } => self.serve_again(*member, out),
            RoomEvent::PublicationStopped { .. }
            | RoomEvent::SoundMoved
            | RoomEvent::MemberConnected { .. }
            | RoomEvent::MemberJoined { .. }
            | RoomEvent::MemberNamed { .. }
            | RoomEvent::RoomNamed { .. }
            | RoomEvent::OwnerChanged { .. }
            | RoomEvent::AskFirstChanged { .. }
            | RoomEvent::JoinAsked { .. }
            | RoomEvent::JoinAnswered { .. }
            | RoomEvent::MessageReacted { .. }
            | RoomEvent::AttendanceChanged { .. }
            | RoomEvent::Reacted { .. }
            | RoomEvent::MessageSent { .. }
            | RoomEvent::MessageEdited { .. }
            | RoomEvent::MessageDeleted { .. }
            | RoomEvent::MessagePinned { .. }
            | RoomEvent::PictureRemoved { .. }
            | RoomEvent::MessagesDelivered { .. }
            | RoomEvent::MessageReported { .. }
            | RoomEvent::ReportsDismissed { .. }
            | RoomEvent::ReportTaken { .. }
            | RoomEvent::EndExpected { .. } => {}
        }
        self.follow_engagement(event, out);
    }

    fn follow_publications(&mut self, out: &mut Vec<Output>) {
        // This page may have changed while the message was under way.
        self.declare(out);
        if self.kind().chooses_to_listen() {
            self.offer_to_all(out);
        }
        self.request_offers_if_needed(out);
    }

    /// Updates the peer connections and the declared stream to match the room and the captured sound.
    pub(super) fn reconcile(&mut self, out: &mut Vec<Output>) {
        if self.ending().is_some() {
            return self.shut_down(out);
        }
        if self.gives_up {
            return self.depart(true, out);
        }
        self.peers.close_unsettled(out);
        self.converse(Occasion::Attached, out);
        self.say_again(out);
        self.declare(out);
        self.close_departed(out);
        self.offer_to_all(out);
        self.request_offers_if_needed(out);
        self.recover_all_again(out);
    }

    pub(super) fn take_refusal(&mut self, refusal: Refusal, out: &mut Vec<Output>) {
        if self.converse(Occasion::Refused(refusal), out) || self.slow_down(refusal, out) {
            return;
        }
        match refusal {
            // It was the name that the page joined with.
            Refusal::NameTaken if self.place.is_none() => self.refuse(refusal, out),
            Refusal::NotAMember if self.place.take().is_some() => self.join(out),
            // The page is back by itself, and there is nothing to come back to.
            Refusal::NotAMember if self.is_joining() && self.returns() => self.refuse(refusal, out),
            Refusal::RoomNotFound | Refusal::RoomEnded if self.place.is_some() => self.learn_of_end(out),
            Refusal::StorageUnavailable => self.wait_for_storage(out),
            Refusal::TooManyRequests | Refusal::TooManyFrames if !self.signaling.is_attached() => {
                // There is a place to be had, a little later.
                out.push(Output::CloseSocket);
                self.lose_link(out);
            }
            Refusal::SoundTaken | Refusal::StreamNotReady if self.own_publication().is_none() => {
                self.take_refusal_of_sound(refusal, out);
            }
            Refusal::SoundFull => self.give_up_listening(refusal, out),
            Refusal::TooManyFrames => self.declare_later(out),
            refusal if is_final(refusal) => self.refuse(refusal, out),
            _ => {}
        }
    }

    /// This page cannot be in the room. If the visitor tries again, it asks for a new place, because its old one
    /// belongs to another page or is free.
    pub(super) fn refuse(&mut self, refusal: Refusal, out: &mut Vec<Output>) {
        self.refusal = Some(refusal);
        self.place = None;
        self.conversation.waits = false;
        self.shut_down(out);
    }

    /// The room ended while the connection was away. The reason is unknown, unless this page asked for the end.
    pub(super) fn learn_of_end(&mut self, out: &mut Vec<Output>) {
        match &mut self.room {
            Some(room) if self.publishing.stopping => room.apply(&RoomEvent::RoomEnded { reason: EndReason::Stopped }),
            _ => (self.room, self.place, self.missed_end) = (None, None, true),
        }
        self.shut_down(out);
    }

    /// Releases everything: the room has ended, or refused this page.
    pub(super) fn shut_down(&mut self, out: &mut Vec<Output>) {
        if self.ending().is_some() {
            self.forget_removals(out);
        }
        self.end_sound(out);
        self.signaling.stop(out);
        self.drop_held_reaction();
        out.extend([Timer::OfferRequest, Timer::Messages, Timer::Declaration].map(Output::StopTimer));
    }

    /// Nothing is sent or heard any more.
    pub(super) fn end_sound(&mut self, out: &mut Vec<Output>) {
        out.extend(self.peers.members().into_iter().map(|member| Output::StopTimer(Timer::Attempt(member))));
        self.peers.close_all(out);
        self.publishing = Publishing::default();
        self.listening = Listening::default();
        out.extend([Timer::Mixer, Timer::Microphone].map(Output::StopTimer));
        out.push(Output::StopCapture);
    }

    /// The page is closed. Where members stay, only the page leaves.
    pub(super) fn leave(&mut self, out: &mut Vec<Output>) {
        self.depart(!self.kind().members_stay(), out);
    }

    /// The member gives the place up, or waits for it no more: at once, or when the room can be told.
    pub(super) fn end_membership(&mut self, out: &mut Vec<Output>) {
        self.gives_up = true;
        if self.signaling.is_attached() || self.can_stop_waiting() {
            self.depart(true, out);
        }
    }

    fn depart(&mut self, gives_up: bool, out: &mut Vec<Output>) {
        let can_tell = self.signaling.is_attached() || self.can_stop_waiting();
        self.has_left = true;
        self.settle_removals(out);
        self.pause_listening(out);
        self.end_own(out);
        if self.has_owners_place() || !gives_up {
            // The links stay with the place, and no other message says that the page is done.
            self.hang_up_all(out);
        }
        if gives_up && can_tell {
            self.say(ToRoom::Leave, out);
        }
        self.shut_down(out);
    }
}

/// Whether a refusal means that this page cannot be in this room, rather than that one message went wrong.
const fn is_final(refusal: Refusal) -> bool {
    use Refusal::*;
    matches!(
        refusal,
        CodeMalformed
            | RoomNotFound
            | RoomFull
            | AddressFull
            | RoomEnded
            | RoomUnreadable
            | NotOwner
            | Removed
            | SentOut
            | LeftElsewhere
            | Declined
            | DeclinedLately
            | NotAnswered
            | TooManyWaiting
            | HostElsewhere
            | SessionReplaced
            | TooManyPlaces
            | NotSignedIn
            | GuestsListenOnly
            | GuestsOff
            | VersionUnsupported
            | OriginNotAllowed
    )
}
