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

use crate::{error::report_storage, storage::database::Database};

/// At most one probe is begun in this time, however many ask.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// How long an answer waits for a probe that is under way.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether something could be written.
type Probe = Shared<BoxFuture<'static, bool>>;

/// Asks the parts of this server how they are.
pub(crate) struct Readiness {
    database: Database,
    /// Whether no other server has taken this one's data.
    is_ours: Option<Arc<AtomicBool>>,
    latest: Arc<Mutex<Option<Probe>>>,
    is_stopping: AtomicBool,
}

impl Readiness {
    pub(crate) fn new(database: Database, is_ours: Option<Arc<AtomicBool>>) -> Self {
        Self { database, is_ours, latest: Arc::default(), is_stopping: AtomicBool::default() }
    }

    /// From now on nobody is to be sent here any more.
    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Relaxed);
    }

    /// Whether [`Readiness::stop`] has been called.
    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Relaxed)
    }

    /// Whether the storage takes what is written. Everybody who asks within a second, or while a probe takes its time, gets
    /// the same answer; one that takes too long is a no.
    pub(crate) async fn can_store(&self) -> bool {
        if self.is_ours.as_ref().is_some_and(|is_ours| !is_ours.load(Relaxed)) {
            return false;
        }
        let probe = {
            let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
            latest.get_or_insert_with(|| self.begin()).clone()
        };
        timeout(PATIENCE, probe).await.unwrap_or(false)
    }

    /// A probe goes on where nobody waits for it any more: two at once would wait for each other.
    fn begin(&self) -> Probe {
        let database = self.database.clone();
        let writing = tokio::spawn(async move {
            let outcome = database.probe().await;
            outcome.inspect_err(|error| report_storage(error)).is_ok()
        });
        let probe = async move { writing.await.unwrap_or(false) }.boxed().shared();
        let (latest, ended) = (self.latest.clone(), probe.clone());
        tokio::spawn(async move {
            tokio::join!(ended, sleep(PROBE_EVERY));
            *latest.lock().unwrap_or_else(PoisonError::into_inner) = None;
        });
        probe
    }
}
