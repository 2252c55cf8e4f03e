//! Losing the connection, closing pages, and leaving.

use super::{ConnectionRef, Effects, Endpoint, Member, Room, RoomEvent, listening, publications, roster::Page};
use crate::{
    id::{ConnectionId, MemberId, NodeId},
    refusal::Refusal,
    time::Timestamp,
};

/// Returns whether the connection was a member's. Who waits for a place goes on waiting without the page.
pub(super) fn lose_connection(room: &mut Room, connection: ConnectionId, at: Timestamp, effects: &mut Effects) -> bool {
    disconnect(room, |held| held.id == connection, at, effects)
}

/// Returns whether a member was connected to the node. The grace periods of all members begin again, because nobody
/// could come back while the room had no server.
pub(super) fn lose_node(room: &mut Room, node: NodeId, at: Timestamp, effects: &mut Effects) -> bool {
    let others = room.roster.members.iter_mut().filter(|member| !member.is_permanent);
    for page in others.flat_map(Member::pages_mut).filter(|page| page.connection().is_none()) {
        page.endpoint = Endpoint::Away(at);
    }
    disconnect(room, |held| held.node == node, at, effects)
}

fn disconnect(room: &mut Room, is_lost: impl Fn(ConnectionRef) -> bool, at: Timestamp, effects: &mut Effects) -> bool {
    let (mut has_lost, mut gone) = (false, Vec::new());
    for member in &mut room.roster.members {
        let lost: Vec<_> = member.pages_mut().filter(|page| page.connection().is_some_and(&is_lost)).collect();
        if lost.is_empty() {
            continue;
        }
        has_lost = true;
        lost.into_iter().for_each(|page| page.endpoint = Endpoint::Away(at));
        gone.extend((!member.is_connected()).then(|| member.clone()));
    }
    room.roster.admission.drop_pages(&is_lost);
    // An ended room announces nothing more when pages leave it.
    for member in gone.iter().filter(|member| room.ended.is_none() && room.is_listed(member)) {
        room.tell_membership(&RoomEvent::MemberConnected { member: member.id, connected: false }, effects);
    }
    has_lost
}

/// Closes the pages that have not come back in time. Their members keep their places. The room wakes for it only if one of them was
/// listening: of others nobody is told.
pub(super) fn close_pages(room: &mut Room, at: Timestamp) {
    let mut silenced = Vec::new();
    let grace_ms = page_grace_ms(room);
    for member in &mut room.roster.members {
        let before = member.page;
        member.close_pages(|page| is_in_time(page, grace_ms, at), at);
        silenced.extend((member.page != before).then(|| (member.id, before.away_since().unwrap_or(at))));
    }
    for (member, since) in silenced {
        publications::interrupt(room, member, since);
        listening::end_of(room, member);
    }
}

pub(super) fn page_grace_ms(room: &Room) -> Option<u64> {
    room.created().and_then(|created| created.policy.page_grace_ms)
}

/// Whether a page can resume by `at`.
pub(super) fn is_in_time(page: &Page, grace_ms: Option<u64>, at: Timestamp) -> bool {
    let since = grace_ms.zip(page.away_since());
    since.is_none_or(|(grace_ms, since)| since.after_ms(grace_ms) > at)
}

/// Frees the place at once; the owner's lasts as long as the room.
pub(super) fn leave(room: &mut Room, connection: ConnectionId, at: Timestamp, effects: &mut Effects) {
    let Some(member) = room.member_at(connection).cloned() else { return };
    if member.is_permanent {
        disconnect(room, |held| held.id == connection, at, effects);
        publications::end_of(room, member.id);
        listening::end_of(room, member.id);
    } else {
        let others = member.connections().filter(|other| other.id != connection);
        others.for_each(|other| effects.disconnect(other.id, Refusal::LeftElsewhere));
        let left = free(room, |known| known.id != member.id);
        left.into_iter().for_each(|member| room.tell_membership(&RoomEvent::MemberLeft { member }, effects));
    }
}

/// Frees the places that `keep` refuses, with their publications, and returns their members.
pub(super) fn free(room: &mut Room, keep: impl Fn(&Member) -> bool) -> Vec<MemberId> {
    let freed: Vec<_> = room.roster.release(keep).into_iter().map(|trace| trace.member).collect();
    for member in &freed {
        publications::end_of(room, *member);
        listening::end_of(room, *member);
    }
    freed
}
