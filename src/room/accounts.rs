//! What becomes of a room when an account becomes another one, or is deleted. Neither counts as activity.

use super::{Effects, Room, RoomEvent, joining, lifecycle};
use crate::{
    id::{AccountId, MemberId},
    refusal::Refusal,
    room::EndReason,
    time::Timestamp,
};

/// A guest has signed in and goes on as `to`: what was the guest's is the account's, a removal too.
pub(super) fn merge(room: &mut Room, from: AccountId, to: AccountId, effects: &mut Effects) {
    if from == to {
        return;
    }
    if room.members().any(|member| member.account == to && !member.is_permanent) {
        dismiss(room, from, Refusal::SessionReplaced, effects);
    }
    if let Some(created) = room.created.as_mut().filter(|created| created.owner == from) {
        created.owner = to;
    }
    room.roster.rename_account(from, to);
    room.chat.rename_account(from, to);
}

/// Nothing of the account stays: its room ends for good, its place is free, what it wrote is forgotten.
pub(super) fn delete(room: &mut Room, account: AccountId, at: Timestamp, effects: &mut Effects) {
    let places = room.roster.places_of(account);
    dismiss(room, account, Refusal::NotSignedIn, effects);
    room.chat.forget(account);
    scrub(room, &places);
    if room.owner() == Some(account) && !room.closed {
        if room.ended.is_none() {
            lifecycle::end(room, EndReason::Stopped, at, effects);
        }
        lifecycle::close_for_good(room, effects);
    }
}

/// Takes the account's places, the owner's apart, and says why.
fn dismiss(room: &mut Room, account: AccountId, refusal: Refusal, effects: &mut Effects) {
    let is_theirs = |member: &&super::Member| member.account == account && !member.is_permanent;
    let gone: Vec<_> = room.members().filter(is_theirs).cloned().collect();
    for member in gone {
        room.tell_membership(&RoomEvent::MemberLeft { member: member.id }, effects);
        if let Some(connection) = member.connection() {
            effects.disconnect(connection.id, refusal);
        }
    }
    joining::free(room, |member| member.account != account);
}

/// Forgets what members have said and who they were, in the place of which it keeps that they are gone: a page that resumes
/// counts on every event.
fn scrub(room: &mut Room, members: &[MemberId]) {
    for (_, kept) in &mut room.recent {
        if let Some(member) = kept.event.subject().filter(|member| members.contains(member)) {
            kept.event = RoomEvent::MemberLeft { member };
        }
    }
}
