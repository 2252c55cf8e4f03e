//! Writes what a room leaves behind: changes of the archive of messages, and snapshots, in the room's order. The room's own task
//! never waits for that.

use std::{sync::Arc, time::Duration};

use heartogether::{
    id::RoomId,
    room::{ArchiveChange, Room},
};
use tokio::sync::{mpsc, oneshot, watch};

use super::retry::RETRY;
use crate::{
    error::{explain, report_storage},
    storage::{StorageError, log::RoomLog, messages::MessageArchive},
};

/// Orders that are carried out at once, changes of the archive in one transaction.
const BATCH: usize = 64;
/// Orders that may wait before the room waits, too.
pub(super) const MANY: usize = 1_024;
/// How long somebody waits for what was written before.
const FLUSH: Duration = Duration::from_secs(5);

enum Order {
    Archive(ArchiveChange),
    Snapshot(Box<Room>),
    Flush(oneshot::Sender<()>),
}

/// What waits to be written for a room. What waits is lost with the process, and comes again from the log.
#[derive(Clone)]
pub(crate) struct WriteBehind {
    orders: mpsc::UnboundedSender<Order>,
    /// How many of them wait.
    waiting: Arc<watch::Sender<usize>>,
}

impl WriteBehind {
    /// Starts to write for a room, until nobody holds this any more and everything is written.
    pub(super) fn start(room: RoomId, log: Arc<dyn RoomLog>, archive: Arc<dyn MessageArchive>) -> Self {
        let (orders, ordered) = mpsc::unbounded_channel();
        let waiting = Arc::new(watch::Sender::new(0));
        tokio::spawn(Writer { room, log, archive, waiting: waiting.clone() }.run(ordered));
        Self { orders, waiting }
    }

    pub(super) fn archive(&self, change: ArchiveChange) {
        self.order(Order::Archive(change));
    }

    /// Keeps a snapshot once everything before it is in the archive: the log may be cut then.
    pub(super) fn snapshot(&self, room: Room) {
        self.order(Order::Snapshot(Box::new(room)));
    }

    /// Returns once so little waits that more may be ordered: where the storage is slower than the room, the room waits.
    pub(super) async fn has_room(&self) {
        // Whoever asks keeps the sender of this.
        let _ = self.waiting.subscribe().wait_for(|waiting| *waiting < MANY).await;
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
        self.waiting.send_modify(|waiting| *waiting += 1);
        // The writer ends after the last of these.
        let _ = self.orders.send(order);
    }
}

struct Writer {
    room: RoomId,
    log: Arc<dyn RoomLog>,
    archive: Arc<dyn MessageArchive>,
    waiting: Arc<watch::Sender<usize>>,
}

impl Writer {
    async fn run(self, mut ordered: mpsc::UnboundedReceiver<Order>) {
        let mut orders = Vec::with_capacity(BATCH);
        while ordered.recv_many(&mut orders, BATCH).await > 0 {
            let taken = orders.len();
            let (mut changes, mut flushed) = (Vec::new(), Vec::new());
            for order in orders.drain(..) {
                match order {
                    Order::Archive(change) => changes.push(change),
                    Order::Snapshot(room) => {
                        self.archive(std::mem::take(&mut changes)).await;
                        self.keep(*room).await;
                    }
                    Order::Flush(done) => flushed.push(done),
                }
            }
            self.archive(changes).await;
            self.waiting.send_modify(|waiting| *waiting -= taken);
            for done in flushed {
                // Who asked may have stopped waiting.
                let _ = done.send(());
            }
        }
    }

    /// Goes on until the storage takes the changes: the log holds them, but will be cut.
    async fn archive(&self, changes: Vec<ArchiveChange>) {
        if changes.is_empty() {
            return;
        }
        while let Err(error) = self.archive.apply(self.room, &changes).await {
            if error.is_damage() {
                return self.archive_each(&changes).await;
            }
            report_storage(&error);
            tokio::time::sleep(RETRY).await;
        }
    }

    /// One change that meets a damaged row does not keep the others waiting, nor the room.
    async fn archive_each(&self, changes: &[ArchiveChange]) {
        for change in changes.chunks(1) {
            while let Err(error) = self.archive.apply(self.room, change).await {
                if error.is_damage() {
                    tracing::error!(room = %self.room, "a message is not archived: {}", explain(&error));
                    break;
                }
                report_storage(&error);
                tokio::time::sleep(RETRY).await;
            }
        }
    }

    /// A snapshot that is not kept costs time at the next start, and nothing else.
    async fn keep(&self, room: Room) {
        if let Err(error) = self.log.add_snapshot(self.room, room).await {
            tracing::warn!(room = %self.room, "a snapshot is not kept: {}", explain(&error));
        }
    }
}
