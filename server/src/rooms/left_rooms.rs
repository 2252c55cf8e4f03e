//! Rooms that no node has open although they live: their nodes are gone. Of the nodes that live, each looks after its share of the
//! rooms, so that members who do not come back lose their places in time, and rooms end. That is so where nothing is left of a
//! room, too: it ends when it would have ended without its host.

use std::{sync::Arc, time::Duration};

use heartogether::id::RoomId;
use tokio::time::{MissedTickBehavior, interval};

use super::{Open, RoomHandle, Rooms};
use crate::{error::ServerError, storage::log::LogError};

/// How often rooms are looked for, and how long nobody must have needed a room that a node lets go of, at least.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Looks after which rooms that could not be opened are tried again: another node may have had them, and given them back.
const TRY_LOST_EVERY: u32 = 12;

impl Rooms {
    /// Opens the rooms that this node looks after, again and again, and lets go of others that nobody on it needs. Returns at once where one node at a time serves the logs: that
    /// has opened all rooms at its start. A room of which nothing is left ends after this time, in milliseconds.
    pub(crate) async fn look_after_left_rooms(self: &Arc<Self>, absent_ms: u64) {
        if !self.is_shared() {
            return;
        }
        let mut interval = interval(LOOK_EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for look in (0..TRY_LOST_EVERY).cycle() {
            interval.tick().await;
            if look == TRY_LOST_EVERY - 1 {
                if let Err(error) = self.end_rooms_without_rest(absent_ms).await {
                    ServerError::from(error).report();
                }
                self.opened().lost.clear();
            }
            match self.open_left_rooms().await {
                // It has just asked for those that it looks after.
                Ok(()) if self.log.may_let_go() => self.let_go_of_unused(),
                Ok(()) => {}
                Err(error) => _ = ServerError::from(error).report(),
            }
        }
    }

    /// Ends the rooms of this node's share of which nobody has had anything for this time. Nobody can have been in them.
    async fn end_rooms_without_rest(&self, absent_ms: u64) -> Result<(), LogError> {
        let now = self.clock.now();
        let due: Vec<_> = {
            let mut open = self.opened();
            let Open { handles, nothing_left, .. } = &mut *open;
            let is_back = |room: &RoomId| handles.get(room).is_some_and(RoomHandle::is_live);
            nothing_left.retain(|room, _| self.log.looks_after(*room) && !is_back(room));
            nothing_left.iter().filter(|(_, since)| since.after_ms(absent_ms) <= now).map(|(room, _)| *room).collect()
        };
        for room in due {
            if matches!(self.log.snapshot(room).await, Err(LogError::NothingLeft)) {
                tracing::warn!(%room, "a room ends of which nothing has been left for a long time");
                self.archive.delete_room(room).await?;
                self.log.close(room).await?;
            }
            self.opened().nothing_left.remove(&room);
        }
        Ok(())
    }

    async fn open_left_rooms(self: &Arc<Self>) -> Result<(), LogError> {
        for room in self.log.live().await? {
            if self.log.looks_after(room) {
                self.open(room);
            }
        }
        Ok(())
    }

    /// Whether several nodes share the rooms.
    pub(super) fn is_shared(&self) -> bool {
        self.log.looks_for_gone_nodes_every().is_some()
    }
}
