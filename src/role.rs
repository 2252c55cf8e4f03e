//! Who somebody is to a room and to the server, what there is to be permitted, and what accounts may do outside of any room. What
//! members may do in a room is decided by the room's kind, in [`rules`](crate::rules).

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// What a member is in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The owner of a broadcast, whose sound the others hear.
    Host,
    /// One who hears.
    Listener,
    /// An equal among equals.
    Participant,
}

/// What whoever asks is to a room, a member of it or not. Outside of any room one is an account or nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Created the room.
    Owner,
    /// Has a listener's place.
    Listener,
    /// Has a place among equals.
    Participant,
    /// Was removed from the room.
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
pub enum AccountKind {
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
    /// Take a place among equals.
    Participate,
    /// Open the room again after its end.
    ReopenRoom,
    /// Send: begin, pause, resume and end a publication.
    Publish,
    /// End the room for everyone.
    StopRoom,
    /// Know who is there, and what happened of late.
    SeeAudience,
    /// Take a member's place away.
    RemoveMember,
    /// Read what everybody writes.
    ReadMessages,
    /// Send reactions, and messages that one may edit and delete.
    Engage,
    /// Delete others' messages, and pin messages.
    Moderate,
    /// Give up the own place.
    Leave,
}

impl Standing {
    /// Every standing.
    pub const ALL: &[Self] =
        &[Self::Owner, Self::Listener, Self::Participant, Self::Removed, Self::Account, Self::Nobody];

    /// The table of what somebody may do outside of any room. Inside of one its kind decides:
    /// [`RoomKind::allows`](crate::rules::RoomKind::allows).
    pub const fn allows(self, permission: Permission) -> bool {
        match permission {
            Permission::LookUp => true,
            _ => !permission.is_in_room() && !matches!(self, Self::Nobody),
        }
    }

    /// Why the table says no.
    pub(crate) const fn refusal(self, permission: Permission) -> Refusal {
        match (self, permission) {
            (Self::Nobody, _) => Refusal::NotSignedIn,
            (_, Permission::Host | Permission::ReopenRoom) => Refusal::NotOwner,
            (Self::Removed, _) => Refusal::Removed,
            _ => Refusal::NotAllowed,
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
                CreateRoom | Host | ReopenRoom | Publish | StopRoom | SeeAudience | RemoveMember | ReadMessages
                | Moderate => false,
                LookUp | Connect | FetchIceServers | KeepAccount | Listen | Participate | Engage | Leave => true,
            },
            Self::Off => matches!(permission, LookUp),
        }
    }
}

impl AccountKind {
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

/// What an account may do outside of any room: what its standing allows, less what the server keeps from guests.
///
/// # Errors
/// [`Refusal::NotSignedIn`] or [`Refusal::NotAllowed`], then those of [`AccountKind::check`].
pub const fn permit(standing: Standing, kind: AccountKind, permission: Permission) -> Result<(), Refusal> {
    if standing.allows(permission) { kind.check(permission) } else { Err(standing.refusal(permission)) }
}

impl Role {
    /// Every role.
    pub const ALL: &[Self] = &[Self::Host, Self::Listener, Self::Participant];

    /// What it takes to take its place.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Host => Permission::Host,
            Self::Listener => Permission::Listen,
            Self::Participant => Permission::Participate,
        }
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
        Self::Participate,
        Self::ReopenRoom,
        Self::Publish,
        Self::StopRoom,
        Self::SeeAudience,
        Self::RemoveMember,
        Self::ReadMessages,
        Self::Engage,
        Self::Moderate,
        Self::Leave,
    ];

    /// Whether it is about a room, whose kind then decides.
    pub const fn is_in_room(self) -> bool {
        use Permission::*;
        match self {
            LookUp | CreateRoom | Connect | FetchIceServers | KeepAccount => false,
            Host | Listen | Participate | ReopenRoom | Publish | StopRoom | SeeAudience | RemoveMember
            | ReadMessages | Engage | Moderate | Leave => true,
        }
    }
}
