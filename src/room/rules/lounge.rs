//! A lounge: all members are equal, see each other and may send. It stays open while nobody is there.

use super::End;
use crate::{
    role::{Permission, Standing},
    room::{EndReason, Link, Member, Policy, Room},
};

pub(super) const fn allows(standing: Standing, permission: Permission) -> bool {
    use Permission::*;
    let is_member = matches!(standing, Standing::Owner | Standing::Participant);
    match permission {
        Participate => is_member || matches!(standing, Standing::Account),
        Publish | SeeAudience | ReadMessages | Engage | Converse | NameOneself | Leave => is_member,
        ReopenRoom | StopRoom | RemoveMember | Moderate | NameRoom | HandOver | SendCustomEvents => {
            matches!(standing, Standing::Owner)
        }
        _ => false,
    }
}

pub(super) const fn standing(is_owner: bool) -> Standing {
    if is_owner { Standing::Owner } else { Standing::Participant }
}

/// Two members connect while one of them sends. The member with the smaller id offers, so that offers never collide.
pub(super) fn links_of(room: &Room, member: &Member) -> Vec<Link> {
    let sends = |member: &Member| room.publications_of(member.id).next().is_some();
    let member_sends = sends(member);
    let others = room.members().filter(|other| other.id != member.id && (member_sends || sends(other)));
    let link = |other: &Member| Link { offerer: member.id.min(other.id), answerer: member.id.max(other.id) };
    others.map(link).collect()
}

/// The room ends when nobody writes for too long, whoever is there. When it is opened again, the time begins anew.
pub(super) fn ends(room: &Room, policy: &Policy) -> Vec<End> {
    vec![End {
        at: room.written_at().max(room.ended_at).after_ms(policy.idle_ms),
        reason: EndReason::Idle,
        period_ms: policy.idle_ms,
    }]
}
