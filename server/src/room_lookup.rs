//! `GET /api/rooms/{code}`: a room as other programs see it, from a copy that is at most 15 s old.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::HeaderName,
};
use heartogether::{
    id::{RoomCode, RoomId},
    refusal::Refusal,
    time::Timestamp,
};
use heartogether_app::api::{RoomSummary, Visitor};
use serde::Serialize;

use crate::{error::Answer, state::Node};

/// Milliseconds a copy is good for.
const FRESH_MS: u64 = 15_000;
/// Copies that are kept at most; rooms beyond them are looked up each time.
const COPIES: usize = 4_096;
const X_CACHE: HeaderName = HeaderName::from_static("x-cache");

/// A room as other programs see it.
#[derive(Clone, Debug, Serialize)]
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

impl RoomReport {
    fn new(summary: &RoomSummary, fetched_at: Timestamp) -> Self {
        Self {
            id: summary.id,
            code: summary.code,
            host_connected: summary.host_connected,
            listener_count: summary.listener_count,
            max_listeners: summary.max_listeners,
            is_full: summary.is_full(),
            fetched_at,
        }
    }
}

/// A report and when it was taken.
struct Kept {
    report: RoomReport,
    taken_at: Timestamp,
}

impl Kept {
    fn is_fresh(&self, now: Timestamp) -> bool {
        now.since_ms(self.taken_at) < FRESH_MS
    }
}

/// The copies. They say nothing that depends on who asks.
#[derive(Default)]
pub(crate) struct RoomLookup(Mutex<HashMap<RoomCode, Kept>>);

impl RoomLookup {
    fn find(&self, code: RoomCode, now: Timestamp) -> Option<RoomReport> {
        self.copies().get(&code).filter(|kept| kept.is_fresh(now)).map(|kept| kept.report.clone())
    }

    fn keep(&self, report: RoomReport, now: Timestamp) {
        let mut copies = self.copies();
        if copies.len() >= COPIES {
            copies.retain(|_, kept| kept.is_fresh(now));
        }
        if copies.len() < COPIES {
            copies.insert(report.code, Kept { report, taken_at: now });
        }
    }

    fn forget(&self, code: RoomCode) {
        self.copies().remove(&code);
    }

    fn copies(&self) -> MutexGuard<'_, HashMap<RoomCode, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer: `X-Cache` says whether it is a copy.
pub(crate) type Reported = ([(HeaderName, &'static str); 1], Json<RoomReport>);

/// `GET /api/rooms/{code}`.
pub(crate) async fn room(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(code): Path<String>,
) -> Result<Reported, Answer> {
    let (code, now) = (RoomCode::parse(&code)?, node.clock.now());
    node.rate_limits.take_look_up(&visitor.caller, now)?;
    if let Some(copy) = node.room_lookup.find(code, now) {
        if node.rooms.is_live(copy.id) {
            return Ok(([(X_CACHE, "HIT")], Json(copy)));
        }
        node.room_lookup.forget(code);
    }
    let summary = node.find_room(code, None).await?.ok_or(Refusal::RoomNotFound)?;
    let report = RoomReport::new(&summary, node.clock.date());
    node.room_lookup.keep(report.clone(), now);
    Ok(([(X_CACHE, "MISS")], Json(report)))
}
