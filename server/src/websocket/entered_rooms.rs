//! The rooms that a connection has asked for a place in: at most [`ROOMS_PER_CONNECTION`].

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use heartogether::{id::RoomCode, limits::ROOMS_PER_CONNECTION};

use crate::rooms::RoomHandle;

/// The rooms that a connection has asked for a place in. Clones share them.
#[derive(Clone, Default)]
pub(super) struct EnteredRooms(Arc<Mutex<BTreeMap<RoomCode, Entered>>>);

struct Entered {
    room: RoomHandle,
    /// Whether the room has not yet answered the request for a place.
    is_waiting: bool,
}

impl EnteredRooms {
    pub(super) fn get(&self, code: RoomCode) -> Option<RoomHandle> {
        self.lock().get(&code).map(|entered| entered.room.clone())
    }

    /// Whether there can be one more.
    pub(super) fn have_room(&self) -> bool {
        self.lock().len() < ROOMS_PER_CONNECTION
    }

    /// Adds a room that is about to be asked for a place, if there can be one more. Whether there can.
    pub(super) fn admit(&self, code: RoomCode, room: RoomHandle) -> bool {
        let mut rooms = self.lock();
        let is_admitted = rooms.len() < ROOMS_PER_CONNECTION || rooms.contains_key(&code);
        if is_admitted {
            rooms.insert(code, Entered { room, is_waiting: true });
        }
        is_admitted
    }

    /// The request for a place has been answered, or was not made.
    pub(super) fn note_answered(&self, code: RoomCode) {
        if let Some(entered) = self.lock().get_mut(&code) {
            entered.is_waiting = false;
        }
    }

    /// Asks the room through this handle from now on.
    pub(super) fn update(&self, code: RoomCode, room: RoomHandle) {
        if let Some(entered) = self.lock().get_mut(&code) {
            entered.room = room;
        }
    }

    pub(super) fn remove(&self, code: RoomCode) -> Option<RoomHandle> {
        self.lock().remove(&code).map(|entered| entered.room)
    }

    /// Those that have answered, in the order of their codes.
    pub(super) fn answered(&self) -> Vec<(RoomCode, RoomHandle)> {
        let rooms = self.lock();
        let answered = rooms.iter().filter(|(_, entered)| !entered.is_waiting);
        answered.map(|(code, entered)| (*code, entered.room.clone())).collect()
    }

    /// Takes all of them out.
    pub(super) fn take(&self) -> Vec<RoomHandle> {
        std::mem::take(&mut *self.lock()).into_values().map(|entered| entered.room).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<RoomCode, Entered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
