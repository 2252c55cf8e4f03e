//! Whether this server can work now, for each part. A load balancer or an orchestrator asks this before it sends
//! visitors here. Liveness is a different question (`GET /api/health`), because a restart does not help a server with a
//! full disk.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use tokio::time::{sleep, timeout};

use crate::{
    error::report_storage,
    storage::{
        database::Database,
        log::redis::{RedisServers, RedisState},
    },
};

/// At most one probe is begun in this time, however many ask.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// How long an answer waits for a probe that is under way.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the parts of this server how they are.
pub(crate) struct Readiness {
    storage: Probe<bool>,
    /// Whether no other server has taken this one's data.
    is_ours: Option<Arc<AtomicBool>>,
    redis: Option<Probe<RedisState>>,
    is_stopping: AtomicBool,
}

impl Readiness {
    pub(crate) fn new(database: Database, is_ours: Option<Arc<AtomicBool>>, redis: Option<Arc<RedisServers>>) -> Self {
        let storage = Probe::new(move || can_write(database.clone()).boxed());
        let state = |redis: Arc<RedisServers>| Probe::new(move || state_of(redis.clone()).boxed());
        Self { storage, is_ours, redis: redis.map(state), is_stopping: AtomicBool::default() }
    }

    /// From now on nobody is to be sent here any more.
    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Relaxed);
    }

    /// Whether [`Readiness::stop`] has been called.
    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Relaxed)
    }

    /// Whether the storage takes what is written. One that takes too long does not.
    pub(crate) async fn can_store(&self) -> bool {
        if self.is_ours.as_ref().is_some_and(|is_ours| !is_ours.load(Relaxed)) {
            return false;
        }
        self.storage.answer().await.unwrap_or(false)
    }

    /// How Redis is; `None` where it is not used.
    pub(crate) async fn redis(&self) -> Option<RedisState> {
        let probe = self.redis.as_ref()?;
        Some(probe.answer().await.unwrap_or(RedisState::Down))
    }
}

async fn can_write(database: Database) -> bool {
    database.probe().await.inspect_err(|error| report_storage(error)).is_ok()
}

async fn state_of(redis: Arc<RedisServers>) -> RedisState {
    redis.state().await
}

/// An answer that is on its way, or there.
type Asked<T> = Shared<BoxFuture<'static, Option<T>>>;

/// A question to a part of this server. Everybody who asks within a second, or while an answer takes its time, gets the same one.
struct Probe<T> {
    ask: Box<dyn Fn() -> BoxFuture<'static, T> + Send + Sync>,
    latest: Arc<Mutex<Option<Asked<T>>>>,
}

impl<T: Clone + Send + Sync + 'static> Probe<T> {
    fn new(ask: impl Fn() -> BoxFuture<'static, T> + Send + Sync + 'static) -> Self {
        Self { ask: Box::new(ask), latest: Arc::default() }
    }

    /// The answer; `None` if it takes too long.
    async fn answer(&self) -> Option<T> {
        let asked = {
            let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
            latest.get_or_insert_with(|| self.begin()).clone()
        };
        timeout(PATIENCE, asked).await.ok().flatten()
    }

    /// It goes on where nobody waits for it any more: two at once would wait for each other.
    fn begin(&self) -> Asked<T> {
        let answering = tokio::spawn((self.ask)());
        let asked = async move { answering.await.ok() }.boxed().shared();
        let (latest, ended) = (self.latest.clone(), asked.clone());
        tokio::spawn(async move {
            tokio::join!(ended, sleep(PROBE_EVERY));
            *latest.lock().unwrap_or_else(PoisonError::into_inner) = None;
        });
        asked
    }
}
