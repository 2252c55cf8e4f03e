//! What a page may do in its room, by the rules of the room's kind.

use heartogether::{
    role::{Permission, Role},
    rules::RoomKind,
};

use super::Client;

impl Client {
    pub(super) const fn kind(&self) -> RoomKind {
        RoomKind::with_role(self.role)
    }

    /// Whether the member may do something, as far as it depends on their standing.
    pub fn may(&self, permission: Permission) -> bool {
        self.kind().allows(self.kind().standing(self.role, self.has_owners_place()), permission)
    }

    /// Whether the page has the place of the room's owner.
    pub(super) fn has_owners_place(&self) -> bool {
        self.own_place().is_some_and(|own| self.room.as_ref().is_some_and(|room| room.owner == own))
    }

    /// Whether to take the place from another page. Only an owner's place needs a request for that; other places go to
    /// the page that asks last.
    pub(super) fn takes_over(&self) -> bool {
        Self::may_take_over(self.role) && self.signaling.takes_over()
    }

    /// Whether a page that comes after another one in the same tab takes that one's place over: an owner's place waits for it, unless
    /// members stay and have several pages.
    pub fn may_take_over(role: Role) -> bool {
        let kind = RoomKind::with_role(role);
        kind.owner_role() == role && !kind.members_stay()
    }

    /// Whether those whom this page connects with may send.
    pub const fn takes_sound(&self) -> bool {
        self.kind().hears(self.role)
    }
}
