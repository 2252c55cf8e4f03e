//! The rooms that a connection has asked for a place in: at most [`ROOMS_PER_CONNECTION`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use heartogether::{id::RoomCode, limits::ROOMS_PER_CONNECTION};

use crate::rooms::RoomHandle;

/// The rooms that a connection has asked for a place in, in the order in which it came. Clones share them. Most connections
/// have one room, and a list of one takes less memory than a map.
#[derive(Clone, Default)]
pub(super) struct EnteredRooms(Arc<Mutex<Vec<Entered>>>);

struct Entered {
    code: RoomCode,
    room: RoomHandle,
    /// Whether the room has not yet answered the request for a place.
    is_waiting: bool,
}

impl EnteredRooms {
    pub(super) fn get(&self, code: RoomCode) -> Option<RoomHandle> {
        self.lock().iter().find(|entered| entered.code == code).map(|entered| entered.room.clone())
    }

    /// Whether there can be one more.
    pub(super) fn have_room(&self) -> bool {
        self.lock().len() < ROOMS_PER_CONNECTION
    }

    /// Adds a room that is about to be asked for a place, if there can be one more. Whether there can.
    pub(super) fn admit(&self, code: RoomCode, room: RoomHandle) -> bool {
        let mut rooms = self.lock();
        rooms.retain(|entered| entered.code != code);
        let is_admitted = rooms.len() < ROOMS_PER_CONNECTION;
        if is_admitted {
            rooms.push(Entered { code, room, is_waiting: true });
        }
        is_admitted
    }

    /// The request for a place has been answered, or was not made.
    pub(super) fn note_answered(&self, code: RoomCode) {
        self.change(code, |entered| entered.is_waiting = false);
    }

    /// Asks the room through this handle from now on.
    pub(super) fn update(&self, code: RoomCode, room: RoomHandle) {
        self.change(code, |entered| entered.room = room);
    }

    pub(super) fn remove(&self, code: RoomCode) -> Option<RoomHandle> {
        let mut rooms = self.lock();
        let place = rooms.iter().position(|entered| entered.code == code)?;
        Some(rooms.remove(place).room)
    }

    /// Those that have answered.
    pub(super) fn answered(&self) -> Vec<(RoomCode, RoomHandle)> {
        let rooms = self.lock();
        let answered = rooms.iter().filter(|entered| !entered.is_waiting);
        answered.map(|entered| (entered.code, entered.room.clone())).collect()
    }

    /// Takes all of them out.
    pub(super) fn take(&self) -> Vec<RoomHandle> {
        std::mem::take(&mut *self.lock()).into_iter().map(|entered| entered.room).collect()
    }

    fn change(&self, code: RoomCode, change: impl FnOnce(&mut Entered)) {
        if let Some(entered) = self.lock().iter_mut().find(|entered| entered.code == code) {
            change(entered);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
