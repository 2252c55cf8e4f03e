//! Who connects with whom. The room's kind says which links there are; what changes from one entry to the next is told here.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Audience, Effects, Member, Room, RoomEvent};
use crate::id::MemberId;

/// Two members who connect with each other. What one of them sends goes over all links of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// Who offers (RFC 3264). The other one answers, so offers never collide.
    pub offerer: MemberId,
    /// Who answers.
    pub answerer: MemberId,
}

impl Link {
    /// Whether it is one of a member's.
    pub fn has(self, member: MemberId) -> bool {
        self.offerer == member || self.answerer == member
    }

    /// The other end, seen from a member.
    pub fn peer_of(self, member: MemberId) -> MemberId {
        if self.offerer == member { self.answerer } else { self.offerer }
    }
}

/// Every link of the room, once.
pub(super) fn all(room: &Room) -> BTreeSet<Link> {
    room.members().flat_map(|member| room.links_of(member)).collect()
}

/// Tells both ends of every link that is new or gone. Whoever was `welcomed` by this entry has the links with the welcome.
pub(super) fn announce(room: &Room, before: &BTreeSet<Link>, welcomed: Option<MemberId>, effects: &mut Effects) {
    let now = all(room);
    let ends = |link: &Link| [link.offerer, link.answerer];
    for link in before.difference(&now) {
        for end in ends(link) {
            effects.announce(Audience::Member(end), RoomEvent::LinkClosed { peer: link.peer_of(end) });
        }
    }
    for link in now.difference(before) {
        for end in ends(link).into_iter().filter(|end| Some(*end) != welcomed) {
            effects.announce(Audience::Member(end), RoomEvent::LinkOpened { link: *link });
        }
    }
}

/// A page of this member has just been opened: whoever is linked with it connects anew.
pub(super) fn reopen(room: &Room, member: &Member, effects: &mut Effects) {
    for link in room.links_of(member) {
        effects.announce(Audience::Member(link.peer_of(member.id)), RoomEvent::LinkOpened { link });
    }
}
