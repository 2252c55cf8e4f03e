//! `GET /metrics`, and `GET /api/system/redis` for those who run the server, at an address of their own.

use std::sync::Arc;

use ::metrics::gauge;
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    routing::get,
};
use heartogether::room::{Census, RoomKind};
use serde_json::{Value, json};

use super::{
    Recorder,
    catalogue::{CONNECTIONS, DEPENDENCY_UP, EVENT_STREAMS, LINKS, MEMBERS, PUBLICATIONS, READY, ROOMS, WEBSOCKETS},
};
use crate::{http::ConnectionLimit, state::Node, storage::log::redis::RedisReport};

/// The version of the text format.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// What is asked when the metrics are fetched.
#[derive(Clone)]
pub(crate) struct Observed {
    pub(crate) node: Arc<Node>,
    pub(crate) connections: ConnectionLimit,
    pub(crate) recorder: Recorder,
}

/// Serves these two, and nothing else.
pub(crate) fn page(observed: Observed) -> Router {
    Router::new().route("/metrics", get(fetch)).route("/api/system/redis", get(report_redis)).with_state(observed)
}

/// How Redis is. Where it is not used, there is no such page.
async fn report_redis(State(observed): State<Observed>) -> Result<Json<RedisReport>, StatusCode> {
    let redis = observed.node.redis.as_ref().ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(redis.report().await))
}

async fn fetch(State(observed): State<Observed>) -> ([(HeaderName, HeaderValue); 1], String) {
    let Observed { node, connections, recorder } = observed;
    let (census, can_store, redis) =
        tokio::join!(node.rooms.census(), node.readiness.can_store(), node.readiness.redis());
    observe_rooms(&census);
    gauge!(CONNECTIONS).set(connections.count());
    let streams = node.streams.count();
    gauge!(WEBSOCKETS).set(node.socket_limit.count().saturating_sub(streams));
    gauge!(EVENT_STREAMS).set(streams);
    gauge!(DEPENDENCY_UP, "dependency" => "database").set(u8::from(can_store));
    if let Some(redis) = redis {
        gauge!(DEPENDENCY_UP, "dependency" => "redis").set(u8::from(redis.answers()));
    }
    gauge!(READY).set(u8::from(can_store && !node.readiness.is_stopping()));
    ([(header::CONTENT_TYPE, TEXT)], recorder.render())
}

fn observe_rooms(census: &[Census]) {
    for kind in RoomKind::ALL {
        let rooms = || census.iter().filter(|room| room.kind == *kind);
        let sum = |number: fn(&Census) -> usize| rooms().map(number).sum::<usize>() as f64;
        let name = name(*kind);
        gauge!(ROOMS, "kind" => name.clone()).set(rooms().filter(|room| room.is_live).count() as f64);
        gauge!(LINKS, "kind" => name.clone()).set(sum(|room| room.links));
        for (state, members) in [("connected", sum(|room| room.connected)), ("away", sum(|room| room.away))] {
            gauge!(MEMBERS, "kind" => name.clone(), "state" => state).set(members);
        }
        let publications = [
            ("live", sum(|room| room.live)),
            ("paused", sum(|room| room.paused)),
            ("interrupted", sum(|room| room.interrupted)),
        ];
        for (state, count) in publications {
            gauge!(PUBLICATIONS, "kind" => name.clone(), "state" => state).set(count);
        }
    }
}

/// The name of a kind, as it is on the wire.
fn name(kind: RoomKind) -> String {
    match json!(kind) {
        Value::String(name) => name,
        other => other.to_string(),
    }
}
