//! The accounts of places, and changes of a room when an account is merged into another one or deleted. These do not count as activity.

use std::collections::BTreeSet;

use super::{Effects, Member, Room, RoomEvent, admission, chat, leaving, lifecycle, reports};
use crate::{
    id::{AccountId, ConnectionId, MemberId},
    refusal::Refusal,
    role::{AccountKind, Permission},
    room::EndReason,
    time::Timestamp,
};

/// Gives everything of a guest, a removal too, to the account that the guest signed in to.
pub(super) fn merge(room: &mut Room, from: AccountId, to: AccountId, effects: &mut Effects) {
    if from == to {
        return;
    }
    let roles = |account| {
        room.members().filter(move |member| member.account == account).map(|member| (member.role, member.is_permanent))
    };
    let (of_to, of_from): (Vec<_>, Vec<_>) = (roles(to).collect(), roles(from).collect());
    // An account has one place of a role: its own or the owner's.
    let is_double = |member: &Member| match member.account {
        account if account == from => of_to.iter().any(|(role, _)| *role == member.role),
        account if account == to => of_from.contains(&(member.role, true)),
        _ => false,
    };
    dismiss(room, is_double, Refusal::SessionReplaced, effects);
    if let Some(created) = room.created.as_mut().filter(|created| created.owner == from) {
        created.owner = to;
    }
    admission::merge(room, from, to, effects);
    room.roster.rename_account(from, to);
    // What was removed as a guest may be somebody who waits.
    admission::put_out(room, effects);
    room.chat.rename_account(from, to);
    reports::rename_account(room, from, to, effects);
}

/// Removes a deleted account: its room ends for good, its place is freed, and its messages are dropped.
pub(super) fn delete(room: &mut Room, account: AccountId, at: Timestamp, effects: &mut Effects) {
    let places = room.roster.places_of(account);
    dismiss(room, |member| member.account == account, Refusal::NotSignedIn, effects);
    chat::forget_pins(room, account, effects);
    room.chat.forget(account);
    scrub(room, &places);
    admission::forget(room, account, at, effects);
    reports::forget(room, account, effects);
    // The owner's place stays as long as the room.
    room.visit_personal(&mut |owner, mut text| {
        if owner == Some(account) {
            text.forget();
        }
    });
    if room.owner() == Some(account) && !room.closed {
        if room.ended.is_none() {
            lifecycle::end(room, EndReason::Stopped, at, effects);
        }
        lifecycle::close_for_good(room, effects);
    }
}

/// Removes members, except the owner, with a reason.
fn dismiss(room: &mut Room, is_meant: impl Fn(&Member) -> bool, refusal: Refusal, effects: &mut Effects) {
    let gone: Vec<_> = room.members().filter(|member| !member.is_permanent && is_meant(member)).cloned().collect();
    for member in gone {
        room.tell_membership(&RoomEvent::MemberLeft { member: member.id }, effects);
        member.connections().for_each(|connection| effects.disconnect(connection.id, refusal));
    }
    leaving::free(room, |member| !is_meant(member));
}

/// Replaces the recent events about these members with events that they left. The number of events stays the same,
/// because a page that resumes needs every event.
fn scrub(room: &mut Room, members: &[MemberId]) {
    for (_, kept) in &mut room.recent {
        if let Some(member) = kept.event.subject().filter(|member| members.contains(member)) {
            kept.event = RoomEvent::MemberLeft { member };
        }
    }
}

impl Room {
    /// The places that are known, former ones too, each with its account.
    fn places(&self) -> impl Iterator<Item = (MemberId, AccountId)> {
        let taken = self.members().map(|member| (member.id, member.account));
        let former = self.roster.former.iter().map(|trace| (trace.member, trace.account));
        taken.chain(former).chain(self.chat.authors())
    }

    /// The places that these accounts have or had, as far as the room knows.
    pub fn places_of(&self, accounts: &BTreeSet<AccountId>) -> Vec<MemberId> {
        let theirs = self.places().filter(|(_, account)| accounts.contains(account)).map(|(place, _)| place);
        theirs.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The account whose picture the members see beside a member.
    ///
    /// # Errors
    /// Those of [`Room::check`], or [`Refusal::PictureNotFound`].
    pub fn pictured(&self, viewer: AccountId, kind: AccountKind, member: MemberId) -> Result<AccountId, Refusal> {
        self.check(viewer, kind, Permission::Converse)?;
        let pictured = self.roster.find(member).filter(|member| member.has_picture);
        pictured.map(|member| member.account).ok_or(Refusal::PictureNotFound)
    }

    /// The account that has or had a place, for a member at a connection who converses with it.
    ///
    /// # Errors
    /// Those of [`Room::conversing_at`], [`Refusal::MemberNotFound`], or [`Refusal::NotAllowed`] for the member's own place.
    pub fn account_beside(&self, connection: ConnectionId, place: MemberId) -> Result<AccountId, Refusal> {
        let own = self.conversing_at(connection)?.account;
        let account = self.places().find(|(known, _)| *known == place).map(|(_, account)| account);
        match account.ok_or(Refusal::MemberNotFound)? {
            account if account == own => Err(Refusal::NotAllowed),
            account => Ok(account),
        }
    }
}
