//! Who may do what: one table.

use serde::{Deserialize, Serialize};

/// What an account is in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The owner, whose sound the others hear.
    Host,
    /// One who hears.
    Listener,
}

/// What a member may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Start, pause and resume the stream.
    Broadcast,
    /// End the room for everyone.
    StopRoom,
    /// Know who listens.
    SeeAudience,
    /// Take a listener's place away.
    RemoveListener,
    /// Read what listeners write.
    ReadMessages,
    /// Send reactions and messages to the host.
    Engage,
    /// Offer a peer connection. The host always offers, so offers never collide.
    Offer,
    /// Answer an offer.
    Answer,
    /// Ask for an offer.
    RequestOffer,
    /// Exchange ICE candidates, and close what was negotiated.
    Negotiate,
    /// Give up the own place.
    Leave,
}

impl Role {
    /// Every role.
    pub const ALL: &[Self] = &[Self::Host, Self::Listener];

    /// The table.
    pub const fn allows(self, permission: Permission) -> bool {
        use Permission::*;
        match permission {
            Broadcast | StopRoom | SeeAudience | RemoveListener | ReadMessages | Offer => matches!(self, Self::Host),
            Engage | Answer | RequestOffer => matches!(self, Self::Listener),
            Negotiate | Leave => true,
        }
    }

    /// Whether a signal may go from one role to the other: sound flows between host and listener only.
    pub fn may_signal(self, other: Self) -> bool {
        self != other
    }
}

impl Permission {
    /// Every permission.
    pub const ALL: &[Self] = &[
        Self::Broadcast,
        Self::StopRoom,
        Self::SeeAudience,
        Self::RemoveListener,
        Self::ReadMessages,
        Self::Engage,
        Self::Offer,
        Self::Answer,
        Self::RequestOffer,
        Self::Negotiate,
        Self::Leave,
    ];
}
