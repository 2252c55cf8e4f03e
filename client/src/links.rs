//! Whom a page connects with, and who offers. The room decides this, so the kind of room does not matter here.

use heartogether::{
    id::MemberId,
    protocol::{ClientMessage, ToRoom},
    room::{Link, Publication, StreamState},
};

use super::{Client, Output};

impl Client {
    /// This page's place, while it has one.
    pub(super) fn own_place(&self) -> Option<MemberId> {
        self.place.as_ref().map(|place| place.member)
    }

    pub(super) fn links(&self) -> &[Link] {
        let room = self.room.as_ref().filter(|_| self.uses_sound());
        room.map(|room| room.links.as_slice()).unwrap_or_default()
    }

    /// The other ends of this page's links, with whether this page offers there.
    pub(super) fn peers_linked(&self) -> Vec<(MemberId, bool)> {
        let Some(own) = self.own_place() else { return Vec::new() };
        self.links().iter().map(|link| (link.peer_of(own), link.offerer == own)).collect()
    }

    fn link_with(&self, member: MemberId) -> Option<&Link> {
        let own = self.own_place()?;
        self.links().iter().find(|link| link.peer_of(own) == member)
    }

    pub(super) fn is_linked(&self, member: MemberId) -> bool {
        self.link_with(member).is_some()
    }

    /// Whether this page offers to a member. Where there is no link any more, whoever has offered before goes on.
    pub(super) fn offers_to(&self, member: MemberId) -> bool {
        match self.link_with(member) {
            Some(link) => link.answerer == member,
            None => self.peers.all.iter().any(|peer| peer.member == member && peer.is_offered),
        }
    }

    /// Whether a member's connection is there, as far as this page is told who is: of others nobody hears that they are not.
    pub(super) fn is_there(&self, member: MemberId) -> bool {
        let members = self.room.iter().flat_map(|room| &room.members);
        members.into_iter().find(|known| known.member == member).is_none_or(|known| known.connected)
    }

    fn publications(&self) -> &[Publication] {
        self.room.as_ref().map(|room| room.publications.as_slice()).unwrap_or_default()
    }

    /// What the room believes that this page sends.
    pub(super) fn own_publication(&self) -> Option<&Publication> {
        let own = self.own_place();
        self.publications().iter().find(|publication| Some(publication.by) == own)
    }

    /// What the room believes that this page sends, as a state.
    pub(super) fn own_stream(&self) -> StreamState {
        self.own_publication().map(|own| own.state).unwrap_or_default()
    }

    /// What is sent to this page, as one state: that of whoever can be heard best.
    pub(super) fn heard_stream(&self) -> StreamState {
        let own = self.own_place();
        let sent: Vec<_> = self.publications().iter().filter(|publication| Some(publication.by) != own).collect();
        let is_sent = |state: &StreamState| sent.iter().any(|publication| publication.state == *state);
        let states = [StreamState::Live, StreamState::Paused, StreamState::Interrupted];
        states.into_iter().find(is_sent).unwrap_or_default()
    }

    /// What a member sends, as a state.
    pub(super) fn stream_of(&self, member: MemberId) -> StreamState {
        let sent = self.publications().iter().find(|publication| publication.by == member);
        sent.map(|publication| publication.state).unwrap_or_default()
    }

    /// Whether a member sends something that can be heard, or would be but for a pause.
    pub(super) fn is_heard_from(&self, member: MemberId) -> bool {
        is_sounding(self.stream_of(member))
    }

    /// Whether something goes, or is about to go, over a connection with a member: what this page captures or is about to capture, or what they send.
    pub(super) fn has_sound_with(&self, member: MemberId) -> bool {
        self.publishing.is_capturing_soon() || self.is_heard_from(member)
    }

    /// Sends something to the room.
    pub(super) fn say(&self, message: ToRoom, out: &mut Vec<Output>) {
        out.push(self.to_room(message));
    }

    pub(super) const fn to_room(&self, message: ToRoom) -> Output {
        Output::Send(ClientMessage::to_room(self.code, message))
    }
}

/// Whether sound comes, or would but for a pause.
pub(super) const fn is_sounding(state: StreamState) -> bool {
    matches!(state, StreamState::Live | StreamState::Paused)
}
