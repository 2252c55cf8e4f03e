//! What happens when nothing happens: grace periods run out, and rooms end.

use super::{Audience, Effects, Foreseen, Policy, Room, members::Member, stream};
use crate::{
    id::AccountId,
    limits::END_WARNING_MS,
    protocol::{EndReason, RoomEvent, StreamState},
    refusal::Refusal,
    role::{Kind, Permission, permit},
    time::Timestamp,
};

/// Lets time pass up to `at`: what is due by then has happened before the entry at hand, however late a timer fires.
pub(super) fn pass(room: &mut Room, at: Timestamp, effects: &mut Effects) {
    let Some(policy) = room.created.as_ref().map(|created| created.policy.clone()) else { return };
    if room.ended.is_some() {
        return;
    }
    release_listeners(room, &policy, at, effects);
    if interruption_ends_at(room, &policy).is_some_and(|due| due <= at) {
        stream::cease(room);
    }
    if let Some(reason) = reason_to_end(room, &policy, at) {
        end(room, reason, at, effects);
    }
}

/// Asks to be woken when the next thing is due.
pub(super) fn ask_to_wake(room: &Room, effects: &mut Effects) {
    if let Some(due) = next_due(room) {
        effects.wake_at(due);
    }
}

/// Whether something is due by `at` that no entry has brought about yet.
pub(super) fn is_due(room: &Room, at: Timestamp) -> bool {
    next_due(room).is_some_and(|due| due <= at)
}

/// Ends the room for everyone, and lets their connections go.
pub(super) fn end(room: &mut Room, reason: EndReason, at: Timestamp, effects: &mut Effects) {
    room.ended = Some(reason);
    room.ended_at = at;
    room.end_expected = None;
    stream::cease(room);
    effects.announce(Audience::Everyone, RoomEvent::RoomEnded { reason });
    for connection in room.connections(Audience::Everyone) {
        effects.dismiss(connection.id);
    }
}

/// Opens an ended room again for its owner: same code, same chat, same removals, and nobody in it yet. Whether it was
/// theirs to open, and in time.
pub(super) fn reopen(room: &mut Room, account: AccountId, kind: Kind, at: Timestamp) -> bool {
    let may = check_reopen(room, account, kind, at) == Ok(Foreseen::Change);
    if may {
        room.ended = None;
        room.members.restart(at);
    }
    may
}

/// Whether an account may open the room again by `at`. Whose room it is, nobody else learns.
pub(super) fn check_reopen(room: &Room, account: AccountId, kind: Kind, at: Timestamp) -> Result<Foreseen, Refusal> {
    match permit(room.standing_of(Some(account)), kind, Permission::ReopenRoom) {
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

/// Nobody can open an ended room again, and its log is forgotten.
pub(super) fn close_for_good(room: &mut Room, effects: &mut Effects) {
    room.closed = true;
    effects.close_room();
}

/// Warns everyone when the end comes near, and says so when it is no longer near.
pub(super) fn warn(room: &mut Room, at: Timestamp, effects: &mut Effects) {
    let policy = room.created.as_ref().map(|created| &created.policy).filter(|_| room.ended.is_none());
    let Some(policy) = policy else { return };
    let expected = next_end(room, policy).filter(|(_, warned_at)| *warned_at <= at).map(|(ends_at, _)| ends_at);
    if room.end_expected != expected {
        room.end_expected = expected;
        effects.announce(Audience::Everyone, RoomEvent::EndExpected { ends_at: expected });
    }
}

fn release_listeners(room: &mut Room, policy: &Policy, at: Timestamp, effects: &mut Effects) {
    let in_time = |member: &Member| grace_ends_at(member, policy).is_none_or(|due| due > at);
    for member in room.members.release(in_time) {
        effects.announce(Audience::Host, RoomEvent::ListenerLeft { member });
    }
}

fn grace_ends_at(member: &Member, policy: &Policy) -> Option<Timestamp> {
    member.detached_at().map(|since| since.after_ms(policy.listener_grace_ms))
}

fn host_detached_at(room: &Room) -> Option<Timestamp> {
    room.members.host().and_then(Member::detached_at)
}

fn interruption_ends_at(room: &Room, policy: &Policy) -> Option<Timestamp> {
    room.stream.interrupted_at(host_detached_at(room)).map(|since| since.after_ms(policy.host_grace_ms))
}

fn idle_ends_at(room: &Room, policy: &Policy) -> Option<Timestamp> {
    (room.stream_state() != StreamState::Live).then(|| room.active_at.after_ms(policy.idle_ms))
}

fn absence_ends_at(room: &Room, policy: &Policy) -> Option<Timestamp> {
    host_detached_at(room).map(|since| since.after_ms(policy.host_absent_ms))
}

/// When the room ends unless something happens, and when to warn of it.
fn next_end(room: &Room, policy: &Policy) -> Option<(Timestamp, Timestamp)> {
    let with_warning = |ends_at: Option<Timestamp>, period_ms: u64| {
        let ahead_ms = END_WARNING_MS.min(period_ms / 2);
        ends_at.map(|ends_at| (ends_at, Timestamp::from_millis(ends_at.as_millis().saturating_sub(ahead_ms))))
    };
    let idle = with_warning(idle_ends_at(room, policy), policy.idle_ms);
    let absence = with_warning(absence_ends_at(room, policy), policy.host_absent_ms);
    idle.into_iter().chain(absence).min()
}

fn reason_to_end(room: &Room, policy: &Policy, at: Timestamp) -> Option<EndReason> {
    let is_due = |due: Option<Timestamp>| due.is_some_and(|due| due <= at);
    if is_due(absence_ends_at(room, policy)) {
        Some(EndReason::HostAbsent)
    } else if is_due(idle_ends_at(room, policy)) {
        Some(EndReason::Idle)
    } else {
        None
    }
}

fn next_due(room: &Room) -> Option<Timestamp> {
    let policy = room.created.as_ref().map(|created| &created.policy).filter(|_| !room.closed)?;
    if room.ended.is_some() {
        return room.reopenable_until();
    }
    let warning = next_end(room, policy).filter(|_| room.end_expected.is_none()).map(|(_, warned_at)| warned_at);
    let graces = room.members.listeners().filter_map(|member| grace_ends_at(member, policy));
    let others =
        [interruption_ends_at(room, policy), absence_ends_at(room, policy), idle_ends_at(room, policy), warning];
    graces.chain(others.into_iter().flatten()).min()
}
