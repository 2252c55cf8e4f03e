//! A short description of a room, for people who are not in it.

use heartogether::{
    id::AccountId,
    role::{Permission, Standing},
    room::Room,
};
use heartogether_app::api::{RecentRoom, RoomSummary};

/// A live room, or an ended one that is the viewer's to open again.
pub(super) fn revisit(room: &Room, viewer: AccountId) -> Option<RecentRoom> {
    let created = room.created()?;
    let is_owner = room.kind().allows(room.standing_of(Some(viewer)), Permission::ReopenRoom);
    let is_open = room.ended().is_none() || (is_owner && room.reopenable_until().is_some());
    is_open.then(|| RecentRoom {
        code: created.code,
        host_name: created.owner_name.clone(),
        is_owner,
        stream: room.stream_state(),
    })
}

/// What everybody may know, and what the viewer is there.
pub(super) fn summarise(room: &Room, viewer: Option<AccountId>) -> Option<RoomSummary> {
    let created = room.created().filter(|_| room.ended().is_none())?;
    Some(RoomSummary {
        id: created.id,
        code: created.code,
        host_name: created.owner_name.clone(),
        host_connected: room.owner_connected(),
        stream: room.stream_state(),
        listener_count: u32::try_from(room.audience_count()).unwrap_or(u32::MAX),
        max_listeners: created.policy.max_members,
        is_owner: room.standing_of(viewer) == Standing::Owner,
        has_place: viewer.is_some_and(|viewer| room.is_in_audience(viewer)),
    })
}
