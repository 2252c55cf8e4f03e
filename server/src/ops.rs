//! The plain routes for other programs.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::{HeaderName, header},
};
use heartogether::{
    id::{RoomCode, RoomId},
    refusal::Refusal,
    role::Permission,
    time::Timestamp,
};
use heartogether_app::api::{Backend, IceServer, Visitor};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    error::Answer,
    rooms::{AudienceReport, RealtimeReport},
    state::Node,
};

/// `GET /api/health`: 200 at once, whatever the dependencies do.
pub(crate) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// A room as other programs see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoomReport {
    id: RoomId,
    code: RoomCode,
    host_connected: bool,
    listener_count: u32,
    max_listeners: u32,
    is_full: bool,
    /// Milliseconds since 1970.
    fetched_at: Timestamp,
}

/// `GET /api/rooms/{code}`.
pub(crate) async fn room(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(code): Path<String>,
) -> Result<Json<RoomReport>, Answer> {
    let found = node.look_up_room(RoomCode::parse(&code)?, &visitor).await?;
    let summary = found.ok_or(Refusal::RoomNotFound)?;
    Ok(Json(RoomReport {
        id: summary.id,
        code: summary.code,
        host_connected: summary.host_connected,
        listener_count: summary.listener_count,
        max_listeners: summary.max_listeners,
        is_full: summary.is_full(),
        fetched_at: node.clock.now(),
    }))
}

/// `GET /api/ice-servers`.
pub(crate) async fn ice_servers(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<([(HeaderName, &'static str); 1], Json<Vec<IceServer>>), Answer> {
    let account = visitor.permit(Permission::FetchIceServers)?;
    Ok(([(header::CACHE_CONTROL, "private")], Json(node.ice_servers(account))))
}

/// `GET /api/rooms/{id}/listeners`: for the room's owner.
pub(crate) async fn listeners(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Json<AudienceReport>, Answer> {
    let viewer = visitor.permit(Permission::Connect)?.id;
    Ok(Json(node.rooms.open(room_id(&id)?).audience(viewer).await?))
}

/// `GET /api/rooms/{id}/realtime`: for the room's owner.
pub(crate) async fn realtime(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Json<RealtimeReport>, Answer> {
    let viewer = visitor.permit(Permission::Connect)?.id;
    Ok(Json(node.rooms.open(room_id(&id)?).realtime(viewer).await?))
}

fn room_id(text: &str) -> Result<RoomId, Refusal> {
    text.parse().map_err(|_| Refusal::RoomNotFound)
}
