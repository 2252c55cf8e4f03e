//! Logs that live as long as the process: for tests.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, RoomCode, RoomId, Seq},
    room::{Entry, Event, RoomCreated},
};

use super::{LogError, Page, RoomLog, Subscription, accounts_in, topics::Topics};
use crate::clock::Clock;

/// Logs in memory.
pub struct MemoryLog {
    clock: Arc<dyn Clock>,
    rooms: Mutex<HashMap<RoomId, Kept>>,
    topics: Topics,
}

struct Kept {
    code: RoomCode,
    entries: Vec<Arc<Entry>>,
}

impl MemoryLog {
    /// Empty logs with this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, rooms: Mutex::default(), topics: Topics::default() }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<RoomId, Kept>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl RoomLog for MemoryLog {
    async fn create(&self, created: RoomCreated) -> Result<Arc<Entry>, LogError> {
        let mut rooms = self.rooms();
        if rooms.values().any(|kept| kept.code == created.code) {
            return Err(LogError::CodeTaken);
        }
        let (id, code) = (created.id, created.code);
        let entry = Arc::new(Entry { seq: Seq(1), at: self.clock.now(), event: Event::RoomCreated(created) });
        rooms.insert(id, Kept { code, entries: vec![entry.clone()] });
        self.topics.publish(id, &entry);
        Ok(entry)
    }

    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, LogError> {
        Ok(self.rooms().iter().find(|(_, kept)| kept.code == code).map(|(id, _)| *id))
    }

    async fn append(&self, room: RoomId, event: Event) -> Result<Arc<Entry>, LogError> {
        let mut rooms = self.rooms();
        let entries = &mut rooms.get_mut(&room).ok_or(LogError::NoSuchRoom)?.entries;
        let last = entries.last().ok_or(LogError::NoSuchRoom)?;
        let entry = Arc::new(Entry { seq: last.seq.next(), at: last.at.max(self.clock.now()), event });
        entries.push(entry.clone());
        // Published under the lock, so that subscribers see the log's order.
        self.topics.publish(room, &entry);
        Ok(entry)
    }

    async fn read(&self, room: RoomId, after: Seq, limit: usize) -> Result<Page, LogError> {
        let rooms = self.rooms();
        let entries = rooms.get(&room).map(|kept| kept.entries.as_slice()).unwrap_or_default();
        let mut rest = entries.iter().filter(|entry| entry.seq > after).cloned();
        let entries: Vec<_> = rest.by_ref().take(limit).collect();
        let next = rest.next().and(entries.last().map(|entry| entry.seq));
        Ok(Page { entries, skipped: 0, next })
    }

    async fn subscribe(&self, room: RoomId) -> Result<Subscription, LogError> {
        match self.rooms().contains_key(&room) {
            true => Ok(self.topics.subscribe(room)),
            false => Err(LogError::NoSuchRoom),
        }
    }

    async fn live(&self) -> Result<Vec<RoomId>, LogError> {
        Ok(self.rooms().keys().copied().collect())
    }

    async fn naming(&self, account: AccountId) -> Result<Vec<RoomId>, LogError> {
        let names = |entry: &Arc<Entry>| accounts_in(&entry.event).any(|named| named == account);
        let rooms = self.rooms();
        Ok(rooms.iter().filter(|(_, kept)| kept.entries.iter().any(names)).map(|(room, _)| *room).collect())
    }

    async fn close(&self, room: RoomId) -> Result<(), LogError> {
        self.rooms().remove(&room);
        self.topics.close(room);
        Ok(())
    }
}
