//! The rules of each kind of room, one file for each. A kind answers five questions with pure functions: who may do
//! what, how many may come, who is told what, who connects with whom, and when the room ends. Everything else is
//! shared, in [`room`](crate::room).

mod broadcast;
mod lounge;

pub use super::RoomKind;
use super::{Audience, EndReason, Link, Member, Policy, Room};
use crate::{
    id::MemberId,
    role::{Permission, Role, Standing},
    time::Timestamp,
};

/// A topic that members can be told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// Somebody came, left, lost the connection or is back.
    Membership,
    /// Somebody reacted.
    Reaction,
    /// This member wrote or changed a message.
    Message(MemberId),
    /// What somebody sends has changed.
    Publication,
    /// How many members of the audience there are.
    Attendance,
}

/// An end that a room will come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The time.
    pub at: Timestamp,
    /// The reason.
    pub reason: EndReason,
    /// Milliseconds from the last activity to this end. If this is less than the time of the warning, the room warns at
    /// half of it.
    pub period_ms: u64,
}

impl End {
    /// When the room warns of it.
    pub(super) fn warned_at(&self, policy: &Policy) -> Timestamp {
        let ahead_ms = policy.end_warning_ms.min(self.period_ms / 2);
        Timestamp::from_millis(self.at.as_millis().saturating_sub(ahead_ms))
    }
}

impl RoomKind {
    /// The permission table of this kind of room: who may do what.
    pub const fn allows(self, standing: Standing, permission: Permission) -> bool {
        if !permission.is_in_room() {
            return standing.allows(permission);
        }
        match self {
            Self::Broadcast => broadcast::allows(standing, permission),
            Self::Lounge => lounge::allows(standing, permission),
        }
    }

    /// The role of the owner's place, which exists from the creation.
    pub const fn owner_role(self) -> Role {
        match self {
            Self::Broadcast => Role::Host,
            Self::Lounge => Role::Participant,
        }
    }

    /// Whether a place of this role can be requested.
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

    /// Whether the members that this role connects with may send.
    pub const fn hears(self, role: Role) -> bool {
        match self {
            Self::Broadcast => matches!(role, Role::Listener),
            Self::Lounge => true,
        }
    }

    /// Whether members choose whether to hear what another one sends, on one of their pages. Elsewhere they hear it by their role.
    pub const fn chooses_to_listen(self) -> bool {
        matches!(self, Self::Lounge)
    }

    /// How many places of this role there are.
    pub(crate) const fn capacity(self, role: Role, policy: &Policy) -> u32 {
        match self {
            Self::Broadcast => broadcast::capacity(role, policy),
            Self::Lounge => policy.max_members,
        }
    }

    /// The standing of a member with this role.
    pub const fn standing(self, role: Role, is_owner: bool) -> Standing {
        match self {
            Self::Broadcast => broadcast::standing(role),
            Self::Lounge => lounge::standing(is_owner),
        }
    }

    /// Whether the room stores the e-mail addresses of members of this role, which only the owner sees.
    pub const fn keeps_emails_of(self, role: Role) -> bool {
        match self {
            Self::Broadcast => matches!(role, Role::Listener),
            Self::Lounge => false,
        }
    }

    /// Whether the members see the picture that the account of a member of this role has.
    pub const fn shows_pictures_of(self, role: Role) -> bool {
        match self {
            Self::Broadcast => false,
            Self::Lounge => self.has_role(role),
        }
    }

    /// Whether members of this role belong to the room's audience.
    pub const fn is_listed(self, role: Role) -> bool {
        match self {
            Self::Broadcast => matches!(role, Role::Listener),
            Self::Lounge => true,
        }
    }

    /// The members who are told.
    pub(crate) fn audiences(self, notice: Notice) -> Vec<Audience> {
        match self {
            Self::Broadcast => broadcast::audiences(notice),
            Self::Lounge => vec![Audience::Everyone],
        }
    }

    /// The links of a member, with who offers.
    pub(crate) fn links_of(self, room: &Room, member: &Member) -> Vec<Link> {
        match self {
            Self::Broadcast => broadcast::links_of(room, member),
            Self::Lounge => lounge::links_of(room, member),
        }
    }

    /// The ends that the room will come to if nothing happens.
    pub(crate) fn ends(self, room: &Room, policy: &Policy) -> Vec<End> {
        match self {
            Self::Broadcast => broadcast::ends(room, policy),
            Self::Lounge => lounge::ends(room, policy),
        }
    }

    /// Whether members keep their places while they are away, until they give them up: then the room is in their lists.
    pub const fn members_stay(self) -> bool {
        matches!(self, Self::Lounge)
    }

    /// Whether members choose their names, which have to differ. Elsewhere their accounts' names are shown.
    pub const fn members_name_themselves(self) -> bool {
        matches!(self, Self::Lounge)
    }

    /// Whether a message is one line.
    pub const fn writes_one_line(self) -> bool {
        matches!(self, Self::Broadcast)
    }

    /// Whether the markup in messages is shown. One line is shown as it is typed.
    pub const fn has_markup(self) -> bool {
        match self {
            Self::Broadcast => false,
            Self::Lounge => true,
        }
    }

    /// Whether a member is shown with their last message.
    pub(crate) const fn shows_last_messages(self) -> bool {
        matches!(self, Self::Broadcast)
    }

    /// Whether a message counts as delivered only when the owner's page has it.
    pub(crate) const fn waits_for_owner(self) -> bool {
        matches!(self, Self::Broadcast)
    }
}

impl Role {
    /// The permission that taking its place needs.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Host => Permission::Host,
            Self::Listener => Permission::Listen,
            Self::Participant => Permission::Participate,
        }
    }
}
