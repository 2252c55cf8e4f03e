//! The rules of each kind of room, one file a kind. A kind answers five questions as pure functions: who may do what, how many
//! may come, who is told what, who connects with whom, and when the room ends. Everything else is shared, in
//! [`room`](crate::room).

mod broadcast;
mod lounge;

use serde::{Deserialize, Serialize};

use crate::{
    id::MemberId,
    role::{Permission, Role, Standing},
    room::{Audience, End, Link, Member, Policy, Room},
};

/// What a room is for. Written at its creation; only kinds that have rules are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// One sends, the others listen.
    #[default]
    Broadcast,
    /// Equals, each of whom may send.
    Lounge,
}

/// What members can be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// Somebody came, left, lost the connection or is back.
    Membership,
    /// Somebody reacted.
    Reaction,
    /// This member wrote, or changed what they wrote.
    Message(MemberId),
    /// What somebody sends has changed.
    Publication,
    /// How many members of the audience there are.
    Attendance,
}

impl RoomKind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Broadcast, Self::Lounge];

    /// Who may do what: the one permission table of a room of this kind.
    pub const fn allows(self, standing: Standing, permission: Permission) -> bool {
        if !permission.is_in_room() {
            return standing.allows(permission);
        }
        match self {
            Self::Broadcast => broadcast::allows(standing, permission),
            Self::Lounge => lounge::allows(standing, permission),
        }
    }

    /// The role that the owner's place has, which is there from the creation on.
    pub const fn owner_role(self) -> Role {
        match self {
            Self::Broadcast => Role::Host,
            Self::Lounge => Role::Participant,
        }
    }

    /// Whether a place of this role can be asked for.
    pub const fn has_role(self, role: Role) -> bool {
        match self {
            Self::Broadcast => matches!(role, Role::Host | Role::Listener),
            Self::Lounge => matches!(role, Role::Participant),
        }
    }

    /// The kind of the rooms that have places of this role. Each role belongs to one kind.
    pub const fn with_role(role: Role) -> Self {
        match role {
            Role::Host | Role::Listener => Self::Broadcast,
            Role::Participant => Self::Lounge,
        }
    }

    /// Whether those whom members of this role connect with may send.
    pub const fn hears(self, role: Role) -> bool {
        match self {
            Self::Broadcast => matches!(role, Role::Listener),
            Self::Lounge => true,
        }
    }

    /// How many places of this role there are.
    pub(crate) const fn capacity(self, role: Role, policy: &Policy) -> u32 {
        match self {
            Self::Broadcast => broadcast::capacity(role, policy),
            Self::Lounge => policy.max_members,
        }
    }

    /// What a member of this role is to the room.
    pub const fn standing(self, role: Role, is_owner: bool) -> Standing {
        match self {
            Self::Broadcast => broadcast::standing(role),
            Self::Lounge => lounge::standing(is_owner),
        }
    }

    /// Whether the room keeps members' e-mail addresses: where the owner alone sees who is there.
    pub(crate) const fn keeps_emails(self) -> bool {
        matches!(self, Self::Broadcast)
    }

    /// Whether members of this role are counted and listed as the room's audience.
    pub const fn is_listed(self, role: Role) -> bool {
        match self {
            Self::Broadcast => matches!(role, Role::Listener),
            Self::Lounge => true,
        }
    }

    /// Who is told.
    pub(crate) fn audiences(self, notice: Notice) -> Vec<Audience> {
        match self {
            Self::Broadcast => broadcast::audiences(notice),
            Self::Lounge => vec![Audience::Everyone],
        }
    }

    /// Whom a member connects with, and who offers each.
    pub(crate) fn links_of(self, room: &Room, member: &Member) -> Vec<Link> {
        match self {
            Self::Broadcast => broadcast::links_of(room, member),
            Self::Lounge => lounge::links_of(room, member),
        }
    }

    /// The ends that the room is heading for if nothing happens.
    pub(crate) fn ends(self, room: &Room, policy: &Policy) -> Vec<End> {
        match self {
            Self::Broadcast => broadcast::ends(room, policy),
            Self::Lounge => lounge::ends(room, policy),
        }
    }

    /// Whether a message counts as read by those it is for only once the owner's page has it.
    pub(crate) const fn waits_for_owner(self) -> bool {
        matches!(self, Self::Broadcast)
    }
}
