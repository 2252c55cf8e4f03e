//! A lounge: all members are equal, see each other, may send, and choose whether to listen. It stays open while nobody is there.

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
        Publish | Hear | SeeAudience | ReadMessages | Engage | Converse | NameOneself | Leave => is_member,
        ReopenRoom | StopRoom | RemoveMember | Moderate | NameRoom | HandOver | Admit | SendCustomEvents => {
            matches!(standing, Standing::Owner)
        }
        _ => false,
    }
}

pub(super) const fn standing(is_owner: bool) -> Standing {
    if is_owner { Standing::Owner } else { Standing::Participant }
}

/// Who sends connects with those who have chosen to listen, and offers. Of two who hear each other, the one who was heard first
/// offers, so that the link stays as it is.
pub(super) fn links_of(room: &Room, member: &Member) -> Vec<Link> {
    if room.max_direct_listeners().is_none() {
        return links_of_all(room, member);
    }
    let mut links: Vec<Link> = Vec::new();
    for (offerer, answerer) in room.hearings() {
        let link = Link { offerer, answerer };
        if link.has(member.id) && !links.iter().any(|known| known.has(link.peer_of(member.id))) {
            links.push(link);
        }
    }
    links
}

/// Lounges from before there was a choice: two members connect while one of them sends, and the one with the smaller id offers.
fn links_of_all(room: &Room, member: &Member) -> Vec<Link> {
    let sends = |member: &Member| room.sends(member.id);
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
