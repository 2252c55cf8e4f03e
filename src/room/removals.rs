//! Removals of members.

use super::{Effects, Foreseen, Member, Room, RoomEvent, admission, leaving, removed::Removed};
use crate::{
    id::{AccountId, ConnectionId, MemberId},
    refusal::Refusal,
};

/// Removes an account from the room for good. Another account from the same browser cannot come either, nor one from
/// the same address if the owner wants that. This also works for somebody who has just left.
pub(super) fn remove(
    room: &mut Room,
    connection: ConnectionId,
    (member, block_address): (MemberId, bool),
    effects: &mut Effects,
) {
    let trace = match room.roster.find_removable(member) {
        Ok(trace) => trace,
        Err(refusal) => return effects.refuse(connection, refusal),
    };
    room.roster.removed.add(trace, block_address);
    put_out(room, effects);
}

/// Removes an account that whoever runs the server has banned, whether it is there or not.
pub(super) fn ban(room: &mut Room, account: AccountId, effects: &mut Effects) {
    let traces: Vec<_> = room.roster.traces().filter(|trace| trace.account == account).collect();
    traces.into_iter().for_each(|trace| room.roster.removed.add(trace, false));
    room.roster.removed.add_accounts(std::iter::once(account));
    put_out(room, effects);
}

/// Takes the places of removed accounts away.
fn put_out(room: &mut Room, effects: &mut Effects) {
    let is_gone = |member: &&Member| is_out(&room.roster.removed, member);
    let gone: Vec<_> = room.roster.members.iter().filter(is_gone).cloned().collect();
    // Who was in a room that has ended is gone from there already.
    for member in gone.iter().filter(|_| room.ended.is_none()) {
        room.tell_membership(&RoomEvent::MemberLeft { member: member.id }, effects);
        member.connections().for_each(|connection| effects.disconnect(connection.id, Refusal::Removed));
    }
    // Accounts with the same browser or address cannot come back from elsewhere either.
    room.roster.removed.add_accounts(gone.iter().map(|member| member.account));
    leaving::free(room, |member| !gone.iter().any(|gone| gone.id == member.id));
    admission::put_out(room, effects);
}

/// The effect of sending a member out.
pub(super) fn foresee_sending_out(room: &Room, member: MemberId) -> Result<Foreseen, Refusal> {
    let member = room.roster.find(member).filter(|member| !member.is_permanent);
    member.map(|_| Foreseen::Change).ok_or(Refusal::MemberNotFound)
}

/// Takes a member's place away. The account may come again.
pub(super) fn send_out(room: &mut Room, connection: ConnectionId, member: MemberId, effects: &mut Effects) {
    if let Err(refusal) = foresee_sending_out(room, member) {
        return effects.refuse(connection, refusal);
    }
    let Some(gone) = room.roster.find(member).cloned() else { return };
    room.tell_membership(&RoomEvent::MemberLeft { member }, effects);
    gone.connections().for_each(|connection| effects.disconnect(connection.id, Refusal::SentOut));
    room.roster.admission.forget_admitted(|account| account == gone.account);
    leaving::free(room, |known| known.id != member);
}

/// The effect of a removal: none if all accounts in question are kept out already and none of them is in the room.
pub(super) fn foresee(room: &Room, member: MemberId, block_address: bool) -> Result<Foreseen, Refusal> {
    let trace = room.roster.find_removable(member)?;
    let mut removed = room.roster.removed.clone();
    removed.add(trace, block_address);
    let is_there = room.roster.members.iter().any(|member| is_out(&removed, member));
    Ok(Foreseen::if_changed(is_there || removed != room.roster.removed))
}

/// Whether a member has no place beside these removed accounts.
fn is_out(removed: &Removed, member: &Member) -> bool {
    !member.is_permanent && (removed.has(member.account) || removed.knows(member.marks))
}
