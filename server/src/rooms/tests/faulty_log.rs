//! A log that has faults.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, NodeId, RoomCode, Seq},
    room::{Entry, Event, Room, RoomCreated},
    time::Timestamp,
};
use tokio::sync::broadcast;

use super::*;
use crate::{
    clock::ManualClock,
    storage::log::{AppendNonce, Appended, MemoryLog, Page, Subscription},
};

/// The fault when the log is read or closed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Panic {
        times: usize,
    },
    Damage,
    Outage,
    /// Nobody has anything of it.
    NothingLeft,
    /// A newer version has written to it.
    NewerVersion,
}

/// A log in memory with faults, which counts what is read of it.
pub(super) struct FaultyLog {
    pub(super) log: MemoryLog,
    fault: Mutex<Option<Fault>>,
    can_close: bool,
    /// Subscribers get nothing from now on.
    pub(super) is_mute: AtomicBool,
    mute: Mutex<broadcast::Sender<Arc<Entry>>>,
    /// The other nodes that serve this log; none if there never are any.
    pub(super) alive: Mutex<Option<BTreeSet<NodeId>>>,
    /// Another node looks after all rooms.
    pub(super) is_kept_elsewhere: AtomicBool,
    /// The servers of the log do not answer.
    pub(super) is_away: AtomicBool,
    /// The copy beside the log.
    pub(super) copy: Mutex<Option<CopyId>>,
    /// What was appended to a room with a nonce.
    appended: Mutex<BTreeMap<(RoomId, AppendNonce), Appended>>,
    pub(super) pages: AtomicUsize,
    pub(super) read: opening::Read,
    /// The entries up to which snapshots were stored.
    pub(super) snapshots: Mutex<Vec<Seq>>,
}

fn damage() -> LogError {
    LogError::Unreadable(Arc::new(std::io::Error::other("a damaged page")))
}

impl FaultyLog {
    pub(super) fn new(can_close: bool) -> Arc<Self> {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
        let (pages, read, snapshots, is_mute, alive, is_kept_elsewhere, is_away, copy, appended) = Default::default();
        let (log, fault, mute) = (MemoryLog::new(clock), Mutex::default(), Mutex::new(broadcast::Sender::new(1)));
        Arc::new(Self {
            log,
            fault,
            can_close,
            is_mute,
            mute,
            alive,
            is_kept_elsewhere,
            is_away,
            copy,
            appended,
            pages,
            read,
            snapshots,
        })
    }

    pub(super) fn break_with(&self, fault: Fault) {
        *self.fault.lock().expect("no poison") = Some(fault);
    }

    pub(super) fn mend(&self) {
        *self.fault.lock().expect("no poison") = None;
    }

    /// Ends the subscriptions that get nothing.
    pub(super) fn end_mute_subscriptions(&self) {
        *self.mute.lock().expect("no poison") = broadcast::Sender::new(1);
    }

    /// The fault of this call. Panics stop after so many calls.
    fn take_fault(&self) -> Option<Fault> {
        let mut fault = self.fault.lock().expect("no poison");
        let due = *fault;
        if let Some(Fault::Panic { times }) = due {
            *fault = times.checked_sub(1).filter(|left| *left > 0).map(|times| Fault::Panic { times });
        }
        due
    }
}

#[async_trait]
impl RoomLog for FaultyLog {
    async fn create(&self, created: RoomCreated) -> Result<Appended, LogError> {
        self.log.create(created).await
    }

    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, LogError> {
        self.log.find(code).await
    }

    async fn append(&self, room: RoomId, event: Event) -> Result<Appended, LogError> {
        self.log.append(room, event).await
    }

    async fn append_once(&self, room: RoomId, nonce: AppendNonce, event: Event) -> Result<Appended, LogError> {
        let known = self.appended.lock().expect("no poison").get(&(room, nonce)).copied();
        if let Some(appended) = known {
            return Ok(appended);
        }
        let appended = self.log.append(room, event).await?;
        self.appended.lock().expect("no poison").insert((room, nonce), appended);
        Ok(appended)
    }

    async fn read(&self, room: RoomId, after: Seq, limit: usize) -> Result<Page, LogError> {
        match self.take_fault() {
            Some(Fault::Panic { .. }) => panic!("a fault of the test"),
            Some(Fault::Damage) => return Err(damage()),
            Some(Fault::NewerVersion) => return Err(LogError::NotUnderstood),
            Some(Fault::NothingLeft) => return Err(LogError::NothingLeft),
            Some(Fault::Outage) => return Err(LogError::Storage(Arc::new(std::io::Error::other("no disk")))),
            None => {}
        }
        let page = self.log.read(room, after, limit).await?;
        self.pages.fetch_add(1, SeqCst);
        page.entries.iter().for_each(|entry| self.read.count_entry(entry));
        Ok(page)
    }

    async fn subscribe(&self, room: RoomId) -> Result<Subscription, LogError> {
        let entries = self.log.subscribe(room).await?;
        Ok(if self.is_mute.load(SeqCst) { self.mute.lock().expect("no poison").subscribe() } else { entries })
    }

    async fn live(&self) -> Result<Vec<RoomId>, LogError> {
        self.log.live().await
    }

    async fn naming(&self, account: AccountId) -> Result<Vec<RoomId>, LogError> {
        self.log.naming(account).await
    }

    async fn add_snapshot(&self, id: RoomId, room: Room) -> Result<(), LogError> {
        self.snapshots.lock().expect("no poison").push(room.seq());
        self.log.add_snapshot(id, room).await
    }

    async fn snapshot(&self, room: RoomId) -> Result<Option<Room>, LogError> {
        if *self.fault.lock().expect("no poison") == Some(Fault::NothingLeft) {
            return Err(LogError::NothingLeft);
        }
        let found = self.log.snapshot(room).await?;
        found.iter().for_each(|room| self.read.count_snapshot(room));
        Ok(found)
    }

    async fn close(&self, room: RoomId) -> Result<(), LogError> {
        if self.can_close { self.log.close(room).await } else { Err(damage()) }
    }

    async fn gone(&self, mut others: BTreeSet<NodeId>) -> Result<BTreeSet<NodeId>, LogError> {
        let alive = self.alive.lock().expect("no poison").clone().unwrap_or_default();
        others.retain(|node| !alive.contains(node));
        Ok(others)
    }

    async fn copied(&self, _room: RoomId) -> Result<Option<CopyId>, LogError> {
        Ok(*self.copy.lock().expect("no poison"))
    }

    async fn restore(&self, _room: RoomId, copy: CopyId) -> Result<bool, LogError> {
        let is_it = *self.copy.lock().expect("no poison") == Some(copy);
        if is_it {
            self.mend();
        }
        Ok(is_it)
    }

    fn looks_after(&self, _room: RoomId) -> bool {
        !self.is_kept_elsewhere.load(SeqCst)
    }

    fn may_let_go(&self) -> bool {
        !self.is_away.load(SeqCst)
    }

    fn looks_for_gone_nodes_every(&self) -> Option<Duration> {
        self.alive.lock().expect("no poison").is_some().then_some(Duration::from_millis(1))
    }
}
