//! Writes what a room leaves behind: changes of the archive of messages, and snapshots, in the room's order. The room's own task
//! never waits for that.

use std::{sync::Arc, time::Duration};

use heartogether::{
    id::RoomId,
    room::{ArchiveChange, Room},
};
use tokio::sync::{mpsc, oneshot};

use super::RETRY;
use crate::{
    error::{explain, report_storage},
    storage::{StorageError, log::RoomLog, messages::MessageArchive},
};

/// Changes of the archive that are carried out at once.
const BATCH: usize = 64;
/// How long somebody waits for what was written before.
const FLUSH: Duration = Duration::from_secs(5);

enum Order {
    Archive(ArchiveChange),
    Snapshot(Box<Room>),
    Flush(oneshot::Sender<()>),
}

/// What waits to be written for a room. What waits is lost with the process, and comes again from the log.
#[derive(Clone)]
pub(crate) struct WriteBehind(mpsc::UnboundedSender<Order>);

impl WriteBehind {
    /// Starts to write for a room, until nobody holds this any more and everything is written.
    pub(super) fn start(room: RoomId, log: Arc<dyn RoomLog>, archive: Arc<dyn MessageArchive>) -> Self {
        let (orders, waiting) = mpsc::unbounded_channel();
        tokio::spawn(Writer { room, log, archive }.run(waiting));
        Self(orders)
    }

    pub(super) fn archive(&self, change: ArchiveChange) {
        self.order(Order::Archive(change));
    }

    /// Keeps a snapshot once everything before it is in the archive: the log may be cut then.
    pub(super) fn snapshot(&self, room: Room) {
        self.order(Order::Snapshot(Box::new(room)));
    }

    /// Returns once everything ordered before is written.
    ///
    /// # Errors
    /// [`StorageError`] if that takes too long.
    pub(crate) async fn flush(&self) -> Result<(), StorageError> {
        let (done, flushed) = oneshot::channel();
        self.order(Order::Flush(done));
        let flushed = tokio::time::timeout(FLUSH, flushed).await;
        flushed.map_err(|_| StorageError::took_too_long()).map(drop)
    }

    fn order(&self, order: Order) {
        // The writer ends after the last of these.
        let _ = self.0.send(order);
    }
}

struct Writer {
    room: RoomId,
    log: Arc<dyn RoomLog>,
    archive: Arc<dyn MessageArchive>,
}

impl Writer {
    async fn run(self, mut waiting: mpsc::UnboundedReceiver<Order>) {
        let mut orders = Vec::with_capacity(BATCH);
        while waiting.recv_many(&mut orders, BATCH).await > 0 {
            let mut changes = Vec::new();
            for order in orders.drain(..) {
                match order {
                    Order::Archive(change) => changes.push(change),
                    Order::Snapshot(room) => {
                        self.archive(std::mem::take(&mut changes)).await;
                        self.keep(*room).await;
                    }
                    Order::Flush(done) => {
                        self.archive(std::mem::take(&mut changes)).await;
                        // Who asked may have stopped waiting.
                        let _ = done.send(());
                    }
                }
            }
            self.archive(changes).await;
        }
    }

    /// Goes on until the storage takes the changes: the log holds them, but will be cut.
    async fn archive(&self, changes: Vec<ArchiveChange>) {
        if changes.is_empty() {
            return;
        }
        while let Err(error) = self.archive.apply(self.room, &changes).await {
            report_storage(&error);
            tokio::time::sleep(RETRY).await;
        }
    }

    /// A snapshot that is not kept costs time at the next start, and nothing else.
    async fn keep(&self, room: Room) {
        if let Err(error) = self.log.add_snapshot(self.room, room).await {
            tracing::warn!(room = %self.room, "a snapshot is not kept: {}", explain(&error));
        }
    }
}
