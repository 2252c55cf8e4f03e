//! Histories of a replicated log, drawn from seeds: nodes append and follow one room, while servers are killed, stopped, cut off,
//! replaced and emptied, and nodes die. Afterwards a checker compares what was acknowledged with what every node has applied at any
//! time, and with what a new node reads: one order, no entry twice, no hole, nothing acknowledged missing.

pub mod chaos;
pub mod checker;
#[cfg(test)]
mod ending;
#[cfg(test)]
mod letting_go;
pub mod network;
pub mod nodes;
pub mod seed;
pub mod servers;

use std::{sync::Arc, time::Duration};

use heartogether::{id::RoomId, time::Timestamp};
use heartogether_server::{
    clock::ManualClock,
    storage::{epochs::MemoryEpochs, keys::MemoryKeys, log::replicated::MemoryDirectory, sealing::Sealer},
};

use chaos::Chaos;
use checker::{History, Kept};
use nodes::Nodes;
use seed::Random;
use servers::Shared;

/// The room of every history.
pub const ROOM: RoomId = RoomId::from_bits(1);
/// How long the room may take to be whole again, once nobody disturbs it.
const CALM: Duration = Duration::from_secs(90);

/// What nodes share beside the servers.
#[derive(Clone)]
pub struct House {
    pub epochs: Arc<MemoryEpochs>,
    pub directory: Arc<MemoryDirectory>,
    pub sealer: Arc<Sealer>,
    pub clock: Arc<ManualClock>,
}

impl House {
    pub fn new() -> Self {
        Self {
            epochs: Arc::default(),
            directory: Arc::default(),
            sealer: Arc::new(Sealer::new(Arc::new(MemoryKeys::default()))),
            clock: Arc::new(ManualClock::at(Timestamp::from_millis(1_000))),
        }
    }
}

/// Runs the history of a seed on the clock of a paused runtime.
///
/// # Errors
/// What is wrong with it.
pub async fn run(seed: u64) -> Result<Kept, String> {
    let mut random = Random::new(seed);
    // A single server without anybody who decides; a primary with one replica; with two.
    let servers = 1 + (seed % 3) as usize;
    let shared = Shared::new(Random::new(random.draw()), servers, servers > 1);
    let replication = tokio::spawn(shared.clone().replicate());
    let history = History::default();
    let nodes =
        Arc::new(Nodes::new(Arc::new(shared.clone()), 800, House::new(), history.clone(), Random::new(random.draw())));
    let told = async {
        nodes.begin(3).await;
        let kinds = Chaos { shared, nodes: nodes.clone(), random }.reign().await;
        let settled = tokio::time::timeout(CALM, nodes.settle()).await;
        settled.map_err(|_| format!("after {kinds:?} the room did not become whole"))??;
        let replay = nodes.replay().await?;
        history.check(&replay).map_err(|wrong| format!("after {kinds:?}: {wrong}"))
    };
    let told = told.await;
    nodes.end();
    replication.abort();
    told.map_err(|wrong| format!("seed {seed}, {servers} servers: {wrong}"))
}

/// Runs a history in a runtime of its own, whose time passes at once.
///
/// # Errors
/// What is wrong with it.
pub fn run_at_once(seed: u64) -> Result<Kept, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.map_err(|error| error.to_string())?.block_on(run(seed))
}

/// Runs the histories of these seeds, some at a time.
///
/// # Errors
/// What is wrong with which of them.
pub fn run_all(seeds: u64) -> Result<Kept, String> {
    let (next, kept) = (std::sync::atomic::AtomicU64::new(0), std::sync::Mutex::new((Kept::default(), Vec::new())));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, std::num::NonZero::get) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    if seed >= seeds {
                        return;
                    }
                    let ran = run_at_once(seed);
                    let mut kept = kept.lock().expect("no poison");
                    match ran {
                        Ok(one) => kept.0.add(&one),
                        Err(wrong) => kept.1.push(wrong),
                    }
                }
            });
        }
    });
    let (kept, wrong) = kept.into_inner().expect("no poison");
    match wrong.is_empty() {
        true => Ok(kept),
        false => Err(format!("{} of {seeds} are wrong:\n{}", wrong.len(), wrong.join("\n"))),
    }
}

/// How many histories the tests run: 100, or as many as `HISTORY_SEEDS` says.
#[cfg(test)]
#[test]
fn a_hundred_histories_keep_what_was_acknowledged() {
    let seeds = std::env::var("HISTORY_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(100);
    let kept = run_all(seeds).unwrap_or_else(|wrong| panic!("{wrong}"));
    crate::support::tell_kept(&format!("{seeds} simulated histories: {kept}"));
    assert!(kept.acknowledged > 50 * seeds, "{kept:?}");
}
