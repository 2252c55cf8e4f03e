//! Which members of the room an account has blocked. Only the pages of that account are told.

use std::collections::BTreeSet;

use heartogether::{
    id::{AccountId, ConnectionId, MemberId},
    protocol::FromRoom,
    room::{Audience, Effect, RoomEvent, RoomMessage},
};

use super::RoomActor;

impl RoomActor<'_> {
    /// Notes whom an account has blocked, and tells its pages.
    pub(super) fn note_blocked(&mut self, account: AccountId, blocked: BTreeSet<AccountId>) {
        match blocked.is_empty() {
            true => drop(self.state.blocked.remove(&account)),
            false => drop(self.state.blocked.insert(account, blocked)),
        }
        self.tell_pages(|known| known == account);
    }

    /// Tells pages that somebody whom they have blocked has come, before they are told that somebody has.
    pub(super) fn tell_blocked(&mut self, effects: &[Effect]) {
        let has_come = |effect: &Effect| matches!(effect, Effect::Send { message, .. } if matches!(&**message, RoomMessage::Event(told) if matches!(told.event, RoomEvent::MemberJoined { .. })));
        if !self.state.blocked.is_empty() && effects.iter().any(has_come) {
            let blocking: BTreeSet<_> = self.state.blocked.keys().copied().collect();
            self.tell_pages(|known| blocking.contains(&known));
        }
    }

    /// Adds them to the answer that gives somebody a place.
    pub(super) fn add_blocked(&mut self, to: Audience, message: &mut RoomMessage) {
        let (Audience::Connection(connection), Some(blocked)) = (to, message.blocked_mut()) else { return };
        let Some(member) = self.room.member_at(connection).filter(|_| self.state.has(connection)) else { return };
        *blocked = self.blocked_of(member.account);
        self.state.blocked_told.insert(connection, blocked.clone());
    }

    fn blocked_of(&self, account: AccountId) -> Vec<MemberId> {
        self.state.blocked.get(&account).map(|blocked| self.room.places_of(blocked)).unwrap_or_default()
    }

    /// Tells the pages here of the accounts in question what they were not told yet.
    fn tell_pages(&mut self, is_meant: impl Fn(AccountId) -> bool) {
        let meant = self.room.members().filter(|member| is_meant(member.account));
        let pages: Vec<(AccountId, ConnectionId)> =
            meant.flat_map(|member| member.connections().map(|page| (member.account, page.id))).collect();
        for (account, page) in pages {
            let members = self.blocked_of(account);
            let told = self.state.blocked_told.get_mut(&page).filter(|told| **told != members);
            if let Some(told) = told {
                told.clone_from(&members);
                self.state.push(page, self.state.frame(FromRoom::Blocked { members }));
            }
        }
    }
}
