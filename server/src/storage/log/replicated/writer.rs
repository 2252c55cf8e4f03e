//! Group commit: what waits for a server is appended together, and one wait for a replica confirms all of it.

use std::{collections::BTreeMap, sync::Arc};

use heartogether::{id::RoomId, time::Timestamp};
use tokio::sync::{mpsc, oneshot};

use super::{
    Shared,
    copy::Taken,
    following::Follower,
    position::{Position, StoredEntry},
    server::{Answer, Append, LogServer},
};

/// Appends in one batch, at most.
const BATCH: usize = 256;
/// Appends that wait for a server before those who ask for more have to wait themselves.
const ORDERS: usize = 1_024;

/// An append, and where its outcome goes.
pub(super) struct Order {
    pub(super) follower: Arc<Follower>,
    pub(super) append: Append,
    pub(super) done: oneshot::Sender<Outcome>,
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It counts as written on its server.
    Written { position: Position, at: Timestamp },
    /// The epoch does not hold any more.
    Sealed,
    /// Nobody knows.
    Unknown,
}

impl Shared {
    /// Has an event appended by the task that writes to this server.
    pub(super) async fn write(self: &Arc<Self>, server: Arc<dyn LogServer>, order: (Arc<Follower>, Append)) -> Outcome {
        let (done, outcome) = oneshot::channel();
        let (follower, append) = order;
        let writer = self.writer(server);
        if writer.send(Order { follower, append, done }).await.is_err() {
            return Outcome::Unknown;
        }
        outcome.await.unwrap_or(Outcome::Unknown)
    }

    fn writer(self: &Arc<Self>, server: Arc<dyn LogServer>) -> mpsc::Sender<Order> {
        let mut writers = self.writers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        writers.retain(|_, writer| !writer.is_closed());
        let writer = writers.entry(server.id().to_owned()).or_insert_with(|| {
            let (orders, waiting) = mpsc::channel(ORDERS);
            tokio::spawn(run(Arc::downgrade(self), server, waiting));
            orders
        });
        writer.clone()
    }
}

/// Writes until nothing has come in for a while, or the log is gone.
async fn run(shared: std::sync::Weak<Shared>, server: Arc<dyn LogServer>, mut waiting: mpsc::Receiver<Order>) {
    let mut orders = Vec::new();
    while waiting.recv_many(&mut orders, BATCH).await > 0 {
        let Some(shared) = shared.upgrade() else { return };
        let batch: Vec<_> = orders.iter().map(|order| order.append.clone()).collect();
        let outcomes = shared.append_all(&server, &batch, &orders).await;
        let is_unknown = outcomes.contains(&Outcome::Unknown);
        for (order, outcome) in orders.drain(..).zip(outcomes) {
            // The caller may have stopped waiting. The entry is there all the same.
            let _ = order.done.send(outcome);
        }
        if is_unknown {
            // The next caller may find another server at the same address.
            return;
        }
    }
}

impl Shared {
    async fn append_all(
        self: &Arc<Self>,
        server: &Arc<dyn LogServer>,
        batch: &[Append],
        orders: &[Order],
    ) -> Vec<Outcome> {
        let Ok(written) = server.append(batch).await else { return vec![Outcome::Unknown; batch.len()] };
        let is_appended = written.answers.iter().any(|answer| matches!(answer, Answer::Appended { .. }));
        let is_confirmed = is_appended && self.is_confirmed(&**server, written.acknowledged).await.unwrap_or(false);
        let mut ends: BTreeMap<RoomId, (u64, u64)> = BTreeMap::new();
        let outcomes = written.answers.iter().zip(orders).map(|(answer, order)| match *answer {
            Answer::Sealed => Outcome::Sealed,
            Answer::Appended { .. } if !is_confirmed => Outcome::Unknown,
            Answer::Appended { position, at, is_repeated } => {
                let end = ends.entry(order.append.room).or_default();
                *end = (order.append.epoch, end.1.max(position.seq));
                if !is_repeated {
                    take(order, position, at);
                }
                Outcome::Written { position, at: Timestamp::from_millis(at) }
            }
        });
        let outcomes = outcomes.collect();
        for (room, (epoch, seq)) in ends {
            let server = server.clone();
            // Whoever needs it asks the server again.
            tokio::spawn(async move { server.confirm(room, epoch, seq).await });
        }
        outcomes
    }
}

/// Gives this node's copy what it has appended. If something is missing before it, the caller reads that first.
fn take(order: &Order, position: Position, at: u64) -> Taken {
    let Append { nonce, data, epoch, .. } = order.append.clone();
    order.follower.copy().take(epoch, &[Arc::new(StoredEntry { position, at, nonce, data })])
}
