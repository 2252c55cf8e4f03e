//! What a room's task needs from its server.

use std::sync::{Arc, atomic::AtomicBool};

use heartogether::id::{NodeId, RoomId};

use super::{lists::Lists, write_behind::WriteBehind};
use crate::{
    clock::Clock,
    cluster::{SharedSignalTraces, bus::Bus},
    config::IceSettings,
    room_lookup::RoomLookup,
    storage::{StorageError, log::RoomLog, messages::MessageArchive},
};

/// What a room's task needs from its server.
pub(super) struct Dependencies {
    pub(super) id: RoomId,
    pub(super) node: NodeId,
    pub(super) log: Arc<dyn RoomLog>,
    /// The nodes that other members are connected to.
    pub(super) bus: Arc<dyn Bus>,
    /// The lists of lounges on the pages of accounts.
    pub(super) lists: Arc<Lists>,
    /// Where nodes share the rooms: the latest signals on all of them.
    pub(super) signal_traces: Option<Arc<SharedSignalTraces>>,
    /// Copies of what is said of rooms.
    pub(super) look_up: Arc<RoomLookup>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ice: IceSettings,
    pub(super) archive: Arc<dyn MessageArchive>,
    pub(super) writes: WriteBehind,
    /// Whether the room was created and has not ended.
    pub(super) is_live: Arc<AtomicBool>,
    /// Whether what is stored of the room is kept although this version does not understand it.
    pub(super) is_unreadable: Arc<AtomicBool>,
}

impl Dependencies {
    /// Deletes the room's messages. First it waits for those that are still to be written: they would come afterwards.
    pub(super) async fn delete_messages(&self) -> Result<(), StorageError> {
        self.writes.flush().await?;
        self.archive.delete_room(self.id).await
    }
}
