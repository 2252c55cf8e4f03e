//! How many rooms are open from an address, on all nodes. The node that opened a room says so again and again; what a node that is gone
//! has said runs out.

use std::time::Duration;

use heartogether::id::RoomId;
use tokio::time::timeout;

use super::marks::Marks;
use crate::storage::log::redis::SharedRedis;

/// How long Redis may take. Whoever opens a room waits for it.
const PATIENCE: Duration = Duration::from_millis(500);

/// The rooms that are open from each block of addresses.
pub struct SharedOpenRooms {
    redis: SharedRedis,
    marks: Marks,
    counts_for: Duration,
}

impl SharedOpenRooms {
    /// Nodes that have the same secret count together. A room counts for this long after its node has said that it is open.
    pub fn new(redis: SharedRedis, secret: &[u8], counts_for: Duration) -> Self {
        Self { redis, marks: Marks::new(secret), counts_for }
    }

    /// Says which rooms are open from a block and which have ended. Returns how many are open there on all nodes; `None` if Redis does
    /// not answer.
    pub async fn note(&self, block: &str, open: &[RoomId], ended: &[RoomId]) -> Option<usize> {
        let mark = self.marks.of("open rooms", block);
        let mut command = self.redis.scripts().open_rooms.call(&[SharedRedis::key(mark, &format!("o:{mark:032x}"))]);
        command.arg(u64::try_from(self.counts_for.as_millis()).unwrap_or(u64::MAX)).arg(open.len());
        open.iter().chain(ended).for_each(|room| _ = command.arg(room.to_string()));
        timeout(PATIENCE, self.redis.ask(mark, &command)).await.ok()?.ok()
    }
}
