//! Tasks that the server runs from time to time.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;

use crate::{error::ServerError, operator::carry_out_orders, state::Node};

/// Milliseconds after which what has run out is looked for again.
const HOUSEKEEPING_MS: u64 = 60 * 60 * 1000;
/// Milliseconds after which other nodes are told again which rooms are open. Less than half of the time for which they count.
const OPEN_ROOMS_MS: u64 = 60 * 1000;
/// Milliseconds after which the storage is asked again to erase what was deleted.
const ERASE_MS: u64 = 60 * 1000;
/// Milliseconds after which the index of messages is tried again.
const INDEX_AGAIN_MS: u64 = 60 * 1000;

/// Goes on where housekeeping breaks: what has run out must not stay for good.
pub(super) async fn run(node: Arc<Node>) {
    while AssertUnwindSafe(keep_house(node.clone())).catch_unwind().await.is_err() {
        tracing::error!("housekeeping broke and begins anew");
        node.clock.sleep_until(node.clock.now().after_ms(HOUSEKEEPING_MS)).await;
    }
}

async fn keep_house(node: Arc<Node>) {
    let absent_ms = node.limits.room_host_absent_ms.max(node.limits.room_idle_ms);
    let left_rooms = node.rooms.look_after_left_rooms(absent_ms);
    tokio::join!(
        forget_expired(&node),
        erase_deleted(&node),
        count_open_rooms(&node),
        index_earlier(&node),
        carry_out_orders(&node),
        left_rooms,
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
