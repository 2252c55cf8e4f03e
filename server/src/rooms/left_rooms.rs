//! Rooms that no node has open although they live: their nodes are gone. Of the nodes that live, each looks after its share of the
//! rooms, so that members who do not come back lose their places in time, and rooms end. That is so where nothing is left of a
//! room, too: it goes on as its copy in the database says, or, without a copy, ends when it would have ended without its host.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use heartogether::{id::RoomId, time::Timestamp};
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use super::{Lost, Open, RoomHandle, Rooms};
use crate::{error::ServerError, storage::log::LogError};

/// How often rooms are looked for, and how long nobody must have needed a room that a node lets go of, at least.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Looks after which rooms that could not be opened are tried again: another node may have had them, and given them back.
const TRY_LOST_EVERY: u32 = 12;
/// Rooms that are restored at once, at most.
const RESTORED_AT_ONCE: usize = 16;
/// Milliseconds for which nobody must have had anything of a room before it goes on with its copy: a node that has all of it may be cut
/// off, and the operator may give Redis its files back.
const RESTORED_AFTER_MS: u64 = 60_000;

impl Rooms {
    /// Opens the rooms that this node looks after, again and again, and lets go of others that nobody on it needs. Returns at once where one node at a time serves the logs: that
    /// has opened all rooms at its start. A room of which nothing is left ends after this time, in milliseconds, if it has no copy.
    pub(crate) async fn look_after_left_rooms(self: &Arc<Self>, absent_ms: u64) {
        if !self.is_shared() {
            return;
        }
        let mut interval = interval(LOOK_EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut taking_up = None;
        for look in (0..TRY_LOST_EVERY).cycle() {
            interval.tick().await;
            if look == TRY_LOST_EVERY - 1 {
                // Whoever waits for a server holds up no other room.
                if taking_up.as_ref().is_none_or(JoinHandle::is_finished) {
                    taking_up = Some(tokio::spawn(self.clone().take_up_lost_rooms(absent_ms)));
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

    /// Restores the rooms of this node's share of which nobody has had anything for a while, and ends those that have no copy.
    async fn take_up_lost_rooms(self: Arc<Self>, absent_ms: u64) {
        let now = self.clock.now();
        let lost: Vec<_> = {
            let mut open = self.opened();
            let Open { handles, nothing_left, .. } = &mut *open;
            let is_back = |room: &RoomId| handles.get(room).is_some_and(RoomHandle::is_live);
            nothing_left.retain(|room, _| self.log.looks_after(*room) && !is_back(room));
            nothing_left.iter().map(|(room, lost)| (*room, *lost)).collect()
        };
        let take_up = async |(room, lost): (RoomId, Lost)| match self.take_up(room, lost, now, absent_ms).await {
            Ok(true) => _ = self.opened().nothing_left.remove(&room),
            Ok(false) => {}
            // The others do not wait for it.
            Err(error) => _ = ServerError::from(error).report(),
        };
        stream::iter(lost).for_each_concurrent(RESTORED_AT_ONCE, take_up).await;
    }

    /// Restores a room from its copy, or ends it if it has none, once that is due. Returns whether that is settled.
    async fn take_up(&self, room: RoomId, lost: Lost, now: Timestamp, absent_ms: u64) -> Result<bool, LogError> {
        let lost_ms = now.since_ms(lost.since);
        match self.log.copied(room).await? {
            // Where it changes, another node has the room.
            Some(copy) if lost.copy == Some(copy) && lost_ms >= RESTORED_AFTER_MS => self.log.restore(room, copy).await,
            Some(copy) => {
                let mut open = self.opened();
                open.nothing_left.entry(room).and_modify(|lost| lost.copy = Some(copy));
                Ok(false)
            }
            None if lost_ms >= absent_ms => self.end_lost(room).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Ends a room if there is still nothing of it. Nobody can have been in it.
    async fn end_lost(&self, room: RoomId) -> Result<(), LogError> {
        if matches!(self.log.snapshot(room).await, Err(LogError::NothingLeft)) {
            tracing::warn!(%room, "a room ends of which nothing has been left for a long time");
            self.archive.delete_room(room).await?;
            self.log.close(room).await?;
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
