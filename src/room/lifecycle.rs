//! Timers: grace periods end, and rooms end when nothing happens.

use super::{
    Audience, Effects, EndReason, Foreseen, Member, Policy, Room, RoomEvent, admission, leaving, listening,
    publications,
};
use crate::{
    id::AccountId,
    refusal::Refusal,
    role::{AccountKind, Permission},
    time::Timestamp,
};

/// Lets time pass up to `at`: timers that are due by then take effect before the current entry, even if they fire late.
pub(super) fn pass(room: &mut Room, at: Timestamp, effects: &mut Effects) {
    let Some(policy) = policy_of(room) else { return };
    let grace_ms = policy.member_grace_ms;
    let in_time = |member: &Member| member.away_since().is_none_or(|since| since.after_ms(grace_ms) > at);
    for member in leaving::free(room, in_time) {
        room.tell_membership(&RoomEvent::MemberLeft { member }, effects);
    }
    leaving::close_pages(room, at);
    admission::pass(room, at, effects);
    publications::end_interrupted(room, at);
    let due = policy.kind.ends(room, &policy).into_iter().find(|end| end.at <= at);
    if let Some(end_) = due {
        end(room, end_.reason, at, effects);
    }
}

/// Asks to be woken when the next timer is due.
pub(super) fn ask_to_wake(room: &Room, effects: &mut Effects) {
    if let Some(due) = next_due(room) {
        effects.wake_at(due);
    }
}

/// Whether a timer is due by `at` and has not taken effect.
pub(super) fn is_due(room: &Room, at: Timestamp) -> bool {
    next_due(room).is_some_and(|due| due <= at)
}

/// Ends the room for everyone, and detaches their connections.
pub(super) fn end(room: &mut Room, reason: EndReason, at: Timestamp, effects: &mut Effects) {
    room.ended = Some(reason);
    room.ended_at = at;
    room.end_expected = None;
    room.publications.clear();
    effects.announce(Audience::Everyone, RoomEvent::RoomEnded { reason });
    for connection in room.connections(Audience::Everyone) {
        effects.dismiss(connection.id);
    }
    admission::end(room, effects);
}

/// Opens an ended room again for its owner, with the same code, messages and removals, but without members, unless they stay. Returns
/// whether this is the owner and the time is not over.
pub(super) fn reopen(room: &mut Room, account: AccountId, kind: AccountKind, at: Timestamp) -> bool {
    let may = check_reopen(room, account, kind, at) == Ok(Foreseen::Change);
    if may {
        room.ended = None;
        room.roster.restart(at, room.kind().members_stay());
    }
    may
}

/// Whether an account may open the room again by `at`. Others do not learn who owns the room.
pub(super) fn check_reopen(
    room: &Room,
    account: AccountId,
    kind: AccountKind,
    at: Timestamp,
) -> Result<Foreseen, Refusal> {
    match room.check(account, kind, Permission::ReopenRoom) {
        Ok(()) => {}
        Err(Refusal::NotOwner) => return Err(Refusal::ReopenTooLate),
        Err(refusal) => return Err(refusal),
    }
    match room.reopenable_until() {
        _ if room.created.is_some() && room.ended.is_none() => Ok(Foreseen::Nothing),
        Some(due) if at < due => Ok(Foreseen::Change),
        _ => Err(Refusal::ReopenTooLate),
    }
}

/// Closes the room for good once its owner can no longer open it again.
pub(super) fn close(room: &mut Room, at: Timestamp, effects: &mut Effects) {
    if room.reopenable_until().is_some_and(|due| due <= at) {
        close_for_good(room, effects);
    }
}

/// Ends an ended room for good, so that its log is deleted.
pub(super) fn close_for_good(room: &mut Room, effects: &mut Effects) {
    room.closed = true;
    effects.close_room();
}

/// Warns everyone when the end comes near, and tells them when it is no longer near.
pub(super) fn warn(room: &mut Room, at: Timestamp, effects: &mut Effects) {
    let Some(policy) = policy_of(room) else { return };
    let expected = next_end(room, &policy).filter(|(_, warned_at)| *warned_at <= at).map(|(ends_at, _)| ends_at);
    if room.end_expected != expected {
        room.end_expected = expected;
        effects.announce(Audience::Everyone, RoomEvent::EndExpected { ends_at: expected });
    }
}

/// The policy of a room that has not ended.
fn policy_of(room: &Room) -> Option<Policy> {
    room.created.as_ref().map(|created| created.policy.clone()).filter(|_| room.ended.is_none())
}

/// When the room ends if nothing happens, and when to warn.
fn next_end(room: &Room, policy: &Policy) -> Option<(Timestamp, Timestamp)> {
    policy.kind.ends(room, policy).iter().map(|end| (end.at, end.warned_at(policy))).min()
}

pub(super) fn next_due(room: &Room) -> Option<Timestamp> {
    let policy = room.created.as_ref().map(|created| &created.policy).filter(|_| !room.closed)?;
    if room.ended.is_some() {
        return room.reopenable_until();
    }
    let next_end = next_end(room, policy);
    let warning = next_end.filter(|_| room.end_expected.is_none()).map(|(_, warned_at)| warned_at);
    let others = room.members().filter(|member| !member.is_permanent);
    let graces = others.filter_map(Member::away_since).map(|since| since.after_ms(policy.member_grace_ms));
    let interruptions = publications::interruptions(room).map(|(_, due)| due);
    let ends = policy.kind.ends(room, policy).into_iter().map(|end| end.at);
    let requests = room.roster.admission.next_end();
    graces.chain(interruptions).chain(listening::absences(room)).chain(requests).chain(ends).chain(warning).min()
}
