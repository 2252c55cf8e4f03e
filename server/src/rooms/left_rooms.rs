//! Rooms that no node has open although they live: their nodes are gone. Of the nodes that live, each looks after its share of the
//! rooms, so that members who do not come back lose their places in time, and rooms end.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use super::Rooms;
use crate::{error::ServerError, storage::log::LogError};

/// How often rooms are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Looks after which rooms that could not be opened are tried again: another node may have had them, and given them back.
const TRY_LOST_EVERY: u32 = 12;

impl Rooms {
    /// Opens the rooms that this node looks after, again and again. Returns at once where one node at a time serves the logs: that
    /// has opened all rooms at its start.
    pub(crate) async fn look_after_left_rooms(self: &Arc<Self>) {
        if !self.is_shared() {
            return;
        }
        let mut interval = interval(LOOK_EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for look in (0..TRY_LOST_EVERY).cycle() {
            interval.tick().await;
            if look == TRY_LOST_EVERY - 1 {
                self.opened().lost.clear();
            }
            if let Err(error) = self.open_left_rooms().await {
                ServerError::from(error).report();
            }
        }
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
