//! The JSON routes for other programs. `openapi.json` describes them.

mod member_rooms;
mod messages;
mod paths;

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use axum::{
    Extension, Json,
    extract::{Path, Query, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
};
use heartogether::{
    id::{RoomCode, RoomId},
    protocol::PublishCustom,
    refusal::Refusal,
    role::Permission,
};
use heartogether_app::api::{Backend, IceServer, Visitor};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    error::Answer,
    metrics::record_first_sound,
    room_lookup::RoomReport,
    rooms::{AudienceReport, RealtimeReport, Viewer},
    state::Node,
    storage::log::redis::{Disk, RedisState},
};

pub(crate) use paths::{routes, routes_for_all};

/// What all paths are, in the form of OpenAPI 3.1.
const OPENAPI: &str = include_str!("json_api/openapi.json");

/// Says whether the response comes from a copy.
const X_CACHE: HeaderName = HeaderName::from_static("x-cache");

/// What it means that Redis is one server.
const REDIS_ALONE: &str = "Redis is a single server without a replica: while it is away, nobody can write in rooms, and if its disk is \
                           lost while no node runs, so are the live rooms.";
/// What it means that not all of what it has acknowledged is on its disk.
const DISK_SOME: &str = "This Redis does not write everything to its disk: if it restarts while no node runs, live rooms are lost. Set \
                         appendonly yes and appendfsync always.";
const DISK_LATE: &str = "This Redis writes to its disk after it has answered: if it crashes while no node runs, the last that people did \
                         in rooms is lost. Set appendfsync always.";
const DISK_UNKNOWN: &str = "The user in REDIS_URL may not ask this Redis whether it writes to its disk before it answers: see that \
                            appendfsync is always.";
const PASSWORD_REFUSED: &str = "Redis refuses the user or the password in REDIS_URL: correct this setting and restart the node, or \
                                correct them on Redis.";

/// `GET /api/health`: 200 at once, whatever the dependencies do.
pub(crate) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /api/openapi.json`.
pub(crate) async fn openapi() -> ([(HeaderName, HeaderValue); 1], &'static str) {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], OPENAPI)
}

/// Reads what a program sends.
fn parse<T: DeserializeOwned>(body: &str) -> Result<T, Refusal> {
    serde_json::from_str(body).map_err(|_| Refusal::FrameMalformed)
}

/// `GET /api/ready`: whether visitors can be sent here, and what is down. Before the rooms are known, `http::before_ready` answers.
pub(crate) async fn ready(State(node): State<Arc<Node>>) -> (StatusCode, [(HeaderName, HeaderValue); 1], Json<Value>) {
    let (can_store, redis) = tokio::join!(node.readiness.can_store(), node.readiness.redis());
    let is_stopping = node.readiness.is_stopping();
    let parts = json!({
        "rooms": if is_stopping { "stopping" } else { "ok" },
        "storage": if can_store { "ok" } else { "down" },
    });
    // Without Redis, sound goes on and rooms can be read, here as on every other node: visitors would find nothing better elsewhere.
    let is_ready = can_store && !is_stopping;
    let mut answer = json!({ "ready": is_ready, "parts": parts });
    if let Some(redis) = redis {
        tell_redis(&mut answer, redis);
    }
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let not_kept = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, not_kept, Json(answer))
}

/// Says in an answer of `GET /api/ready` how Redis is.
pub(crate) fn tell_redis(answer: &mut Value, redis: RedisState) {
    answer["parts"]["redis"] = json!(if redis.answers() { "ok" } else { "down" });
    let notes: &[&str] = match redis {
        RedisState::Down | RedisState::Up => return,
        RedisState::Refused => &[PASSWORD_REFUSED],
        RedisState::Alone(Disk::All) => &[REDIS_ALONE],
        RedisState::Alone(Disk::Late) => &[REDIS_ALONE, DISK_LATE],
        RedisState::Alone(Disk::Some) => &[REDIS_ALONE, DISK_SOME],
        RedisState::Alone(Disk::Unknown) => &[REDIS_ALONE, DISK_UNKNOWN],
    };
    answer["notes"] = json!(notes);
}

/// What `GET /api/ice-servers` is asked for.
#[derive(Deserialize)]
pub(crate) struct IceQuery {
    /// The code of the room in which whoever asks has a place.
    room: Option<String>,
}

/// `GET /api/ice-servers?room=CODE`: TURN servers for members of the room, STUN servers for everybody. Passwords that end are to
/// be fetched anew in time.
pub(crate) async fn ice_servers(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Query(IceQuery { room }): Query<IceQuery>,
) -> Result<([(HeaderName, String); 1], Json<Vec<IceServer>>), Answer> {
    let account = visitor.permit(Permission::FetchIceServers)?;
    let known = match room {
        Some(code) => node.ice_servers(account, RoomCode::parse(&code)?).await?,
        None => node.public_ice_servers(),
    };
    let cache = known.renew_in_s.map_or("private".to_owned(), |seconds| format!("private, max-age={seconds}"));
    Ok(([(header::CACHE_CONTROL, cache)], Json(known.servers)))
}

/// The answer about a room: `X-Cache` says whether it is a copy.
pub(crate) type Reported = ([(HeaderName, &'static str); 1], Json<RoomReport>);

/// `GET /api/rooms/{code}`: a room as other programs see it, from a copy that is at most 15 s old.
pub(crate) async fn room(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(code): Path<String>,
) -> Result<Reported, Answer> {
    let (code, now) = (RoomCode::parse(&code)?, node.clock.now());
    node.rate_limits.take_look_up(&visitor.caller, now).await?;
    if let Some(copy) = node.room_lookup.find(code, now).await {
        if node.rooms.confirm(&copy).await {
            return Ok(([(X_CACHE, "HIT")], Json(copy)));
        }
        node.room_lookup.forget(code);
    }
    let summary = node.find_room(code, None).await?.ok_or(Refusal::RoomNotFound)?;
    let report = RoomReport::new(&summary, node.clock.date());
    node.room_lookup.keep(report.clone(), now).await;
    // What has changed before the copy was there dropped nothing.
    if !node.rooms.confirm(&report).await {
        node.room_lookup.forget(code);
    }
    Ok(([(X_CACHE, "MISS")], Json(report)))
}

/// `GET /api/rooms/{id}/listeners`: for the room's owner.
pub(crate) async fn listeners(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Json<AudienceReport>, Answer> {
    let viewer = viewer(&visitor)?;
    Ok(Json(node.rooms.open(room_id(&id)?).audience(viewer).await?))
}

/// `GET /api/rooms/{id}/realtime`: for the room's owner.
pub(crate) async fn realtime(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Json<RealtimeReport>, Answer> {
    let viewer = viewer(&visitor)?;
    Ok(Json(node.rooms.open(room_id(&id)?).realtime(viewer).await?))
}

/// What a listener's page reports.
#[derive(Deserialize)]
struct FirstSound {
    /// Milliseconds from the visit, or the click on Listen, to the first sound.
    ms: u32,
}

/// The times that are believed: no network is faster, and whoever waits longer has left the page in the background.
const BELIEVED_MS: RangeInclusive<u32> = 1..=60_000;

/// `POST /api/first-sound`: a page says how long its listener waited for the first sound. It is only measured, so nothing is lost
/// if a page does not say it.
pub(crate) async fn first_sound(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    body: String,
) -> Result<StatusCode, Answer> {
    visitor.permit(Permission::Connect)?;
    node.rate_limits.take_report(&visitor.caller, node.clock.now()).await?;
    let report = serde_json::from_str::<FirstSound>(&body).ok().filter(|report| BELIEVED_MS.contains(&report.ms));
    let FirstSound { ms } = report.ok_or(Refusal::FrameMalformed)?;
    record_first_sound(Duration::from_millis(ms.into()));
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/events/publish`: a room's owner sends an event of their own to all members who are connected.
pub(crate) async fn publish_event(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    body: String,
) -> Result<StatusCode, Answer> {
    let viewer = viewer(&visitor)?;
    let PublishCustom { room, event } = serde_json::from_str(&body).map_err(|_| Refusal::FrameMalformed)?;
    event.check()?;
    let permits = async |room| Ok(node.rooms.open(room).check(viewer, Permission::SendCustomEvents).await);
    let room = node.find_for(room, &visitor.caller, permits).await??;
    if !node.command_limits.custom_events.take(viewer.account, room, node.clock.now()).await {
        return Err(Refusal::TooManyRequests.into());
    }
    node.rooms.open(room).send_custom(viewer, &event).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the viewer is to the room, the room says.
fn viewer(visitor: &Visitor) -> Result<Viewer, Refusal> {
    let account = visitor.permit(Permission::Connect)?;
    Ok(Viewer { account: account.id, kind: visitor.kind_of(account) })
}

fn room_id(text: &str) -> Result<RoomId, Refusal> {
    text.parse().map_err(|_| Refusal::RoomNotFound)
}
