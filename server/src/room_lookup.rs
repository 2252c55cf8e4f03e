//! Reports about rooms for other programs, kept for 15 s: many programs ask for the same room. Where several nodes share the rooms,
//! they share the copies too.

mod shared;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use heartogether::{
    id::{RoomCode, RoomId},
    room::Room,
    time::Timestamp,
};
use heartogether_app::api::RoomSummary;
use serde::{Deserialize, Serialize};

use crate::storage::log::redis::SharedRedis;
use shared::SharedCopies;

/// Milliseconds a copy is good for.
const FRESH_MS: u64 = 15_000;
/// Copies that are kept at most; rooms beyond them are looked up each time.
const COPIES: usize = 4_096;

/// A room as other programs see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Whether the room is still as the report says.
    pub(crate) fn is_true_of(&self, room: &Room) -> bool {
        room.ended().is_none()
            && room.owner_connected() == self.host_connected
            && room.audience_count() == self.listener_count as usize
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
pub(crate) struct RoomLookup {
    /// Those that this node has taken.
    here: Mutex<HashMap<RoomCode, Kept>>,
    shared: Option<SharedCopies>,
}

impl RoomLookup {
    /// Copies that nodes share.
    pub(crate) fn shared(redis: SharedRedis) -> Self {
        Self { here: Mutex::default(), shared: Some(SharedCopies::new(redis)) }
    }

    /// The copy of a report, if it is fresh.
    pub(crate) async fn find(&self, code: RoomCode, now: Timestamp) -> Option<RoomReport> {
        match &self.shared {
            Some(shared) => match shared.find(code).await {
                Ok(found) => found,
                // Redis is away.
                Err(_) => self.find_here(code, now),
            },
            None => self.find_here(code, now),
        }
    }

    /// Keeps a copy, if there is space for it.
    pub(crate) async fn keep(&self, report: RoomReport, now: Timestamp) {
        if self.keep_here(report.clone(), now)
            && let Some(shared) = &self.shared
        {
            shared.keep(&report).await;
        }
    }

    /// Drops the copy of a room that is not as it says any more, whichever node has taken it.
    pub(crate) fn forget(&self, code: RoomCode) {
        self.copies().remove(&code);
        if let Some(shared) = &self.shared {
            shared.forget(code);
        }
    }

    /// Drops the copy of a room that is not as it says any more, where nodes share the copies. Every node does so with the copies that it has taken itself.
    pub(crate) fn review(&self, room: &Room) {
        let (Some(_), Some(code)) = (&self.shared, room.code()) else { return };
        let is_outdated = self.copies().get(&code).is_some_and(|kept| !kept.report.is_true_of(room));
        if is_outdated {
            self.forget(code);
        }
    }

    /// Drops the copy that this node has taken: it is not told any more when the room changes.
    pub(crate) fn forget_own(&self, code: RoomCode) {
        let is_own = self.copies().contains_key(&code);
        if is_own {
            self.forget(code);
        }
    }

    fn find_here(&self, code: RoomCode, now: Timestamp) -> Option<RoomReport> {
        self.copies().get(&code).filter(|kept| kept.is_fresh(now)).map(|kept| kept.report.clone())
    }

    fn keep_here(&self, report: RoomReport, now: Timestamp) -> bool {
        let mut copies = self.copies();
        if copies.len() >= COPIES {
            copies.retain(|_, kept| kept.is_fresh(now));
        }
        let has_space = copies.len() < COPIES;
        if has_space {
            copies.insert(report.code, Kept { report, taken_at: now });
        }
        has_space
    }

    fn copies(&self) -> MutexGuard<'_, HashMap<RoomCode, Kept>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
