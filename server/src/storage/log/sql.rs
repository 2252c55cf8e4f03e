//! Logs in a database.
//!
//! One task writes: it commits whatever waits in one transaction and publishes it afterwards, so subscribers see the
//! log's order and a busy server needs few commits.

mod writer;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, RoomCode, RoomId, Seq},
    room::{Entry, Event, Room, RoomCreated},
    time::Timestamp,
};

use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    Appended, EVENT_VERSION, LogError, Page, RoomLog, SNAPSHOT_VERSION, Subscription, snapshot_version, topics::Topics,
};
use crate::{
    clock::{Clock, ClockAhead},
    storage::{
        database::{Database, Error, Row, from_sql, statement, to_sql, unreadable},
        sealing::{Sealed, Sealer},
    },
};
use writer::{Change, Order, Writer};

/// Changes that may wait for the writer before those who ask for more have to wait themselves.
const ORDERS: usize = 1024;

/// Logs in a database. Only one server at a time writes them.
pub struct SqlLog {
    database: Database,
    sealer: Arc<Sealer>,
    topics: Arc<Topics>,
    orders: mpsc::Sender<Order>,
    skipped: AtomicU64,
    writer: Mutex<Option<Writing>>,
}

/// The writer's task, and how it is told to stop.
struct Writing {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl SqlLog {
    /// The logs of a database. The sealer seals what people write in them. Needs a tokio runtime: the writer is a task that
    /// runs as long as the log.
    pub fn new(database: impl Into<Database>, clock: Arc<dyn Clock>, sealer: Arc<Sealer>) -> Self {
        let database = database.into();
        let topics = Arc::new(Topics::default());
        let (orders, waiting) = mpsc::channel(ORDERS);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(Writer::new(database.clone(), clock, topics.clone()).run(waiting, stopped));
        let writer = Mutex::new(Some(Writing { stop, task }));
        Self { database, sealer, topics, orders, skipped: AtomicU64::default(), writer }
    }

    /// The clock for a database's entries. It never shows a time before the last entry, even if somebody has set the
    /// machine's date back.
    ///
    /// # Errors
    /// [`LogError::Storage`].
    pub async fn clock(database: &Database, clock: Arc<dyn Clock>) -> Result<ClockAhead, LogError> {
        let row = statement("SELECT COALESCE(MAX(last_at), 0) AS last_at FROM rooms").fetch_one(database).await?;
        Ok(ClockAhead::from(Timestamp::from_millis(from_sql(row.try_get("last_at")?)), clock))
    }

    /// How many entries were skipped because their version or event is unknown.
    pub fn skipped_entries(&self) -> u64 {
        self.skipped.load(Ordering::Relaxed)
    }

    async fn write(&self, change: Change) -> Result<Option<Arc<Entry>>, LogError> {
        let (done, outcome) = oneshot::channel();
        self.orders.send(Order { change, done }).await.map_err(|_| LogError::Stopped)?;
        outcome.await.map_err(|_| LogError::Storage(Arc::new(io::Error::other("the log's writer broke"))))?
    }

    async fn write_entry(&self, change: Change) -> Result<Appended, LogError> {
        self.write(change).await?.as_deref().map(Appended::from).ok_or(LogError::NoSuchRoom)
    }

    async fn page(&self, room: RoomId, after: Seq, limit: usize) -> Result<Page, LogError> {
        let select =
            "SELECT seq, at, version, event, sealed FROM entries WHERE room = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let select = statement(select).bind(room.to_string()).bind(to_sql(after.0));
        let rows = select.bind(to_sql(u64::try_from(limit).unwrap_or(u64::MAX))).fetch_all(&self.database).await?;
        let events = self.sealer.open::<Event>(&rows.iter().map(sealed_event).collect::<Vec<_>>()).await?;
        let entries: Vec<_> = rows.iter().zip(events).filter_map(|(row, event)| entry(row, event?)).collect();
        let skipped = u64::try_from(rows.len() - entries.len()).unwrap_or(u64::MAX);
        let last = rows.last().filter(|_| rows.len() == limit).map(|row| row.try_get("seq")).transpose()?;
        Ok(Page { entries, skipped, next: last.map(|seq| Seq(from_sql(seq))) })
    }

    /// The latest snapshot before a place that can be read.
    async fn latest_snapshot(&self, room: RoomId, before: Seq) -> Result<Option<Room>, LogError> {
        let select =
            "SELECT state, sealed FROM snapshots WHERE room = $1 AND version <= $2 AND seq < $3 ORDER BY seq DESC";
        let rows = statement(select).bind(room.to_string()).bind(i64::from(SNAPSHOT_VERSION)).bind(to_sql(before.0));
        for row in rows.fetch_all(&self.database).await? {
            let stored = Sealed { value: row.try_get("state")?, texts: row.try_get("sealed")? };
            match self.sealer.open(&[stored]).await?.pop().flatten() {
                Some(state) => return Ok(Some(state)),
                None => tracing::warn!(%room, "a snapshot cannot be read; the one before is taken"),
            }
        }
        Ok(None)
    }
}

/// The sealed event in a row, or an empty value if the row has another version.
fn sealed_event(row: &Row) -> Sealed {
    let parse = || {
        let version: i64 = row.try_get("version").ok()?;
        let is_known = version == i64::from(EVENT_VERSION);
        is_known.then_some(Sealed { value: row.try_get("event").ok()?, texts: row.try_get("sealed").ok()? })
    };
    parse().unwrap_or_default()
}

fn entry(row: &Row, event: Event) -> Option<Arc<Entry>> {
    let (seq, at): (i64, i64) = (row.try_get("seq").ok()?, row.try_get("at").ok()?);
    Some(Arc::new(Entry { seq: Seq(from_sql(seq)), at: Timestamp::from_millis(from_sql(at)), event }))
}

fn parse_room(row: &Row) -> Result<RoomId, Error> {
    let id: &str = row.try_get("room")?;
    id.parse().map_err(unreadable)
}

#[async_trait]
impl RoomLog for SqlLog {
    async fn create(&self, created: RoomCreated) -> Result<Appended, LogError> {
        let sealed = self.sealer.seal(&Event::RoomCreated(created.clone())).await?;
        self.write_entry(Change::Create(created, sealed)).await
    }

    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, LogError> {
        let found = statement("SELECT id AS room FROM rooms WHERE code = $1").bind(code.to_string());
        let row = found.fetch_optional(&self.database).await?;
        Ok(row.as_ref().map(parse_room).transpose()?)
    }

    async fn append(&self, room: RoomId, event: Event) -> Result<Appended, LogError> {
        let sealed = self.sealer.seal(&event).await?;
        self.write_entry(Change::Append(room, event, sealed)).await
    }

    async fn read(&self, room: RoomId, after: Seq, limit: usize) -> Result<Page, LogError> {
        let page = self.page(room, after, limit).await?;
        self.skipped.fetch_add(page.skipped, Ordering::Relaxed);
        Ok(page)
    }

    async fn add_snapshot(&self, id: RoomId, room: Room) -> Result<(), LogError> {
        let (seq, version, sealed) = (room.seq(), snapshot_version(&room), self.sealer.seal(&room).await?);
        let earlier = self.latest_snapshot(id, seq).await?.map(|room| room.seq());
        self.write(Change::AddSnapshot { room: id, seq, version, earlier, sealed }).await.map(drop)
    }

    async fn snapshot(&self, room: RoomId) -> Result<Option<Room>, LogError> {
        self.latest_snapshot(room, Seq(u64::MAX)).await
    }

    async fn subscribe(&self, room: RoomId) -> Result<Subscription, LogError> {
        let found = statement("SELECT id FROM rooms WHERE id = $1").bind(room.to_string());
        match found.fetch_optional(&self.database).await? {
            Some(_) => Ok(self.topics.subscribe(room)),
            None => Err(LogError::NoSuchRoom),
        }
    }

    async fn live(&self) -> Result<Vec<RoomId>, LogError> {
        let rows = statement("SELECT id AS room FROM rooms").fetch_all(&self.database).await?;
        // A room whose id cannot be read does not stop the others from being opened.
        let parsed = rows.iter().filter_map(|row| match parse_room(row) {
            Ok(room) => Some(room),
            Err(error) => {
                tracing::error!(%error, "a room's id cannot be read");
                None
            }
        });
        Ok(parsed.collect())
    }

    async fn naming(&self, account: AccountId) -> Result<Vec<RoomId>, LogError> {
        let found = statement("SELECT room FROM appearances WHERE account = $1").bind(account.to_string());
        Ok(found.fetch_all(&self.database).await?.iter().map(parse_room).collect::<Result<_, _>>()?)
    }

    async fn close(&self, room: RoomId) -> Result<(), LogError> {
        self.write(Change::Close(room)).await.map(drop)
    }
    async fn stop(&self) {
        if let Some(Writing { stop, task }) = self.writer.lock().await.take() {
            let _ = stop.send(());
            // A writer that panicked has stopped as well.
            let _ = task.await;
        }
    }
}
