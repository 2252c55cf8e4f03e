//! Roles, standings and permissions, and what accounts may do outside of rooms. What members may do in a room is
//! decided by the room's kind, in [`rules`](crate::rules).

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// The role of a member in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The owner of a broadcast, whose sound the others hear.
    Host,
    /// A listener.
    Listener,
    /// A member of a room in which all are equal.
    Participant,
}

/// The standing of somebody who asks, in relation to a room. Outside of rooms only [`Standing::Account`] and
/// [`Standing::Nobody`] occur.
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
    /// Has no account.
    Nobody,
}

/// What guests may do on a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guests {
    /// Everything that accounts may do.
    Host,
    /// Listen only. They may not open or host rooms, also not those they opened before.
    Listen,
    /// Nothing: the server has no guests.
    #[default]
    Off,
}

/// The kind of an account on a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// The person has signed in with a provider.
    #[default]
    Known,
    /// A guest, on a server where guests may do this.
    Guest(Guests),
}

/// An action that needs permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See what everybody with the code may know: the host's name, whether it is live, the number of listeners.
    LookUp,
    /// Open a room of one's own.
    CreateRoom,
    /// Open the connection over which members talk to their rooms.
    Connect,
    /// Get the list of STUN and TURN servers.
    FetchIceServers,
    /// See the stored data about oneself, return to earlier rooms, and delete everything.
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
    /// Choose whether to hear what another member sends.
    Hear,
    /// End the room for everyone.
    StopRoom,
    /// See the members and the latest events.
    SeeAudience,
    /// Remove a member.
    RemoveMember,
    /// Read what everybody writes.
    ReadMessages,
    /// Send reactions, and messages that one may edit and delete.
    Engage,
    /// Delete others' messages, pin messages, and end what others send.
    Moderate,
    /// Put emoji on messages, and show that one is writing.
    Converse,
    /// Choose the name that others see in this room.
    NameOneself,
    /// Name the room.
    NameRoom,
    /// Make another member the owner.
    HandOver,
    /// Decide whether others ask before they come in, and about those who ask.
    Admit,
    /// Send events of one's own to all members.
    SendCustomEvents,
    /// Give up the own place.
    Leave,
}

impl Standing {
    /// Every standing.
    pub const ALL: &[Self] =
        &[Self::Owner, Self::Listener, Self::Participant, Self::Removed, Self::Account, Self::Nobody];

    /// The table of permissions outside of rooms. In a room its kind decides:
    /// [`RoomKind::allows`](crate::rules::RoomKind::allows).
    pub const fn allows(self, permission: Permission) -> bool {
        match permission {
            Permission::LookUp => true,
            _ => !permission.is_in_room() && !matches!(self, Self::Nobody),
        }
    }

    /// The refusal for an action that the table does not allow.
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

    /// The table of what guests may do, of the actions that their standing allows.
    pub const fn allow(self, permission: Permission) -> bool {
        use Permission::*;
        match self {
            Self::Host => true,
            Self::Listen => match permission {
                CreateRoom | Host | ReopenRoom | Publish | StopRoom | SeeAudience | RemoveMember | ReadMessages
                | Moderate | NameRoom | HandOver | Admit | SendCustomEvents => false,
                LookUp | Connect | FetchIceServers | KeepAccount | Listen | Participate | Hear | Engage | Converse
                | NameOneself | Leave => true,
            },
            Self::Off => matches!(permission, LookUp),
        }
    }
}

impl AccountKind {
    /// Whether the server allows this to accounts of the kind.
    pub const fn allows(self, permission: Permission) -> bool {
        match self {
            Self::Known => true,
            Self::Guest(guests) => guests.allow(permission),
        }
    }

    /// The same, with a refusal if it does not.
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

/// Checks an action outside of rooms: the standing must allow it, and the server must allow it to guests if the account
/// is one.
///
/// # Errors
/// [`Refusal::NotSignedIn`] or [`Refusal::NotAllowed`], then those of [`AccountKind::check`].
pub const fn permit(standing: Standing, kind: AccountKind, permission: Permission) -> Result<(), Refusal> {
    if standing.allows(permission) { kind.check(permission) } else { Err(standing.refusal(permission)) }
}

impl Role {
    /// Every role.
    pub const ALL: &[Self] = &[Self::Host, Self::Listener, Self::Participant];
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
        Self::Hear,
        Self::StopRoom,
        Self::SeeAudience,
        Self::RemoveMember,
        Self::ReadMessages,
        Self::Engage,
        Self::Moderate,
        Self::Converse,
        Self::NameOneself,
        Self::NameRoom,
        Self::HandOver,
        Self::Admit,
        Self::SendCustomEvents,
        Self::Leave,
    ];

    /// Whether a room's kind decides about it.
    pub const fn is_in_room(self) -> bool {
        use Permission::*;
        match self {
            LookUp | CreateRoom | Connect | FetchIceServers | KeepAccount => false,
            Host | Listen | Participate | ReopenRoom | Publish | Hear | StopRoom | SeeAudience | RemoveMember
            | ReadMessages | Engage | Moderate | Converse | NameOneself | NameRoom | HandOver | Admit
            | SendCustomEvents | Leave => true,
        }
    }
}
