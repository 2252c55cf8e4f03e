//! The latest signals of rooms on all nodes, for reports: one list for each room.

use std::{collections::BTreeMap, time::Duration};

use heartogether::id::RoomId;
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

use crate::storage::log::redis::SharedRedis;

/// How long Redis may take. Whoever asks for a report waits for it.
const PATIENCE: Duration = Duration::from_millis(500);
/// Traces that may wait to be written. One more is lost.
const WAITING: usize = 4_096;
/// Traces that are written at once, at most.
const BATCH: usize = 256;
/// Milliseconds that a list is kept after its last signal.
const KEPT_MS: u64 = 3_600_000;

/// Where nodes write what they have passed on. What has not been written when it is dropped is lost.
pub struct SharedSignalTraces {
    redis: SharedRedis,
    waiting: mpsc::Sender<(RoomId, String)>,
    task: JoinHandle<()>,
}

impl SharedSignalTraces {
    /// Keeps this many traces of each room. Needs a tokio runtime.
    pub fn new(redis: SharedRedis, kept: usize) -> Self {
        let (waiting, traces) = mpsc::channel(WAITING);
        Self { task: tokio::spawn(write(redis.clone(), kept, traces)), redis, waiting }
    }

    /// Adds a trace, in the background. It may be lost.
    pub fn note(&self, room: RoomId, trace: String) {
        // Nothing but a report depends on it.
        let _ = self.waiting.try_send((room, trace));
    }

    /// The latest traces of a room, the oldest first; `None` if Redis does not answer.
    pub async fn latest(&self, room: RoomId) -> Option<Vec<String>> {
        let (mark, key) = name(room);
        let mut command = redis::cmd("LRANGE");
        command.arg(key).arg(0).arg(-1);
        let mut traces: Vec<String> = timeout(PATIENCE, self.redis.ask(mark, &command)).await.ok()?.ok()?;
        traces.reverse();
        Some(traces)
    }
}

impl Drop for SharedSignalTraces {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Writes what waits.
async fn write(redis: SharedRedis, kept: usize, mut traces: mpsc::Receiver<(RoomId, String)>) {
    let mut batch = Vec::new();
    while traces.recv_many(&mut batch, BATCH).await > 0 {
        let mut rooms = BTreeMap::<_, Vec<_>>::new();
        for (room, trace) in batch.drain(..) {
            rooms.entry(room).or_default().push(trace);
        }
        for (room, traces) in rooms {
            let (mark, key) = name(room);
            let mut pipeline = redis::pipe();
            pipeline.lpush(&key, traces).ltrim(&key, 0, isize::try_from(kept).unwrap_or(isize::MAX) - 1);
            pipeline.cmd("PEXPIRE").arg(&key).arg(KEPT_MS);
            if let Err(fault) = redis.ask_all::<redis::Value>(mark, &pipeline).await {
                tracing::debug!(%fault, "signals are missing in the reports of other nodes");
            }
        }
    }
}

/// The mark by which lists are spread over servers, and the key of one.
fn name(room: RoomId) -> (u128, String) {
    let mark = SharedRedis::mark(room);
    (mark, SharedRedis::key(mark, &format!("signals:{room}")))
}
