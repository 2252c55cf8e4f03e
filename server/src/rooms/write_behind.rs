//! Writes what a room leaves behind: changes of the archive of messages, and snapshots, in the room's order. The room's own task
//! never waits for that.

use std::{sync::Arc, time::Duration};

use heartogether::{
    id::RoomId,
    room::{ArchiveChange, Room},
};
use tokio::sync::{mpsc, oneshot, watch};

use super::RETRY;
use crate::{
    error::{explain, report_storage},
    storage::{StorageError, log::RoomLog, messages::MessageArchive},
};

/// Orders that are carried out at once, changes of the archive in one transaction.
const BATCH: usize = 64;
/// Orders that may wait before the room waits, too.
const MANY: usize = 1_024;
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    use async_trait::async_trait;
    use futures::FutureExt;
    use heartogether::{
        id::{AccountId, DisplayName, MemberId, MessageNumber},
        room::{ArchivedMessage, Message, Messages, Reading},
        time::Timestamp,
    };

    use super::*;
    use crate::{
        clock::ManualClock,
        storage::{log::MemoryLog, messages::MemoryArchive},
    };

    const ROOM: RoomId = RoomId::from_bits(1);
    const DAMAGED: MessageNumber = MessageNumber(2);

    /// An archive that can be away, and in which one message's row is damaged.
    #[derive(Default)]
    struct FaultyArchive {
        archive: MemoryArchive,
        is_away: AtomicBool,
    }

    #[async_trait]
    impl MessageArchive for FaultyArchive {
        async fn apply(&self, room: RoomId, changes: &[ArchiveChange]) -> Result<(), StorageError> {
            let is_damaged = |change: &ArchiveChange| matches!(change, ArchiveChange::Write { message, .. } if message.number == DAMAGED);
            match () {
                () if self.is_away.load(SeqCst) => Err(StorageError::new(std::io::Error::other("no disk"))),
                () if changes.iter().any(is_damaged) => Err(StorageError::damage(std::io::Error::other("a bad row"))),
                () => self.archive.apply(room, changes).await,
            }
        }

        async fn before(
            &self,
            room: RoomId,
            reading: Reading,
            before: MessageNumber,
            limit: usize,
        ) -> Result<Messages, StorageError> {
            self.archive.before(room, reading, before, limit).await
        }

        async fn find(&self, room: RoomId, number: MessageNumber) -> Result<Option<ArchivedMessage>, StorageError> {
            self.archive.find(room, number).await
        }

        async fn holds(
            &self,
            room: RoomId,
            account: AccountId,
            nonce: u32,
            since: Timestamp,
        ) -> Result<bool, StorageError> {
            self.archive.holds(room, account, nonce, since).await
        }

        async fn rename_account(&self, from: AccountId, to: AccountId) -> Result<(), StorageError> {
            self.archive.rename_account(from, to).await
        }

        async fn delete_account(&self, account: AccountId) -> Result<(), StorageError> {
            self.archive.delete_account(account).await
        }

        async fn delete_room(&self, room: RoomId) -> Result<(), StorageError> {
            self.archive.delete_room(room).await
        }

        async fn rooms(&self) -> Result<Vec<RoomId>, StorageError> {
            self.archive.rooms().await
        }
    }

    fn written(number: u64) -> ArchiveChange {
        let message = Message {
            number: MessageNumber(number),
            author: MemberId::from_bits(5),
            name: DisplayName::parse("Grace").expect("a name"),
            nonce: 1,
            text: None,
            sent_at: Timestamp::from_millis(1_000),
            delivered: true,
            version: 0,
            reply_to: None,
            pinned: false,
        };
        ArchiveChange::Write { account: AccountId::from_bits(5), message }
    }

    fn start(archive: &Arc<FaultyArchive>) -> WriteBehind {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
        WriteBehind::start(ROOM, Arc::new(MemoryLog::new(clock)), archive.clone())
    }

    #[tokio::test]
    async fn a_damaged_row_costs_its_change_alone() {
        let archive = Arc::new(FaultyArchive::default());
        let writes = start(&archive);
        (1..4).for_each(|number| writes.archive(written(number)));
        writes.flush().await.expect("it goes on");
        let found = async |number| archive.find(ROOM, MessageNumber(number)).await.expect("looked up").is_some();
        assert_eq!([found(1).await, found(2).await, found(3).await], [true, false, true]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_room_waits_for_an_archive_that_is_away_before_too_much_waits() {
        let archive = Arc::new(FaultyArchive::default());
        archive.is_away.store(true, SeqCst);
        let writes = start(&archive);
        assert!(writes.has_room().now_or_never().is_some());
        for number in 10..10 + MANY as u64 {
            writes.archive(written(number));
        }
        tokio::time::sleep(2 * RETRY).await;
        assert!(writes.has_room().now_or_never().is_none());
        archive.is_away.store(false, SeqCst);
        tokio::time::timeout(4 * RETRY, writes.has_room()).await.expect("it goes on");
        writes.flush().await.expect("all is written");
        let last = MessageNumber(9 + MANY as u64);
        assert!(archive.find(ROOM, last).await.expect("looked up").is_some());
    }
}
