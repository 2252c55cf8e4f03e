//! Places for accounts that have none: whether there is one, and under which name.

use super::{JoinRequested, Member, Room};
use crate::{
    id::{MemberId, NameMark},
    refusal::Refusal,
    time::Timestamp,
};

/// Adds a place that no page has.
pub(super) fn add(room: &mut Room, request: &JoinRequested, at: Timestamp) -> MemberId {
    let place = Member::new(request.member, request.account, request.name.clone(), request.role, at);
    room.roster.members.push(Member { has_picture: request.has_picture, marks: request.marks, ..place });
    request.member
}

/// Whether there is a place for a request of an account that has none.
pub(super) fn check(room: &Room, request: &JoinRequested) -> Result<(), Refusal> {
    let policy = &room.created().ok_or(Refusal::RoomNotFound)?.policy;
    let taken = room.with_role(request.role).filter(|member| !member.is_permanent).count();
    match () {
        () if room.roster.removed.knows(request.marks) => Err(Refusal::Removed),
        () if taken >= policy.kind.capacity(request.role, policy) as usize => Err(Refusal::RoomFull),
        () if room.roster.is_address_full(request.marks.address, policy.max_members_per_address) => {
            Err(Refusal::AddressFull)
        }
        () => check_name(room, request.marks.name, None),
    }
}

/// Whether no other member has a name that looks like this one, where members choose their names. Who waits has no name yet that
/// would be kept from others.
pub(super) fn check_name(room: &Room, name: Option<NameMark>, except: Option<MemberId>) -> Result<(), Refusal> {
    let mut others = room.members().filter(|member| Some(member.id) != except);
    let is_taken = name.is_some() && others.any(|member| member.marks.name == name);
    if is_taken { Err(Refusal::NameTaken) } else { Ok(()) }
}
