//! Listening where members choose whether to hear what another one sends. A choice is for one publication: no sound begins by itself
//! that nobody has asked for.

use super::{
    Effects, Foreseen, Room, links,
    publications::{Declared, Listener},
};
use crate::{
    id::{ConnectionId, MemberId, PublicationId},
    refusal::Refusal,
    time::Timestamp,
};

impl Room {
    pub(crate) fn max_direct_listeners(&self) -> Option<u32> {
        self.created().and_then(|created| created.policy.max_direct_listeners)
    }

    /// Who has chosen to hear whom, the sender first, in the order in which they began to listen.
    pub(crate) fn hearings(&self) -> Vec<(MemberId, MemberId)> {
        let of = |declared: &Declared| -> Vec<_> {
            declared.listeners.iter().map(|listener| (listener.since, declared.by, listener.member)).collect()
        };
        let mut hearings: Vec<_> = self.publications.iter().flat_map(of).collect();
        hearings.sort_unstable();
        hearings.into_iter().map(|(_, by, listener)| (by, listener)).collect()
    }

    pub(crate) fn sends(&self, member: MemberId) -> bool {
        self.publications.iter().any(|declared| declared.by == member)
    }

    /// Whether a member sends, or has chosen to listen.
    pub(super) fn uses_sound(&self, member: MemberId) -> bool {
        self.publications.iter().any(|declared| declared.by == member || declared.is_heard_by(member))
    }
}

/// A member begins to listen to a publication, or listens no more. The page that asked has the member's sound.
pub(super) fn listen(
    room: &mut Room,
    connection: ConnectionId,
    (publication, on): (PublicationId, bool),
    effects: &mut Effects,
) {
    match foresee(room, connection, publication, on) {
        Ok(Foreseen::Change) => {}
        Ok(Foreseen::Nothing) => return,
        Err(refusal) => return effects.refuse(connection, refusal),
    }
    let Some(member) = room.member_at(connection).map(|member| member.id) else { return };
    let since = room.seq;
    if on {
        links::take_sound(room, connection, effects);
    }
    for declared in room.publications.iter_mut().filter(|declared| declared.id == publication) {
        let is_in = declared.is_heard_by(member);
        match on {
            true if !is_in => declared.listeners.push(Listener { member, since }),
            true => {}
            false => declared.listeners.retain(|listener| listener.member != member),
        }
    }
}

/// The effect of this choice. A page without the member's sound takes it when it begins, and ends nothing.
pub(super) fn foresee(
    room: &Room,
    connection: ConnectionId,
    publication: PublicationId,
    on: bool,
) -> Result<Foreseen, Refusal> {
    let member = room.member_at(connection).ok_or(Refusal::NotAMember)?;
    let has_sound = room.sounding_at(connection).is_some();
    let declared = room.publications.iter().find(|declared| declared.id == publication);
    let is_in = declared.is_some_and(|declared| declared.is_heard_by(member.id));
    match declared {
        _ if !on => Ok(Foreseen::if_changed(is_in && has_sound)),
        Some(_) if is_in => Ok(Foreseen::if_changed(!has_sound)),
        Some(declared) if declared.by != member.id => {
            if declared.is_full(room) {
                Err(Refusal::SoundFull)
            } else {
                Ok(Foreseen::Change)
            }
        }
        Some(_) | None => Err(Refusal::StreamNotReady),
    }
}

/// A member listens to nothing any more.
pub(super) fn end_of(room: &mut Room, member: MemberId) {
    room.publications.iter_mut().for_each(|declared| declared.listeners.retain(|listener| listener.member != member));
}

/// When each listener whose page is away is no listener any more.
pub(super) fn absences(room: &Room) -> impl Iterator<Item = Timestamp> {
    let grace_ms = room.created().and_then(|created| created.policy.page_grace_ms);
    let listeners = room.publications.iter().flat_map(|declared| &declared.listeners);
    listeners.filter_map(move |listener| {
        let since = room.roster.find(listener.member).and_then(|member| member.page.away_since());
        since.zip(grace_ms).map(|(since, grace_ms)| since.after_ms(grace_ms))
    })
}
