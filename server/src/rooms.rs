//! This node's room replicas: one task a live room.
//!
//! A replica is fed by the room's log and owns the [`Room`](heartogether::room::Room) and the outboxes of this node's
//! connections to it. It decides nothing: [`step`](heartogether::room::step) does. The registry here owns the handles.

mod handle;
mod inspection;
mod replica;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use heartogether::{
    id::{NodeId, RoomId},
    room::Event,
};

pub(crate) use handle::RoomHandle;
pub(crate) use inspection::{AudienceReport, RealtimeReport, Viewer};

use crate::{
    clock::Clock,
    config::IceSettings,
    error::report_storage,
    log::{LogError, RoomLog},
};
use replica::Replica;

/// Pause before storage that failed is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// The rooms this node holds replicas of.
pub(crate) struct Rooms {
    node: NodeId,
    log: Arc<dyn RoomLog>,
    clock: Arc<dyn Clock>,
    ice: IceSettings,
    handles: Mutex<HashMap<RoomId, RoomHandle>>,
}

impl Rooms {
    pub(crate) fn new(node: NodeId, log: Arc<dyn RoomLog>, clock: Arc<dyn Clock>, ice: IceSettings) -> Arc<Self> {
        Arc::new(Self { node, log, clock, ice, handles: Mutex::default() })
    }

    /// Opens every live room, and says how many there are.
    pub(crate) async fn recover(self: &Arc<Self>) -> Result<usize, LogError> {
        let live = self.log.live().await?;
        for room in &live {
            self.open(*room);
        }
        Ok(live.len())
    }

    /// The room's replica, started if this node has none. A room that is not live has one that ends at once.
    pub(crate) fn open(self: &Arc<Self>, room: RoomId) -> RoomHandle {
        self.handles().entry(room).or_insert_with(|| self.start(room)).clone()
    }

    /// How many rooms this node has replicas of.
    pub(crate) fn count(&self) -> usize {
        self.handles().len()
    }

    /// Whether this node has a replica of it, which ends a while after the room.
    pub(crate) fn is_open(&self, room: RoomId) -> bool {
        self.handles().contains_key(&room)
    }

    fn start(self: &Arc<Self>, room: RoomId) -> RoomHandle {
        let (handle, requests) = RoomHandle::new(room);
        let replica = Replica::new(room, self.node, self.log.clone(), self.clock.clone(), self.ice.clone());
        let rooms = Arc::downgrade(self);
        tokio::spawn(async move {
            replica.run(requests).await;
            if let Some(rooms) = rooms.upgrade() {
                rooms.handles().remove(&room);
            }
        });
        handle
    }

    fn handles(&self) -> MutexGuard<'_, HashMap<RoomId, RoomHandle>> {
        self.handles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does what the log is asked until its storage answers: a room outlives a moment's fault. `None` if the room is closed, or the
/// server stops.
async fn insist<T, F>(attempt: impl Fn() -> F) -> Option<T>
where
    F: Future<Output = Result<T, LogError>>,
{
    loop {
        match attempt().await {
            Ok(value) => return Some(value),
            Err(LogError::NoSuchRoom | LogError::CodeTaken | LogError::Stopped) => return None,
            Err(error @ LogError::Storage(_)) => report_storage(&error),
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Appends what must not be lost, in the background.
pub(crate) fn append_surely(log: Arc<dyn RoomLog>, room: RoomId, event: Event) {
    tokio::spawn(async move { insist(|| log.append(room, event.clone())).await });
}
