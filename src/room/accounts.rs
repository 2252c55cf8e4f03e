//! What becomes of a room when an account becomes another one, or is deleted. Neither counts as activity.

use super::{Audience, Effects, Room, lifetime};
use crate::{
    id::AccountId,
    refusal::Refusal,
    time::Timestamp,
    wire::{EndReason, RoomEvent},
};

impl Room {
    /// Whether anything in the room is the account's: the room itself, a place, a removal or a message.
    pub fn concerns(&self, account: AccountId) -> bool {
        self.owner() == Some(account) || self.members.know(account) || self.chat.knows(account)
    }
}

/// A guest has signed in and goes on as `to`: what was the guest's is the account's, a removal too.
pub(super) fn merge(room: &mut Room, from: AccountId, to: AccountId, effects: &mut Effects) {
    if from == to {
        return;
    }
    if room.members.listeners().any(|member| member.account == to) {
        dismiss(room, from, Refusal::SessionReplaced, effects);
    }
    if let Some(created) = room.created.as_mut().filter(|created| created.owner == from) {
        created.owner = to;
    }
    room.members.rename_account(from, to);
    room.chat.rename_account(from, to);
}

/// Nothing of the account stays: its room ends for good, its place is free, what it wrote is forgotten.
pub(super) fn delete(room: &mut Room, account: AccountId, at: Timestamp, effects: &mut Effects) {
    dismiss(room, account, Refusal::NotSignedIn, effects);
    room.chat.forget(account);
    if room.owner() == Some(account) && !room.closed {
        if room.ended.is_none() {
            lifetime::end(room, EndReason::Stopped, at, effects);
        }
        lifetime::close_for_good(room, effects);
    }
}

/// Takes the account's place as a listener, and says why.
fn dismiss(room: &mut Room, account: AccountId, refusal: Refusal, effects: &mut Effects) {
    for member in room.members.listeners().filter(|member| member.account == account) {
        effects.announce(Audience::Host, RoomEvent::ListenerLeft { member: member.id });
        if let Some(connection) = member.connection() {
            effects.disconnect(connection.id, refusal);
        }
    }
    room.members.release(|member| member.account != account);
}
