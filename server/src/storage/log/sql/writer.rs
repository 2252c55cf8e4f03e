//! The one task that changes the logs.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use heartogether::{
    id::{RoomId, Seq},
    room::{Command, Entry, Event, RoomCreated},
    time::Timestamp,
};

use tokio::sync::{mpsc, oneshot};

use crate::{
    clock::Clock,
    storage::{
        database::{Connection, Database, Durability, Error, WriteTransaction, from_sql, statement, to_sql},
        log::{EVENT_VERSION, LogError, accounts_in, topics::Topics},
        sealing::Sealed,
    },
};

/// Changes that one transaction makes, at most.
const BATCH: usize = 256;

/// A change to the logs.
#[derive(Clone)]
pub(super) enum Change {
    Create(RoomCreated, Sealed),
    Append(RoomId, Event, Sealed),
    AddSnapshot {
        room: RoomId,
        seq: Seq,
        version: u32,
        /// The latest readable snapshot before it. What is older is deleted.
        earlier: Option<Seq>,
        sealed: Sealed,
    },
    Close(RoomId),
}

impl Change {
    /// A removal or a deletion survives a power cut, whatever `SYNCHRONOUS` is set to.
    const fn durability(&self) -> Durability {
        match self {
            Self::Close(_)
            | Self::Append(
                _,
                Event::AccountDeleted { .. }
                | Event::AccountBanned { .. }
                | Event::PictureRemoved(_)
                | Event::ClosedByOperator,
                _,
            )
            | Self::Append(_, Event::Commanded { command: Command::RemoveMember { .. }, .. }, _) => Durability::Full,
            Self::Create(..) | Self::Append(..) | Self::AddSnapshot { .. } => Durability::AsSet,
        }
    }
}

/// A change, and where its outcome goes.
pub(super) struct Order {
    pub(super) change: Change,
    pub(super) done: oneshot::Sender<Outcome>,
}

/// The entry that a change appended, if it appended one.
type Outcome = Result<Option<Arc<Entry>>, LogError>;

pub(super) struct Writer {
    database: Database,
    clock: Arc<dyn Clock>,
    topics: Arc<Topics>,
}

impl Writer {
    pub(super) fn new(database: Database, clock: Arc<dyn Clock>, topics: Arc<Topics>) -> Self {
        Self { database, clock, topics }
    }

    /// Carries out orders until nobody can send one any more. After `stop`, only the orders that already wait are carried
    /// out. A panic loses the orders of the current batch: their senders get an error, and the next batch follows.
    pub(super) async fn run(self, mut waiting: mpsc::Receiver<Order>, mut stop: oneshot::Receiver<()>) {
        while AssertUnwindSafe(self.serve(&mut waiting, &mut stop)).catch_unwind().await.is_err() {
            tracing::error!("the writer of the rooms' logs panicked and goes on");
        }
    }

    async fn serve(&self, waiting: &mut mpsc::Receiver<Order>, mut stop: &mut oneshot::Receiver<()>) {
        let (mut orders, mut is_stopping) = (Vec::new(), waiting.is_closed());
        loop {
            let count = tokio::select! {
                biased;
                // An error means that the log was dropped. Then nobody can send an order either.
                _ = &mut stop, if !is_stopping => {
                    waiting.close();
                    is_stopping = true;
                    continue;
                }
                count = waiting.recv_many(&mut orders, BATCH) => count,
            };
            if count == 0 {
                return;
            }
            let outcomes = self.carry_out(&orders).await;
            for (order, outcome) in orders.drain(..).zip(outcomes) {
                self.publish(&order.change, &outcome);
                // The sender may have stopped waiting. The change is made all the same.
                let _ = order.done.send(outcome);
            }
        }
    }

    /// Carries out orders in one transaction. If one of them fails, the transaction is rolled back, and each order gets a
    /// transaction of its own. So no order fails because of another one.
    async fn carry_out(&self, orders: &[Order]) -> Vec<Outcome> {
        match self.commit(orders).await {
            Ok(outcomes) => outcomes,
            Err(Failed { is_one_order: true, .. }) if orders.len() > 1 => self.carry_out_one_by_one(orders).await,
            Err(Failed { error, .. }) => vec![Err(error.into()); orders.len()],
        }
    }

    async fn carry_out_one_by_one(&self, orders: &[Order]) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(orders.len());
        for order in orders {
            match self.commit(std::slice::from_ref(order)).await {
                Ok(outcome) => outcomes.extend(outcome),
                Err(Failed { error, is_one_order }) => {
                    outcomes.push(Err(error.into()));
                    if let (false, Some(Err(error))) = (is_one_order, outcomes.last().cloned()) {
                        // The storage itself fails. The other orders would fail too, each after its own timeout.
                        outcomes.resize(orders.len(), Err(error));
                        break;
                    }
                }
            }
        }
        outcomes
    }

    async fn commit(&self, orders: &[Order]) -> Result<Vec<Outcome>, Failed> {
        let of_storage = |error| Failed { error, is_one_order: false };
        let durability = orders.iter().map(|order| order.change.durability());
        let durability = durability.reduce(Durability::max).unwrap_or(Durability::AsSet);
        let mut transaction = WriteTransaction::begin(&self.database, durability).await.map_err(of_storage)?;
        let mut outcomes = Vec::with_capacity(orders.len());
        for order in orders {
            let outcome = perform(&mut transaction, &order.change, self.clock.now()).await;
            outcomes.push(outcome.map_err(|error| Failed { error, is_one_order: true })?);
        }
        transaction.commit().await.map_err(of_storage)?;
        Ok(outcomes)
    }

    /// Sends what was committed to the subscribers.
    fn publish(&self, change: &Change, outcome: &Outcome) {
        match (change, outcome) {
            (Change::Close(room), Ok(_)) => self.topics.close(*room),
            (Change::Append(room, ..), Ok(Some(entry))) => self.topics.publish(*room, entry),
            (Change::Create(created, _), Ok(Some(entry))) => self.topics.publish(created.id, entry),
            _ => {}
        }
    }
}

/// Why a transaction was not committed.
struct Failed {
    error: Error,
    /// Whether one of its orders failed, rather than its beginning or its commit.
    is_one_order: bool,
}

async fn perform(db: &mut Connection, change: &Change, now: Timestamp) -> Result<Outcome, Error> {
    match change {
        Change::Create(created, sealed) => create(db, created, sealed, now).await,
        Change::Append(room, event, sealed) => append(db, *room, (event, sealed), now).await,
        Change::AddSnapshot { room, seq, version, earlier, sealed } => {
            let outcome = add_snapshot(db, *room, (*seq, *version), sealed).await?;
            if let (Ok(_), Some(earlier)) = (&outcome, earlier) {
                cut(db, *room, *earlier).await?;
            }
            Ok(outcome)
        }
        Change::Close(room) => close(db, *room).await,
    }
}

async fn create(db: &mut Connection, created: &RoomCreated, sealed: &Sealed, now: Timestamp) -> Result<Outcome, Error> {
    let claim = "INSERT INTO rooms (id, code, last_seq, last_at) VALUES ($1, $2, 1, $3) ON CONFLICT (code) DO NOTHING";
    let claim = statement(claim).bind(created.id.to_string()).bind(created.code.to_string());
    if claim.bind(to_sql(now.as_millis())).execute(&mut *db).await? == 0 {
        return Ok(Err(LogError::CodeTaken));
    }
    let entry = Entry { seq: Seq(1), at: now, event: Event::RoomCreated(created.clone()) };
    insert(db, created.id, entry, sealed).await
}

async fn append(
    db: &mut Connection,
    room: RoomId,
    (event, sealed): (&Event, &Sealed),
    now: Timestamp,
) -> Result<Outcome, Error> {
    let advance = "UPDATE rooms SET last_seq = last_seq + 1, last_at = CASE WHEN last_at > $2 THEN last_at ELSE $2 END \
                   WHERE id = $1 RETURNING last_seq, last_at";
    let advance = statement(advance).bind(room.to_string()).bind(to_sql(now.as_millis()));
    let Some(row) = advance.fetch_optional(&mut *db).await? else { return Ok(Err(LogError::NoSuchRoom)) };
    let (seq, at) =
        (Seq(from_sql(row.try_get("last_seq")?)), Timestamp::from_millis(from_sql(row.try_get("last_at")?)));
    insert(db, room, Entry { seq, at, event: event.clone() }, sealed).await
}

async fn insert(db: &mut Connection, room: RoomId, entry: Entry, sealed: &Sealed) -> Result<Outcome, Error> {
    let insert = "INSERT INTO entries (room, seq, at, version, event, sealed) VALUES ($1, $2, $3, $4, $5, $6)";
    let insert = statement(insert).bind(room.to_string()).bind(to_sql(entry.seq.0));
    let insert = insert.bind(to_sql(entry.at.as_millis())).bind(i64::from(EVENT_VERSION));
    let insert = insert.bind(sealed.value.clone()).bind(sealed.texts.clone());
    insert.execute(&mut *db).await?;
    for account in accounts_in(&entry.event) {
        let appear = "INSERT INTO appearances (account, room) VALUES ($1, $2) ON CONFLICT (account, room) DO NOTHING";
        statement(appear).bind(account.to_string()).bind(room.to_string()).execute(&mut *db).await?;
    }
    Ok(Ok(Some(Arc::new(entry))))
}

async fn add_snapshot(
    db: &mut Connection,
    room: RoomId,
    (seq, version): (Seq, u32),
    sealed: &Sealed,
) -> Result<Outcome, Error> {
    let insert = "INSERT INTO snapshots (room, seq, version, state, sealed) SELECT id, $2, $3, $4, $5 FROM rooms \
                  WHERE id = $1 ON CONFLICT (room, seq) DO UPDATE SET version = excluded.version, \
                  state = excluded.state, sealed = excluded.sealed";
    let insert = statement(insert).bind(room.to_string()).bind(to_sql(seq.0)).bind(i64::from(version));
    let insert = insert.bind(sealed.value.clone()).bind(sealed.texts.clone());
    if insert.execute(&mut *db).await? == 0 {
        return Ok(Err(LogError::NoSuchRoom));
    }
    Ok(Ok(None))
}

/// Deletes the entries that a snapshot contains, and the snapshots before it. Later snapshots stay, also unreadable ones:
/// damaged ones, and those of another version.
async fn cut(db: &mut Connection, room: RoomId, snapshot: Seq) -> Result<(), Error> {
    for delete in
        ["DELETE FROM snapshots WHERE room = $1 AND seq < $2", "DELETE FROM entries WHERE room = $1 AND seq <= $2"]
    {
        statement(delete).bind(room.to_string()).bind(to_sql(snapshot.0)).execute(&mut *db).await?;
    }
    Ok(())
}

async fn close(db: &mut Connection, room: RoomId) -> Result<Outcome, Error> {
    for delete in [
        "DELETE FROM entries WHERE room = $1",
        "DELETE FROM snapshots WHERE room = $1",
        "DELETE FROM appearances WHERE room = $1",
        "DELETE FROM rooms WHERE id = $1",
    ] {
        statement(delete).bind(room.to_string()).execute(&mut *db).await?;
    }
    Ok(Ok(None))
}
