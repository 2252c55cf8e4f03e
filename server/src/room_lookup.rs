//! Reports about rooms for other programs, kept for 15 s: many programs ask for the same room.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use heartogether::{
    id::{RoomCode, RoomId},
    time::Timestamp,
};
use heartogether_app::api::RoomSummary;
use serde::Serialize;

/// Milliseconds a copy is good for.
const FRESH_MS: u64 = 15_000;
/// Copies that are kept at most; rooms beyond them are looked up each time.
const COPIES: usize = 4_096;

/// A room as other programs see it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoomReport {
    pub(crate) id: RoomId,
    code: RoomCode,
    host_connected: bool,
    listener_count: u32,
    max_listeners: u32,
    is_full: bool,
    /// Milliseconds since 1970.
    fetched_at: Timestamp,
}

impl RoomReport {
    pub(crate) fn new(summary: &RoomSummary, fetched_at: Timestamp) -> Self {
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
    /// The copy of a report, if it is fresh.
    pub(crate) fn find(&self, code: RoomCode, now: Timestamp) -> Option<RoomReport> {
        self.copies().get(&code).filter(|kept| kept.is_fresh(now)).map(|kept| kept.report.clone())
    }

    /// Keeps a copy, if there is space for it.
    pub(crate) fn keep(&self, report: RoomReport, now: Timestamp) {
        let mut copies = self.copies();
        if copies.len() >= COPIES {
            copies.retain(|_, kept| kept.is_fresh(now));
        }
        if copies.len() < COPIES {
            copies.insert(report.code, Kept { report, taken_at: now });
        }
    }

    /// Drops the copy of a room that has ended.
    pub(crate) fn forget(&self, code: RoomCode) {
        self.copies().remove(&code);
    }

    fn copies(&self) -> MutexGuard<'_, HashMap<RoomCode, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
