//! A link between two members.

use serde::{Deserialize, Serialize};

use crate::id::MemberId;

/// Two members who connect with each other. All media between them go over this link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// The member who offers (RFC 3264). The other one answers, so offers never collide.
    pub offerer: MemberId,
    /// The member who answers.
    pub answerer: MemberId,
}

impl Link {
    /// Whether a member is one of its ends.
    pub fn has(self, member: MemberId) -> bool {
        self.offerer == member || self.answerer == member
    }

    /// The other end of the link.
    pub fn peer_of(self, member: MemberId) -> MemberId {
        if self.offerer == member { self.answerer } else { self.offerer }
    }
}
