//! A room that ends while a node opens an epoch of it.

use std::{sync::Arc, time::Duration};

use heartogether::{id::ConnectionId, room::Event};
use heartogether_server::storage::{
    epochs::Epochs,
    log::{LogError, RoomLog, replicated::RoomDirectory},
};
use tokio::time::sleep;

use super::{
    House, ROOM,
    checker::History,
    nodes::{Nodes, created},
    seed::Random,
    servers::Shared,
};

/// Longer than a node waits until what it has written is confirmed.
const UNCONFIRMED: Duration = Duration::from_secs(5);

/// Whether nodes reach those who decide about failovers.
fn connect(shared: &Shared, are_connected: bool) {
    shared.world().listeners.values_mut().for_each(|listener| listener.is_isolated = !are_connected);
}

#[tokio::test(start_paused = true)]
async fn a_room_that_ended_before_its_epoch_was_confirmed_does_not_come_back() {
    let (shared, house) = (Shared::new(Random::new(1), 1, true), House::new());
    let nodes = Nodes::new(Arc::new(shared.clone()), 1, house.clone(), History::default(), Random::new(2));
    let log = nodes.start(false);
    log.create(created()).await.expect("created");
    // The server loses the room, and the node gives it back. Nobody confirms that.
    connect(&shared, false);
    shared.world().write(0, ROOM, None);
    let event = Event::ConnectionLost { connection: ConnectionId::from_bits(1) };
    let appending = tokio::spawn(async move { log.append(ROOM, event).await });
    let is_there = || shared.world().machines[0].rooms.contains_key(&ROOM);
    while !is_there() {
        sleep(Duration::from_millis(10)).await;
    }
    house.directory.remove(ROOM).await.expect("another node ends it");
    sleep(UNCONFIRMED).await;
    assert!(is_there() && !appending.is_finished(), "the node goes on trying");
    connect(&shared, true);
    let appended = appending.await.expect("an answer");
    assert!(matches!(appended, Err(LogError::NoSuchRoom)), "{appended:?}");
    assert!(!is_there(), "nothing is left of it");
    assert!(house.epochs.rooms().await.expect("read").is_empty());
}
