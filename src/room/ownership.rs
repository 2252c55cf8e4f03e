//! Names of members and of the room, and who owns it.

use super::{Audience, Effects, Foreseen, Member, Room, RoomEvent, admission, places, reports};
use crate::{
    id::{ConnectionId, DisplayName, MemberId, NameMark, RoomName},
    refusal::Refusal,
};

impl Room {
    /// What the owner alone is told.
    pub(super) fn tell_owner(&self, events: impl IntoIterator<Item = RoomEvent>, effects: &mut Effects) {
        if let Some(owner) = self.roster.owner() {
            events.into_iter().for_each(|event| effects.announce(Audience::Member(owner.id), event));
        }
    }
}

/// The effect of a member's new name.
pub(super) fn foresee_name(
    room: &Room,
    member: &Member,
    name: &DisplayName,
    mark: NameMark,
) -> Result<Foreseen, Refusal> {
    places::check_name(room, Some(mark), Some(member.id))?;
    Ok(Foreseen::if_changed(member.name != *name))
}

/// A member chooses another name. Messages keep the name under which they were written.
pub(super) fn name_oneself(
    room: &mut Room,
    connection: ConnectionId,
    (name, mark): (&DisplayName, NameMark),
    effects: &mut Effects,
) {
    let Some(member) = room.member_at(connection) else { return };
    match foresee_name(room, member, name, mark) {
        Ok(Foreseen::Change) => {}
        Ok(Foreseen::Nothing) => return,
        Err(refusal) => return effects.refuse(connection, refusal),
    }
    let Some(member) = room.roster.at_mut(connection) else { return };
    member.name = name.clone();
    // Until they come again under the account's own name.
    member.has_picture = false;
    member.marks.name = Some(mark);
    let (id, is_owner) = (member.id, member.is_permanent);
    if let Some(created) = room.created.as_mut().filter(|_| is_owner) {
        created.owner_name = name.clone();
    }
    room.tell_membership(&RoomEvent::MemberNamed { member: id, name: name.clone() }, effects);
}

/// The effect of a new name of the room.
pub(super) fn foresee_room_name(room: &Room, name: &RoomName) -> Foreseen {
    Foreseen::if_changed(room.created().and_then(|created| created.name.as_ref()) != Some(name))
}

/// The owner names the room.
pub(super) fn name_room(room: &mut Room, name: &RoomName, effects: &mut Effects) {
    if foresee_room_name(room, name) == Foreseen::Nothing {
        return;
    }
    if let Some(created) = &mut room.created {
        created.name = Some(name.clone());
    }
    let owner = room.roster.owner().map(|owner| owner.id);
    if let Some(by) = owner {
        room.tell_membership(&RoomEvent::RoomNamed { by, name: name.clone() }, effects);
    }
}

/// The effect of handing the room over: the member has to be there, now or later.
pub(super) fn foresee_hand_over(room: &Room, to: MemberId) -> Result<Foreseen, Refusal> {
    let member = room.roster.find(to).ok_or(Refusal::MemberNotFound)?;
    Ok(Foreseen::if_changed(!member.is_permanent))
}

/// Makes another member the owner. The owner so far stays as a member.
pub(super) fn hand_over(room: &mut Room, connection: ConnectionId, to: MemberId, effects: &mut Effects) {
    match foresee_hand_over(room, to) {
        Ok(Foreseen::Change) => {}
        Ok(Foreseen::Nothing) => return,
        Err(refusal) => return effects.refuse(connection, refusal),
    }
    let before = room.roster.owner().map(|owner| owner.id);
    room.roster.hand_over(to);
    let (Some(owner), Some(created)) = (room.roster.owner(), &mut room.created) else { return };
    (created.owner, created.owner_member, created.owner_name) = (owner.account, owner.id, owner.name.clone());
    let name = owner.name.clone();
    room.tell_membership(&RoomEvent::OwnerChanged { owner: to, name }, effects);
    reports::hand_over(room, before, effects);
    admission::hand_over(room, before, effects);
}
