//! Writes what a room stores beside its log: changes of the archive of messages, snapshots, and that it is in accounts' lists, in the
//! order in which the room made them. The room's task does not wait for each of them, only while [`MANY`] are still to be written.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use heartogether::{
    id::{AccountId, RoomId},
    room::{ArchiveChange, Room},
    time::Timestamp,
};
use tokio::sync::{mpsc, oneshot, watch};

use super::{lists::Lists, retry::RETRY};
use crate::{
    error::{explain, report_storage},
    storage::{StorageError, log::RoomLog, messages::MessageArchive},
};

/// Orders that the writer takes together, at most. It writes their changes of the archive in one transaction.
const BATCH: usize = 64;
/// When this many orders wait, the room's task waits too.
pub(super) const MANY: usize = 1_024;
/// How long [`WriteBehind::flush`] waits.
const FLUSH: Duration = Duration::from_secs(5);

enum Order {
    Archive(ArchiveChange),
    Snapshot(Box<Room>),
    AddToList { account: AccountId, since: Timestamp },
    Flush(oneshot::Sender<()>),
}

/// Takes orders for a room's writer. Orders that wait when the process ends are lost; a replay of the log gives them again.
#[derive(Clone)]
pub(crate) struct WriteBehind {
    orders: mpsc::UnboundedSender<Order>,
    /// How many orders wait.
    waiting: Arc<watch::Sender<usize>>,
    /// Whether the latest snapshot could not be stored.
    has_lost_snapshot: Arc<AtomicBool>,
}

impl WriteBehind {
    /// Starts a room's writer. It ends once every clone of this is dropped and everything is written.
    pub(super) fn start(
        room: RoomId,
        log: Arc<dyn RoomLog>,
        archive: Arc<dyn MessageArchive>,
        lists: Arc<Lists>,
    ) -> Self {
        let (orders, ordered) = mpsc::unbounded_channel();
        let (waiting, has_lost_snapshot) = (Arc::new(watch::Sender::new(0)), Arc::new(AtomicBool::new(false)));
        let (counted, noted) = (waiting.clone(), has_lost_snapshot.clone());
        tokio::spawn(Writer { room, log, archive, lists, waiting: counted, has_lost_snapshot: noted }.run(ordered));
        Self { orders, waiting, has_lost_snapshot }
    }

    /// Orders a change of the archive.
    pub(super) fn archive(&self, change: ArchiveChange) {
        self.order(Order::Archive(change));
    }

    /// Orders a snapshot. It is stored after all changes that were ordered before, because it lets the log drop entries.
    pub(super) fn snapshot(&self, room: Room) {
        self.order(Order::Snapshot(Box::new(room)));
    }

    /// Whether a snapshot could not be stored since this was asked last.
    pub(super) fn has_lost_snapshot(&self) -> bool {
        self.has_lost_snapshot.swap(false, Relaxed)
    }

    /// Orders that the room is in an account's list, whose pages are told of it.
    pub(super) fn add_to_list(&self, account: AccountId, since: Timestamp) {
        self.order(Order::AddToList { account, since });
    }

    /// Returns once fewer than [`MANY`] orders wait. So a room is not faster than its storage.
    pub(super) async fn has_room(&self) {
        // The sender is `self.waiting`, so it is still there.
        let _ = self.waiting.subscribe().wait_for(|waiting| *waiting < MANY).await;
    }

    /// Returns once everything that was ordered before is written.
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
        // The writer is there as long as `self` is.
        let _ = self.orders.send(order);
    }
}

struct Writer {
    room: RoomId,
    log: Arc<dyn RoomLog>,
    archive: Arc<dyn MessageArchive>,
    lists: Arc<Lists>,
    waiting: Arc<watch::Sender<usize>>,
    has_lost_snapshot: Arc<AtomicBool>,
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
                    Order::AddToList { account, since } => self.add_to_list(account, since).await,
                    Order::Flush(done) => flushed.push(done),
                }
            }
            self.archive(changes).await;
            self.waiting.send_modify(|waiting| *waiting -= taken);
            for done in flushed {
                // The caller of `flush` may have stopped waiting.
                let _ = done.send(());
            }
        }
    }

    /// Tries until the storage takes the changes. They must not be lost: the log drops their entries later.
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

    /// Makes each change in a transaction of its own. A change whose row is damaged is dropped, so that the others and the
    /// room do not wait for it for ever.
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

    /// Tries until the storage takes it: the account has a place, and finds the room nowhere else.
    async fn add_to_list(&self, account: AccountId, since: Timestamp) {
        // The account's pages know what is in its list already.
        while let Err(error) = self.lists.add(account, self.room, since, true).await {
            report_storage(&error);
            if error.is_damage() {
                return;
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    /// Stores a snapshot. Without it the next start takes longer, and the room's copy is old: the room's task orders another one.
    async fn keep(&self, room: Room) {
        if let Err(error) = self.log.add_snapshot(self.room, room).await {
            tracing::warn!(room = %self.room, "a snapshot is not kept: {}", explain(&error));
            self.has_lost_snapshot.store(true, Relaxed);
        }
    }
}
