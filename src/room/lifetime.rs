//! What happens when nothing happens: grace periods run out, and rooms end.

use super::{Audience, Effects, Policy, Room, members::Member, stream};
use crate::{
    time::Timestamp,
    wire::{EndReason, RoomEvent, StreamState},
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
        end(room, reason, effects);
    }
}

/// Asks to be woken when the next thing is due.
pub(super) fn ask_to_wake(room: &Room, effects: &mut Effects) {
    let policy = room.created.as_ref().map(|created| &created.policy).filter(|_| room.ended.is_none());
    if let Some(due) = policy.and_then(|policy| next_due(room, policy)) {
        effects.wake_at(due);
    }
}

/// Ends the room for everyone.
pub(super) fn end(room: &mut Room, reason: EndReason, effects: &mut Effects) {
    room.ended = Some(reason);
    effects.announce(Audience::Everyone, RoomEvent::RoomEnded { reason });
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

fn next_due(room: &Room, policy: &Policy) -> Option<Timestamp> {
    let graces = room.members.listeners().filter_map(|member| grace_ends_at(member, policy));
    let others = [interruption_ends_at(room, policy), absence_ends_at(room, policy), idle_ends_at(room, policy)];
    graces.chain(others.into_iter().flatten()).min()
}
