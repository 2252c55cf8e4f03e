//! A broadcast: the host sends sound, listeners hear it, and only the host reads their messages.

use super::{End, Notice};
use crate::{
    role::{Permission, Role, Standing},
    room::{Audience, EndReason, Link, Member, Policy, Room, StreamState},
};

pub(super) const fn allows(standing: Standing, permission: Permission) -> bool {
    use Permission::*;
    match permission {
        Listen => matches!(standing, Standing::Owner | Standing::Listener | Standing::Account),
        Host | ReopenRoom | Publish | StopRoom | SeeAudience | RemoveMember | ReadMessages | SendCustomEvents => {
            matches!(standing, Standing::Owner)
        }
        Engage => matches!(standing, Standing::Listener),
        Leave => matches!(standing, Standing::Owner | Standing::Listener),
        _ => false,
    }
}

pub(super) const fn capacity(role: Role, policy: &Policy) -> u32 {
    match role {
        Role::Host => 1,
        Role::Listener => policy.max_members,
        Role::Participant => 0,
    }
}

/// An owner who listens to their own room has a listener's standing there.
pub(super) const fn standing(role: Role) -> Standing {
    match role {
        Role::Host => Standing::Owner,
        Role::Listener | Role::Participant => Standing::Listener,
    }
}

pub(super) fn audiences(notice: Notice) -> Vec<Audience> {
    match notice {
        Notice::Membership | Notice::Reaction => vec![Audience::Role(Role::Host)],
        Notice::Message(author) => vec![Audience::Role(Role::Host), Audience::Member(author)],
        Notice::Publication | Notice::Attendance => vec![Audience::Everyone],
    }
}

/// The host offers to every listener, even while there is no sound: when the sound starts, an offer can follow without
/// another round trip.
pub(super) fn links_of(room: &Room, member: &Member) -> Vec<Link> {
    let link = |host: &Member, listener: &Member| Link { offerer: host.id, answerer: listener.id };
    match member.role {
        Role::Host => room.with_role(Role::Listener).map(|listener| link(member, listener)).collect(),
        Role::Listener => room.with_role(Role::Host).map(|host| link(host, member)).collect(),
        Role::Participant => Vec::new(),
    }
}

/// The room ends when nobody is live and nothing happens for too long, or when the host is away for too long.
pub(super) fn ends(room: &Room, policy: &Policy) -> Vec<End> {
    let idle = (room.stream_state() != StreamState::Live).then(|| End {
        at: room.active_at().after_ms(policy.idle_ms),
        reason: EndReason::Idle,
        period_ms: policy.idle_ms,
    });
    let away_since = room.with_role(Role::Host).find_map(Member::away_since);
    let absent = away_since.map(|since| End {
        at: since.after_ms(policy.owner_absent_ms),
        reason: EndReason::HostAbsent,
        period_ms: policy.owner_absent_ms,
    });
    absent.into_iter().chain(idle).collect()
}
