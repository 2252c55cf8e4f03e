//! Whom a page connects with, and who offers: as the room says, whatever kind of room it is.

use heartogether::{
    id::MemberId,
    protocol::{ClientMessage, ToRoom},
    role::Role,
    room::{Link, Publication, StreamState},
};

use super::{Client, Output};

impl Client {
    /// This page's place, while it has one.
    pub(super) fn own_place(&self) -> Option<MemberId> {
        self.place.as_ref().map(|place| place.member)
    }

    pub(super) fn links(&self) -> &[Link] {
        self.room.as_ref().map(|room| room.links.as_slice()).unwrap_or_default()
    }

    /// The other ends of this page's links, with whether this page offers there.
    pub(super) fn peers_linked(&self) -> Vec<(MemberId, bool)> {
        let Some(own) = self.own_place() else { return Vec::new() };
        self.links().iter().map(|link| (link.peer_of(own), link.offerer == own)).collect()
    }

    pub(super) fn is_linked(&self, member: MemberId) -> bool {
        self.links().iter().any(|link| link.has(member))
    }

    /// Whether this page offers to a member. Where there is no link any more, whoever has offered before goes on.
    pub(super) fn offers_to(&self, member: MemberId) -> bool {
        match self.peers_linked().into_iter().find(|(peer, _)| *peer == member) {
            Some((_, offers)) => offers,
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

    /// Whether a member sends something that can be heard, or would be but for a pause.
    pub(super) fn is_heard_from(&self, member: MemberId) -> bool {
        let from_there = |publication: &&Publication| publication.by == member;
        self.publications().iter().filter(from_there).any(|publication| is_sounding(publication.state))
    }

    /// Whether this page hears others: a host's page in a broadcast does not.
    pub(super) fn takes_sound(&self) -> bool {
        self.role != Role::Host
    }

    /// Sends something to the room.
    pub(super) fn say(&self, message: ToRoom, out: &mut Vec<Output>) {
        out.push(Output::Send(ClientMessage::to_room(self.code, message)));
    }
}

/// Whether sound comes, or would but for a pause.
pub(super) const fn is_sounding(state: StreamState) -> bool {
    matches!(state, StreamState::Live | StreamState::Paused)
}
