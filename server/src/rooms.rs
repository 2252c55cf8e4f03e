//! This node's rooms. Each live room has a task, its actor.
//!
//! An actor reads the room's log and owns the [`Room`](heartogether::room::Room) and the send queues of the room's
//! connections to this node. [`step`](heartogether::room::step) makes all decisions. The registry here owns the
//! handles.

mod actor;
mod blocked;
mod debug_api;
mod dependencies;
mod handle;
mod left_rooms;
mod lists;
mod memberships;
mod programs;
mod retry;
mod summary;
mod supervision;
mod surviving_state;
#[cfg(test)]
mod tests;
mod unused_rooms;
mod write_behind;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use heartogether::{
    id::{NodeId, RoomId},
    room::Census,
    time::Timestamp,
};

pub(crate) use debug_api::{AudienceReport, RealtimeReport, SIGNALS_KEPT, Viewer};
pub(crate) use handle::{Reader, RoomHandle};
pub(crate) use lists::Lists;
pub(crate) use retry::{append, append_surely};

use crate::{
    clock::Clock,
    cluster::{SharedSignalTraces, bus::Bus},
    config::IceSettings,
    room_lookup::{RoomLookup, RoomReport},
    storage::{
        accounts::Memberships,
        log::{CopyId, LogError, RoomLog},
        messages::MessageArchive,
    },
};
use dependencies::Dependencies;
use supervision::{Outcome, Supervision};
use write_behind::WriteBehind;

/// How long the start waits for the rooms' logs. Rooms that take longer are opened afterwards.
const RECOVERY: Duration = Duration::from_secs(30);
/// How long a count of the rooms waits for them. Those that wait for their storage are left out.
const CENSUS: Duration = Duration::from_secs(2);

/// The rooms whose actors run on this node.
pub(crate) struct Rooms {
    node: NodeId,
    log: Arc<dyn RoomLog>,
    bus: Arc<dyn Bus>,
    lists: Arc<Lists>,
    look_up: Arc<RoomLookup>,
    signal_traces: Option<Arc<SharedSignalTraces>>,
    archive: Arc<dyn MessageArchive>,
    clock: Arc<dyn Clock>,
    ice: IceSettings,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    handles: HashMap<RoomId, RoomHandle>,
    /// Rooms that cannot go on and whose logs are still there. In this run of the server nobody gets into them: their handles lead
    /// to no actor, and know whether the room has ended or cannot be read.
    lost: HashMap<RoomId, RoomHandle>,
    /// Rooms that nobody here needed at the last look, and that nobody has asked for since.
    unused: HashSet<RoomId>,
    /// Rooms of whose logs nobody has anything.
    nothing_left: HashMap<RoomId, Lost>,
}

/// A room of whose log nobody has anything.
#[derive(Clone, Copy)]
struct Lost {
    /// When this was found.
    since: Timestamp,
    /// The copy that there was at the last look.
    copy: Option<CopyId>,
}

impl Rooms {
    pub(crate) fn new(
        node: NodeId,
        log: Arc<dyn RoomLog>,
        (bus, look_up, signal_traces): (Arc<dyn Bus>, Arc<RoomLookup>, Option<Arc<SharedSignalTraces>>),
        archive: Arc<dyn MessageArchive>,
        memberships: Arc<dyn Memberships>,
        clock: Arc<dyn Clock>,
        ice: IceSettings,
    ) -> Arc<Self> {
        let lists = Lists::new(bus.clone(), memberships);
        Arc::new(Self { node, log, bus, lists, look_up, signal_traces, archive, clock, ice, open: Mutex::default() })
    }

    /// The lists of lounges on the pages of accounts.
    pub(crate) const fn lists(&self) -> &Arc<Lists> {
        &self.lists
    }

    /// The id of this node.
    pub(crate) const fn node(&self) -> NodeId {
        self.node
    }

    /// Opens every live room. Returns their number once all logs are read or [`RECOVERY`] is over. Where several nodes share the
    /// rooms, each is opened when somebody comes, or by the node that [looks after it](Self::look_after_left_rooms).
    pub(crate) async fn recover(self: &Arc<Self>) -> Result<usize, LogError> {
        if self.is_shared() {
            return Ok(0);
        }
        let live = self.log.live().await?;
        let opened: Vec<_> = live.iter().map(|room| self.open(*room)).collect();
        // An actor answers only after it has read its log, so this waits for that.
        let read = join_all(opened.iter().map(|room| room.summarise(None)));
        if tokio::time::timeout(RECOVERY, read).await.is_err() {
            tracing::warn!("not every room was read in time; those that are left answer later");
        }
        Ok(live.len())
    }

    /// The room's actor. Starts one if this node has none; the actor of a room that is not live stops at once.
    pub(crate) fn open(self: &Arc<Self>, room: RoomId) -> RoomHandle {
        let mut open = self.opened();
        open.unused.remove(&room);
        match open.lost.get(&room) {
            Some(lost) => lost.clone(),
            None => open.handles.entry(room).or_insert_with(|| self.start(room)).clone(),
        }
    }

    /// The rooms that are open: on this node, or on any where several nodes share them. A room stays open for a while after its end.
    ///
    /// # Errors
    /// Those of the log.
    pub(crate) async fn open_anywhere(&self) -> Result<HashSet<RoomId>, LogError> {
        match self.is_shared() {
            true => Ok(self.log.live().await?.into_iter().collect()),
            false => Ok(self.opened().handles.keys().copied().collect()),
        }
    }

    /// Whether the room has an actor on this node. The actor stops a while after the room's end, or where nobody on this node
    /// [needs it](Self::let_go_of_unused).
    pub(crate) fn is_open(&self, room: RoomId) -> bool {
        self.opened().handles.contains_key(&room)
    }

    /// Whether the room has an actor on this node and has not ended.
    pub(crate) fn is_live(&self, room: RoomId) -> bool {
        self.opened().handles.get(&room).is_some_and(RoomHandle::is_live)
    }

    /// Whether a copy of a report may be shown. One node alone knows whether the room lives. A room that several nodes share may be
    /// open elsewhere; where it is open, the report has to be true.
    pub(crate) async fn confirm(&self, report: &RoomReport) -> bool {
        if self.log.looks_for_gone_nodes_every().is_none() {
            return self.is_live(report.id);
        }
        let handle = self.opened().handles.get(&report.id).cloned();
        match handle {
            Some(room) => room.confirm(report).await,
            None => true,
        }
    }

    /// Whether the room lives, wherever its members are. Where several nodes share the rooms, it is opened for that.
    pub(crate) async fn has_live(self: &Arc<Self>, room: RoomId) -> bool {
        match self.is_shared() {
            true => self.open(room).summarise(None).await.is_some(),
            false => self.is_live(room),
        }
    }

    /// Each room in numbers.
    pub(crate) async fn census(&self) -> Vec<Census> {
        let handles: Vec<_> = self.opened().handles.values().cloned().collect();
        let mut asked: FuturesUnordered<_> = handles.iter().map(RoomHandle::census).collect();
        let mut counted = Vec::with_capacity(handles.len());
        let all = async {
            while let Some(census) = asked.next().await {
                counted.extend(census);
            }
        };
        // What has come until then counts.
        let _ = tokio::time::timeout(CENSUS, all).await;
        counted
    }

    /// Deletes the messages and logs of rooms that are gone: what could not be deleted with them.
    pub(crate) async fn forget_gone(&self) -> Result<(), LogError> {
        // Listed before the rooms: a room is there before its first message is.
        let archived = self.archive.rooms().await?;
        let live: HashSet<_> = self.log.live().await?.into_iter().collect();
        for room in archived.into_iter().filter(|room| !live.contains(room)) {
            self.archive.delete_room(room).await?;
        }
        self.log.forget_gone().await
    }

    fn start(self: &Arc<Self>, room: RoomId) -> RoomHandle {
        let (handle, requests) = RoomHandle::new(room);
        let is_live = handle.liveness();
        let dependencies = Dependencies {
            id: room,
            node: self.node,
            log: self.log.clone(),
            bus: self.bus.clone(),
            lists: self.lists.clone(),
            look_up: self.look_up.clone(),
            signal_traces: self.signal_traces.clone(),
            clock: self.clock.clone(),
            archive: self.archive.clone(),
            writes: WriteBehind::start(room, self.log.clone(), self.archive.clone(), self.lists.clone()),
            ice: self.ice.clone(),
            is_live: is_live.clone(),
            is_unreadable: handle.unreadability(),
        };
        let supervision = Supervision { dependencies, requests };
        let rooms = Arc::downgrade(self);
        tokio::spawn(async move {
            let outcome = supervision.run().await;
            if let Some(rooms) = rooms.upgrade() {
                let mut open = rooms.opened();
                // Where this node had let go of the room, there may be another actor by now.
                let is_known = open.handles.get(&room).is_some_and(|handle| Arc::ptr_eq(&handle.liveness(), &is_live));
                let handle = if is_known { open.handles.remove(&room) } else { None };
                open.lost.extend(handle.filter(|_| outcome != Outcome::Over).map(|handle| (room, handle)));
                if outcome == Outcome::NothingLeft {
                    let lost = || Lost { since: rooms.clock.now(), copy: None };
                    open.nothing_left.entry(room).or_insert_with(lost);
                }
            }
        });
        handle
    }

    fn opened(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
