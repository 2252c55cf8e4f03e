//! A short description of a room, for people who are not in it.

use heartogether::{
    id::{AccountId, DisplayName, MessageNumber, RoomCode, RoomName, Seq},
    protocol::LoungeNews,
    role::{Permission, Standing},
    room::Room,
    time::Timestamp,
};
use heartogether_app::api::{RecentRoom, RoomSummary, SavedLounge};

use crate::storage::accounts::Membership;

/// A live room, or an ended one that is the viewer's to open again.
pub(super) fn revisit(room: &Room, viewer: AccountId) -> Option<RecentRoom> {
    let created = room.created()?;
    let is_owner = room.kind().allows(room.standing_of(Some(viewer)), Permission::ReopenRoom);
    let is_open = room.ended().is_none() || (is_owner && room.reopenable_until().is_some());
    is_open.then(|| RecentRoom {
        code: created.code,
        kind: room.kind(),
        host_name: created.owner_name.clone(),
        is_owner,
        stream: room.stream_state(),
    })
}

/// A live room whose member the viewer is, for the viewer's list.
pub(super) fn save(room: &Room, viewer: AccountId) -> Option<SavedRoom> {
    let created = room.created().filter(|_| room.kind().members_stay() && room.has_place(viewer))?;
    Some(SavedRoom {
        code: created.code,
        name: created.name.clone(),
        owner_name: created.owner_name.clone(),
        is_owner: created.owner == viewer,
        last_message: room.last_message(),
        written_at: room.written_at(),
        seq: room.seq(),
        waiting: if created.owner == viewer { room.waiting_count() } else { 0 },
    })
}

/// What the list of a live room's owner is told of it; `None` if it is in no list.
pub(super) fn news(room: &Room) -> Option<LoungeNews> {
    let created = room.created().filter(|_| room.kind().members_stay() && room.ended().is_none())?;
    Some(LoungeNews {
        room: created.code,
        seq: room.seq(),
        name: created.name.clone(),
        owner_name: created.owner_name.clone(),
        last_message: room.last_message(),
        written_at: room.written_at(),
        waiting: room.waiting_count(),
    })
}

/// What a room says of itself to one of its members' lists.
pub(crate) struct SavedRoom {
    code: RoomCode,
    name: Option<RoomName>,
    owner_name: DisplayName,
    is_owner: bool,
    last_message: MessageNumber,
    written_at: Timestamp,
    seq: Seq,
    waiting: u32,
}

impl SavedRoom {
    /// Adds what the member has noted of it.
    pub(crate) fn with(self, membership: &Membership) -> SavedLounge {
        let Self { code, name, owner_name, is_owner, last_message, written_at, seq, waiting } = self;
        let Membership { read_up_to, muted, .. } = *membership;
        SavedLounge { code, name, owner_name, is_owner, last_message, written_at, seq, read_up_to, muted, waiting }
    }
}

/// What everybody may know, and what the viewer is there.
pub(super) fn summarise(room: &Room, viewer: Option<AccountId>) -> Option<RoomSummary> {
    let created = room.created().filter(|_| room.ended().is_none())?;
    Some(RoomSummary {
        id: created.id,
        code: created.code,
        kind: room.kind(),
        name: created.name.clone(),
        host_name: created.owner_name.clone(),
        host_connected: room.owner_connected(),
        stream: room.stream_state(),
        listener_count: u32::try_from(room.audience_count()).unwrap_or(u32::MAX),
        max_listeners: created.policy.max_members,
        is_owner: room.standing_of(viewer) == Standing::Owner,
        has_place: viewer.is_some_and(|viewer| room.is_in_audience(viewer)),
        ends_after_ms: room.kind().members_stay().then_some(created.policy.idle_ms),
        asks_first: room.asks_first(),
    })
}
