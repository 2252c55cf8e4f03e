//! Links: who connects with whom. The room's kind decides which links exist; this module announces the changes of an
//! entry.

use std::collections::BTreeSet;

use super::{Audience, ConnectionRef, Effects, Link, Member, Room, RoomEvent};
use crate::{
    id::{ConnectionId, MemberId},
    refusal::Refusal,
};

/// Which end of a link may send a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalDirection {
    /// The one that offers.
    FromOfferer,
    /// The one that answers.
    FromAnswerer,
    /// Either.
    Either,
}

/// Every link of the room, once.
pub(super) fn all(room: &Room) -> BTreeSet<Link> {
    room.members().flat_map(|member| room.links_of(member)).collect()
}

/// Announces every new or ended link to both ends, if they still have a place. A member who was `welcomed` by this
/// entry gets the links with the welcome.
pub(super) fn announce(room: &Room, before: &BTreeSet<Link>, welcomed: Option<MemberId>, effects: &mut Effects) {
    let now = all(room);
    let ends = |link: &Link| [link.offerer, link.answerer].into_iter().filter(|end| room.roster.find(*end).is_some());
    for link in before.difference(&now) {
        for end in ends(link) {
            effects.announce(Audience::Member(end), RoomEvent::LinkClosed { peer: link.peer_of(end) });
        }
    }
    for link in now.difference(before) {
        for end in ends(link).filter(|end| Some(*end) != welcomed) {
            effects.announce(Audience::Member(end), RoomEvent::LinkOpened { link: *link });
        }
    }
}

/// A member has opened a new page, so all members linked with it connect again.
pub(super) fn reopen(room: &Room, member: &Member, effects: &mut Effects) {
    for link in room.links_of(member) {
        effects.announce(Audience::Member(link.peer_of(member.id)), RoomEvent::LinkOpened { link });
    }
}

/// Gives the member's sound to the page at a connection. The page before is told, and those linked with the member connect with this one.
pub(super) fn take_sound(room: &mut Room, connection: ConnectionId, effects: &mut Effects) {
    let Some(member) = room.roster.at_mut(connection) else { return };
    let Some(before) = member.move_sound(connection) else { return };
    let member = member.clone();
    if let Some(before) = before.connection() {
        effects.announce(Audience::Connection(before.id), RoomEvent::SoundMoved);
    }
    for link in room.links_of(&member) {
        effects.announce(Audience::Connection(connection), RoomEvent::LinkOpened { link });
    }
    // From then on this page sends what the member sends, also where nothing else changes.
    for publication in room.publications().into_iter().filter(|publication| publication.by == member.id) {
        effects.announce(Audience::Connection(connection), RoomEvent::PublicationChanged { publication });
    }
    reopen(room, &member, effects);
}

impl Room {
    /// The members that a member connects with.
    pub(crate) fn links_of(&self, member: &Member) -> Vec<Link> {
        if self.ended.is_some() { Vec::new() } else { self.kind().links_of(self, member) }
    }

    /// Finds the sender and the receiver of a signal. Signals go over links, between the pages that have their members' sound, and only
    /// the offering end may send an offer.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`], [`Refusal::RoomEnded`], [`Refusal::NotAllowed`] or [`Refusal::MemberNotFound`].
    pub fn route_signal(
        &self,
        from: ConnectionId,
        to: MemberId,
        direction: SignalDirection,
    ) -> Result<(MemberId, ConnectionRef), Refusal> {
        let sender = self.member_at(from).ok_or(Refusal::NotAMember)?;
        if self.ended.is_some() {
            return Err(Refusal::RoomEnded);
        }
        let target = self.roster.find(to).ok_or(Refusal::MemberNotFound)?;
        let links = self.links_of(sender);
        let link = links.iter().find(|link| link.peer_of(sender.id) == to).ok_or(Refusal::NotAllowed)?;
        let is_right = match direction {
            SignalDirection::FromOfferer => link.offerer == sender.id,
            SignalDirection::FromAnswerer => link.answerer == sender.id,
            SignalDirection::Either => true,
        };
        if !is_right || self.sounding_at(from).is_none() {
            return Err(Refusal::NotAllowed);
        }
        target.connection().map(|at| (sender.id, at)).ok_or(Refusal::MemberNotFound)
    }
}
