//! Logs in memory, for tests.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, RoomCode, RoomId, Seq},
    room::{Entry, Event, Room, RoomCreated},
};

use super::{Appended, LogError, Page, RoomLog, Subscription, accounts_in, topics::Topics};
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
    accounts: BTreeSet<AccountId>,
    /// The two latest, oldest first.
    snapshots: Vec<Room>,
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
    async fn create(&self, created: RoomCreated) -> Result<Appended, LogError> {
        let mut rooms = self.rooms();
        if rooms.values().any(|kept| kept.code == created.code) {
            return Err(LogError::CodeTaken);
        }
        let (id, code) = (created.id, created.code);
        let entry = Arc::new(Entry { seq: Seq(1), at: self.clock.now(), event: Event::RoomCreated(created) });
        let accounts = accounts_in(&entry.event).collect();
        rooms.insert(id, Kept { code, entries: vec![entry.clone()], accounts, snapshots: Vec::new() });
        self.topics.publish(id, &entry);
        Ok(Appended::from(&*entry))
    }

    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, LogError> {
        Ok(self.rooms().iter().find(|(_, kept)| kept.code == code).map(|(id, _)| *id))
    }

    async fn append(&self, room: RoomId, event: Event) -> Result<Appended, LogError> {
        let mut rooms = self.rooms();
        let Kept { entries, accounts, .. } = rooms.get_mut(&room).ok_or(LogError::NoSuchRoom)?;
        let last = entries.last().ok_or(LogError::NoSuchRoom)?;
        let entry = Arc::new(Entry { seq: last.seq.next(), at: last.at.max(self.clock.now()), event });
        entries.push(entry.clone());
        accounts.extend(accounts_in(&entry.event));
        // Published under the lock, so that subscribers see the log's order.
        self.topics.publish(room, &entry);
        Ok(Appended::from(&*entry))
    }

    async fn read(&self, room: RoomId, after: Seq, limit: usize) -> Result<Page, LogError> {
        let rooms = self.rooms();
        let entries = rooms.get(&room).map(|kept| kept.entries.as_slice()).unwrap_or_default();
        let mut rest = entries.iter().filter(|entry| entry.seq > after).cloned();
        let entries: Vec<_> = rest.by_ref().take(limit).collect();
        let next = rest.next().and(entries.last().map(|entry| entry.seq));
        Ok(Page { entries, skipped: 0, next })
    }

    async fn add_snapshot(&self, id: RoomId, room: Room) -> Result<(), LogError> {
        let mut rooms = self.rooms();
        let kept = rooms.get_mut(&id).ok_or(LogError::NoSuchRoom)?;
        kept.snapshots.retain(|snapshot| snapshot.seq() != room.seq());
        kept.snapshots.push(room);
        kept.snapshots.sort_by_key(Room::seq);
        let surplus = kept.snapshots.len().saturating_sub(2);
        kept.snapshots.drain(..surplus);
        if let [older, _] = &kept.snapshots[..] {
            let cut = older.seq();
            kept.entries.retain(|entry| entry.seq > cut);
        }
        Ok(())
    }

    async fn snapshot(&self, room: RoomId) -> Result<Option<Room>, LogError> {
        Ok(self.rooms().get(&room).and_then(|kept| kept.snapshots.last().cloned()))
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
        let rooms = self.rooms();
        Ok(rooms.iter().filter(|(_, kept)| kept.accounts.contains(&account)).map(|(room, _)| *room).collect())
    }

    async fn close(&self, room: RoomId) -> Result<(), LogError> {
        self.rooms().remove(&room);
        self.topics.close(room);
        Ok(())
    }
}
