//! Tasks that the server runs from time to time.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;

use crate::{clock::Clock, error::ServerError, operator::carry_out_orders, state::Node};

/// Milliseconds after which what has run out is looked for again.
const HOUSEKEEPING_MS: u64 = 60 * 60 * 1000;
/// Milliseconds after which rooms are looked after again where that broke.
const LEFT_ROOMS_MS: u64 = 5 * 1000;
/// Milliseconds after which other nodes are told again which rooms are open. Less than half of the time for which they count.
const OPEN_ROOMS_MS: u64 = 60 * 1000;
/// Milliseconds after which the storage is asked again to erase what was deleted.
const ERASE_MS: u64 = 60 * 1000;
/// Milliseconds after which the index of messages is tried again.
const INDEX_AGAIN_MS: u64 = 60 * 1000;

/// Runs all of them, and looks after rooms.
pub(super) async fn run(node: Arc<Node>) {
    let absent_ms = node.limits.room_host_absent_ms.max(node.limits.room_idle_ms);
    run_both(&*node.clock, || keep_house(&node), || node.rooms.look_after_left_rooms(absent_ms)).await;
}

/// Runs housekeeping, and looks after rooms. What breaks begins anew, and does not stop the other: what has run out must not stay for
/// good, and other nodes count on this one for its share of the rooms.
async fn run_both<H, L>(clock: &dyn Clock, keep_house: impl Fn() -> H, look_after_rooms: impl Fn() -> L)
where
    H: Future<Output = ()>,
    L: Future<Output = ()>,
{
    tokio::join!(
        run_again(clock, "housekeeping", HOUSEKEEPING_MS, keep_house),
        run_again(clock, "looking after rooms", LEFT_ROOMS_MS, look_after_rooms),
    );
}

/// Runs something, and again so many milliseconds after it broke.
async fn run_again<T: Future<Output = ()>>(clock: &dyn Clock, name: &str, pause_ms: u64, task: impl Fn() -> T) {
    while AssertUnwindSafe(async { task().await }).catch_unwind().await.is_err() {
        tracing::error!("{name} broke and begins anew");
        clock.sleep_until(clock.now().after_ms(pause_ms)).await;
    }
}

async fn keep_house(node: &Node) {
    tokio::join!(
        forget_expired(node),
        erase_deleted(node),
        count_open_rooms(node),
        index_earlier(node),
        carry_out_orders(node),
    );
}

/// Carries out what the last run could not finish, and forgets what has run out, also where nobody comes any more.
async fn forget_expired(node: &Node) {
    loop {
        let now = node.clock.now();
        if let Err(error) = node.finish_departures().await {
            error.report();
        }
        if let Err(error) = node.store.forget_expired(now).await {
            ServerError::from(error).report();
        }
        if let Err(error) = node.pictures.delete_unsent(now).await {
            ServerError::from(error).report();
        }
        if let Err(error) = node.rooms.forget_gone().await {
            ServerError::from(error).report();
        }
        node.clock.sleep_until(now.after_ms(HOUSEKEEPING_MS)).await;
    }
}

/// Indexes messages from before there was an index.
async fn index_earlier(node: &Node) {
    while let Err(error) = node.search.index_earlier().await {
        ServerError::from(error).report();
        node.clock.sleep_until(node.clock.now().after_ms(INDEX_AGAIN_MS)).await;
    }
}

/// Tells other nodes which rooms of this one are still open, so that these count for their addresses.
async fn count_open_rooms(node: &Node) {
    let open_rooms = node.rate_limits.open_rooms();
    if !open_rooms.lock().await.are_shared() {
        return;
    }
    loop {
        let mut counted = open_rooms.lock().await;
        match node.rooms.open_anywhere().await {
            Ok(rooms) => counted.tell_others(&rooms).await,
            Err(error) => _ = ServerError::from(error).report(),
        }
        drop(counted);
        node.clock.sleep_until(node.clock.now().after_ms(OPEN_ROOMS_MS)).await;
    }
}

/// Erases what was deleted where that was not possible at once, and pictures, and forgets keys that another node may have deleted.
async fn erase_deleted(node: &Node) {
    loop {
        let now = node.clock.now();
        if node.redis.is_some() {
            node.sealer.forget_keys();
        }
        if let Err(error) = node.store.erase_deleted().await {
            ServerError::from(error).report();
        }
        if let Err(error) = node.pictures.erase_deleted().await {
            ServerError::from(error).report();
        }
        node.clock.sleep_until(now.after_ms(ERASE_MS)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use heartogether::time::Timestamp;

    use super::*;
    use crate::clock::ManualClock;

    #[tokio::test(start_paused = true)]
    async fn rooms_are_looked_after_while_housekeeping_is_broken_and_again_soon_after_that_broke() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
        let counts: Arc<[AtomicU32; 2]> = Arc::default();
        let (running, counted) = (clock.clone(), counts.clone());
        let run = tokio::spawn(async move {
            let [houses, looks] = &*counted;
            let keep_house = || async {
                houses.fetch_add(1, SeqCst);
                panic!("a fault of the test");
            };
            let look_after_rooms = || async {
                // The first time it breaks; then it goes on.
                assert!(looks.fetch_add(1, SeqCst) > 0, "a fault of the test");
                std::future::pending().await
            };
            run_both(&*running, keep_house, look_after_rooms).await;
        });
        let begun = async || {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            counts.each_ref().map(|count| count.load(SeqCst))
        };
        assert_eq!(begun().await, [1, 1]);
        clock.advance(LEFT_ROOMS_MS);
        assert_eq!(begun().await, [1, 2]);
        clock.advance(HOUSEKEEPING_MS);
        assert_eq!(begun().await, [2, 2]);
        run.abort();
    }
}
