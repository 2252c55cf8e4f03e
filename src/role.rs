//! Who may do what: one table, for pages, routes and signaling alike.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// What a member is in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The owner, whose sound the others hear.
    Host,
    /// One who hears.
    Listener,
}

/// What whoever asks is to a room, a member of it or not. Outside of any room one is an account or nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Created the room.
    Owner,
    /// Has a listener's place.
    Listener,
    /// The host has taken their place away.
    Removed,
    /// Has an account, and no place in this room.
    Account,
    /// Has not said who they are.
    Nobody,
}

/// What guests may do on a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guests {
    /// Everything.
    Host,
    /// Listen, and open or lead no rooms, those of earlier included.
    Listen,
    /// Nothing: there are none.
    #[default]
    Off,
}

/// What an account is to the server, whatever it is to a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A sign-in provider vouches for it.
    #[default]
    Known,
    /// Nobody does, where guests may do this.
    Guest(Guests),
}

/// What somebody may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Know what everybody may know who has the code: the host's name, whether it is live, how many listen.
    LookUp,
    /// Open a room of one's own.
    CreateRoom,
    /// Open the connection over which members talk to their rooms.
    Connect,
    /// Learn which STUN and TURN servers help.
    FetchIceServers,
    /// See what is kept of oneself, come back to where one was, and have it all deleted.
    KeepAccount,
    /// Take the host's place.
    Host,
    /// Take a listener's place.
    Listen,
    /// Open the room again after its end.
    ReopenRoom,
    /// Start, pause and resume the stream.
    Broadcast,
    /// End the room for everyone.
    StopRoom,
    /// Know who listens, and what happened of late.
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

impl Standing {
    /// Every standing.
    pub const ALL: &[Self] = &[Self::Owner, Self::Listener, Self::Removed, Self::Account, Self::Nobody];

    /// The table of standings.
    pub const fn allows(self, permission: Permission) -> bool {
        use Permission::*;
        match permission {
            LookUp => true,
            CreateRoom | Connect | FetchIceServers | KeepAccount => !matches!(self, Self::Nobody),
            Listen => matches!(self, Self::Owner | Self::Listener | Self::Account),
            Host | ReopenRoom | Broadcast | StopRoom | SeeAudience | RemoveListener | ReadMessages | Offer => {
                matches!(self, Self::Owner)
            }
            Engage | Answer | RequestOffer => matches!(self, Self::Listener),
            Negotiate | Leave => matches!(self, Self::Owner | Self::Listener),
        }
    }

    /// The table, with the reason where it says no. For members, whose kind was asked for when they took their place.
    ///
    /// # Errors
    /// [`Refusal::NotSignedIn`], [`Refusal::NotOwner`], [`Refusal::Removed`] or [`Refusal::NotAllowed`].
    pub const fn check(self, permission: Permission) -> Result<(), Refusal> {
        match (self, permission) {
            _ if self.allows(permission) => Ok(()),
            (Self::Nobody, _) => Err(Refusal::NotSignedIn),
            (_, Permission::Host | Permission::ReopenRoom) => Err(Refusal::NotOwner),
            (Self::Removed, _) => Err(Refusal::Removed),
            _ => Err(Refusal::NotAllowed),
        }
    }
}

impl Guests {
    /// Every policy.
    pub const ALL: &[Self] = &[Self::Host, Self::Listen, Self::Off];

    /// The table of what is left to guests of what their standing allows.
    pub const fn allow(self, permission: Permission) -> bool {
        use Permission::*;
        match self {
            Self::Host => true,
            Self::Listen => match permission {
                CreateRoom | Host | ReopenRoom | Broadcast | StopRoom | SeeAudience | RemoveListener | ReadMessages
                | Offer => false,
                LookUp | Connect | FetchIceServers | KeepAccount | Listen | Engage | Answer | RequestOffer
                | Negotiate | Leave => true,
            },
            Self::Off => matches!(permission, LookUp),
        }
    }
}

impl Kind {
    /// Whether the server leaves this to accounts of the kind.
    pub const fn allows(self, permission: Permission) -> bool {
        match self {
            Self::Known => true,
            Self::Guest(guests) => guests.allow(permission),
        }
    }

    /// The same, with the reason where it does not.
    ///
    /// # Errors
    /// [`Refusal::GuestsListenOnly`] or [`Refusal::GuestsOff`].
    pub const fn check(self, permission: Permission) -> Result<(), Refusal> {
        match self {
            _ if self.allows(permission) => Ok(()),
            Self::Guest(Guests::Off) => Err(Refusal::GuestsOff),
            Self::Known | Self::Guest(_) => Err(Refusal::GuestsListenOnly),
        }
    }
}

/// The whole table: what a standing allows, less what the server keeps from guests.
///
/// # Errors
/// Those of [`Standing::check`], then those of [`Kind::check`].
pub const fn permit(standing: Standing, kind: Kind, permission: Permission) -> Result<(), Refusal> {
    match standing.check(permission) {
        Ok(()) => kind.check(permission),
        refused => refused,
    }
}

impl Role {
    /// Every role.
    pub const ALL: &[Self] = &[Self::Host, Self::Listener];

    /// What a member of this role is to the room. The owner who listens to their own room is a listener there.
    pub const fn standing(self) -> Standing {
        match self {
            Self::Host => Standing::Owner,
            Self::Listener => Standing::Listener,
        }
    }

    /// What it takes to take its place.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Host => Permission::Host,
            Self::Listener => Permission::Listen,
        }
    }

    /// What the table says.
    pub const fn allows(self, permission: Permission) -> bool {
        self.standing().allows(permission)
    }

    /// Whether a signal may go from one role to the other: sound flows between host and listener only.
    pub fn may_signal(self, other: Self) -> bool {
        self != other
    }
}

impl Permission {
    /// Every permission.
    pub const ALL: &[Self] = &[
        Self::LookUp,
        Self::CreateRoom,
        Self::Connect,
        Self::FetchIceServers,
        Self::KeepAccount,
        Self::Host,
        Self::Listen,
        Self::ReopenRoom,
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
