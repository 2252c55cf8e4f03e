//! Copies on Redis, which all nodes read. They end there by themselves.

use std::time::Duration;

use heartogether::id::RoomCode;
use tokio::time::timeout;

use super::{FRESH_MS, RoomReport};
use crate::storage::log::redis::SharedRedis;

/// How long Redis may take. Whoever asks for a room waits for it.
const PATIENCE: Duration = Duration::from_millis(500);

/// Redis does not answer in time.
pub(super) struct Away;

/// The copies that nodes share.
pub(super) struct SharedCopies(SharedRedis);

impl SharedCopies {
    pub(super) const fn new(redis: SharedRedis) -> Self {
        Self(redis)
    }

    pub(super) async fn find(&self, code: RoomCode) -> Result<Option<RoomReport>, Away> {
        let (mark, key) = name(code);
        let mut command = redis::cmd("GET");
        let found = timeout(PATIENCE, self.0.ask::<Option<String>>(mark, command.arg(key))).await;
        let text = found.map_err(|_| Away)?.map_err(|_| Away)?;
        // What another version has written in a form of its own is looked up anew.
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub(super) async fn keep(&self, report: &RoomReport) {
        let (mark, key) = name(report.code);
        let text = serde_json::to_string(report).expect("a report has string keys and no failing serializer");
        let mut command = redis::cmd("SET");
        command.arg(key).arg(text).arg("PX").arg(FRESH_MS);
        // Without it, the next node looks the room up itself.
        let _ = timeout(PATIENCE, self.0.ask::<redis::Value>(mark, &command)).await;
    }

    /// Drops a copy, in the background.
    pub(super) fn forget(&self, code: RoomCode) {
        let redis = self.0.clone();
        tokio::spawn(async move {
            let (mark, key) = name(code);
            let mut command = redis::cmd("DEL");
            // It ends by itself.
            let _ = redis.ask::<redis::Value>(mark, command.arg(key)).await;
        });
    }
}

/// The mark by which copies are spread over servers, and the key of one.
fn name(code: RoomCode) -> (u128, String) {
    let code = code.to_string();
    let mark = code.bytes().fold(0, |mark: u128, letter| mark * 31 + u128::from(letter));
    (mark, SharedRedis::key(mark, &format!("look-up:{code}")))
}
