//! Hands new entries to the subscribers of their room.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use heartogether::{id::RoomId, room::Entry};
use tokio::sync::broadcast;

use super::Subscription;

/// Entries a subscriber may lag behind before it has to read the log.
const LAG_ENTRIES: usize = 64;

/// The rooms somebody has subscribed to.
#[derive(Default)]
pub(super) struct Topics(Mutex<HashMap<RoomId, broadcast::Sender<Arc<Entry>>>>);

impl Topics {
    pub(super) fn subscribe(&self, room: RoomId) -> Subscription {
        self.senders().entry(room).or_insert_with(|| broadcast::Sender::new(LAG_ENTRIES)).subscribe()
    }

    /// Callers publish a room's entries in their order.
    pub(super) fn publish(&self, room: RoomId, entry: &Arc<Entry>) {
        if let Some(sender) = self.senders().get(&room) {
            // If there are no receivers, nobody needs the entry.
            let _ = sender.send(entry.clone());
        }
    }

    /// Whether somebody subscribes to a room.
    pub(super) fn has(&self, room: RoomId) -> bool {
        let mut senders = self.senders();
        let has_receivers = senders.get(&room).is_some_and(|sender| sender.receiver_count() > 0);
        if !has_receivers {
            senders.remove(&room);
        }
        has_receivers
    }

    pub(super) fn close(&self, room: RoomId) {
        self.senders().remove(&room);
    }

    fn senders(&self) -> MutexGuard<'_, HashMap<RoomId, broadcast::Sender<Arc<Entry>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
