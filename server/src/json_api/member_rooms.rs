//! The rooms of an account, for its programs.

use std::sync::Arc;

use axum::{Extension, Json, extract::State, http::StatusCode};
use heartogether::{
    id::{MessageNumber, RoomCode, RoomName},
    refusal::Refusal,
    role::Permission,
    room::RoomKind,
    time::Timestamp,
};
use heartogether_app::api::{Backend, RecentRoom, SavedLounge, Scope, Visitor};
use serde::{Deserialize, Serialize};

use crate::{
    auth::{Program, acting_for},
    error::{Answer, ServerError},
    state::Node,
};

/// The answer of `GET /api/rooms`.
#[derive(Serialize)]
pub(crate) struct RoomList {
    rooms: Vec<ListedRoom>,
}

/// A room of the account's, or one that it was in of late.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedRoom {
    code: RoomCode,
    kind: RoomKind,
    name: Option<RoomName>,
    owner_name: String,
    is_owner: bool,
    /// Of a lounge: the number of its latest message, when that was written, and up to where the account has read.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message: Option<MessageNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read_up_to: Option<MessageNumber>,
}

/// The kind of the rooms that accounts are members of.
fn kind_with_members() -> RoomKind {
    RoomKind::ALL.iter().copied().find(|kind| kind.members_stay()).unwrap_or_default()
}

impl From<SavedLounge> for ListedRoom {
    fn from(lounge: SavedLounge) -> Self {
        Self {
            code: lounge.code,
            kind: kind_with_members(),
            name: lounge.name,
            owner_name: lounge.owner_name.to_string(),
            is_owner: lounge.is_owner,
            last_message: Some(lounge.last_message),
            written_at: Some(lounge.written_at),
            read_up_to: Some(lounge.read_up_to),
        }
    }
}

impl From<RecentRoom> for ListedRoom {
    fn from(room: RecentRoom) -> Self {
        Self {
            code: room.code,
            kind: room.kind,
            name: None,
            owner_name: room.host_name.to_string(),
            is_owner: room.is_owner,
            last_message: None,
            written_at: None,
            read_up_to: None,
        }
    }
}

/// `GET /api/rooms`: the lounges that the account is a member of, the one with the latest message first, and then the other rooms
/// that it was in of late.
pub(crate) async fn list(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    program: Option<Extension<Program>>,
) -> Result<Json<RoomList>, Answer> {
    let program = program.as_deref();
    let account = acting_for(&visitor, program, Scope::ReadRooms, Permission::KeepAccount)?;
    let lounges = node.saved_lounges(&account).await?.into_iter().map(ListedRoom::from);
    let others = node.recent_rooms(&account).await?.into_iter().map(ListedRoom::from);
    Ok(Json(RoomList { rooms: lounges.chain(others).collect() }))
}

/// What `POST /api/rooms` is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRoom {
    #[serde(default)]
    kind: NewKind,
    /// A lounge's name.
    #[serde(default)]
    name: Option<RoomName>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NewKind {
    #[default]
    Lounge,
    Broadcast,
}

/// The answer of `POST /api/rooms`.
#[derive(Serialize)]
pub(crate) struct OpenedRoom {
    code: RoomCode,
}

/// `POST /api/rooms`: opens a room of the account's own.
pub(crate) async fn create(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    program: Option<Extension<Program>>,
    body: String,
) -> Result<(StatusCode, Json<OpenedRoom>), Answer> {
    let program = program.as_deref();
    let account = acting_for(&visitor, program, Scope::CreateRooms, Permission::CreateRoom)?;
    let NewRoom { kind, name } = super::parse(&body)?;
    let code = match kind {
        NewKind::Lounge => node.open_lounge(&account, name, &visitor.caller).await?,
        NewKind::Broadcast if name.is_some() => return Err(Refusal::FrameMalformed.into()),
        NewKind::Broadcast => node.create_room(&account, &visitor.caller).await?,
    };
    if let Some(room) = node.log.find(code).await.map_err(ServerError::from)? {
        // As for who opens one with a page: it is in the account's list from now on.
        match kind {
            NewKind::Lounge => node.add_to_list(account.id, room, true).await?,
            NewKind::Broadcast => {
                node.store.add_visit(account.id, room, node.clock.now()).await.map_err(ServerError::from)?;
            }
        }
    }
    Ok((StatusCode::CREATED, Json(OpenedRoom { code })))
}
