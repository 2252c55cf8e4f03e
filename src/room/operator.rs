//! What whoever runs the server does to a room.

use super::{Effects, EndReason, Foreseen, Room, lifecycle, removals};
use crate::{id::AccountId, time::Timestamp};

/// Ends the room, so that nobody can open it again.
pub(super) fn close(room: &mut Room, at: Timestamp, effects: &mut Effects) {
    if room.created.is_none() || room.closed {
        return;
    }
    if room.ended.is_none() {
        lifecycle::end(room, EndReason::Stopped, at, effects);
    }
    lifecycle::close_for_good(room, effects);
}

/// Takes an account out of the room for good. A room of its own ends.
pub(super) fn ban(room: &mut Room, account: AccountId, at: Timestamp, effects: &mut Effects) {
    if room.owner() == Some(account) {
        return close(room, at, effects);
    }
    if foresee_ban(room, account) == Foreseen::Change {
        removals::ban(room, account, effects);
    }
}

/// The effect of a ban: none where the account is kept out already.
pub(super) fn foresee_ban(room: &Room, account: AccountId) -> Foreseen {
    let is_owner = room.owner() == Some(account);
    let is_known = room.members().any(|member| member.account == account);
    Foreseen::if_changed(!room.closed && (is_owner || is_known || !room.roster.removed.has(account)))
}
