//! A node that nobody uses a room at any more.

use std::{sync::Arc, time::Duration};

use heartogether::{
    id::{ConnectionId, NodeId, Seq},
    room::Event,
};
use heartogether_server::storage::log::{PAGE, RoomLog, replicated::FORGOTTEN};
use tokio::time::{sleep, timeout};

use super::{
    House, ROOM,
    checker::History,
    nodes::{Nodes, created},
    seed::Random,
    servers::Shared,
};

const fn lost(connection: u128) -> Event {
    Event::ConnectionLost { connection: ConnectionId::from_bits(connection) }
}

/// Lets so much time pass on all clocks.
async fn pass(house: &House, time: Duration) {
    house.clock.advance(u64::try_from(time.as_millis()).expect("a short time"));
    sleep(time).await;
}

/// Whether a node is told what happens in the room.
fn is_told(shared: &Shared, node: u128) -> bool {
    shared
        .world()
        .listeners
        .iter()
        .any(|(id, listener)| *id == NodeId::from_bits(node) && listener.rooms.contains(&ROOM))
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_nobody_uses_is_kept_until_the_server_is_seen_to_have_it() {
    let (shared, house) = (Shared::new(Random::new(1), 1, false), House::new());
    let nodes = Nodes::new(Arc::new(shared.clone()), 1, house.clone(), History::default(), Random::new(2));
    let (other, node) = (nodes.start(false), nodes.start(false));
    other.create(created()).await.expect("created");
    let written = other.append(ROOM, lost(1)).await.expect("appended");
    let page = node.read(ROOM, Seq::default(), PAGE).await.expect("read");
    assert!(page.entries.last().is_some_and(|entry| entry.seq >= written.seq));
    shared.world().machines[0].is_up = false;
    pass(&house, 2 * FORGOTTEN).await;
    assert!(is_told(&shared, 2));
    // The only other node dies, and the server comes back without anything.
    drop(other);
    nodes.kill(NodeId::from_bits(1));
    {
        let mut world = shared.world();
        let run = world.draw_run();
        let machine = &mut world.machines[0];
        machine.rooms.clear();
        (machine.run, machine.is_up) = (run, true);
    }
    pass(&house, 2 * FORGOTTEN).await;
    assert!(!is_told(&shared, 2), "nobody uses it, and the server has it again");
    let again = node.append(ROOM, lost(2)).await.expect("the room goes on");
    assert!(again.seq > written.seq);
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_back_while_a_subscription_ends_misses_nothing() {
    let (shared, house) = (Shared::new(Random::new(1), 1, false), House::new());
    let nodes = Nodes::new(Arc::new(shared.clone()), 1, house.clone(), History::default(), Random::new(2));
    let (other, node) = (nodes.start(false), nodes.start(false));
    other.create(created()).await.expect("created");
    node.read(ROOM, Seq::default(), PAGE).await.expect("read");
    // From the next comparison on, which is 10 s after the start, nobody has used the room for a while.
    shared.world().unlisten = Duration::from_secs(1);
    house.clock.advance(60_000);
    sleep(Duration::from_millis(10_300)).await;
    let mut entries = node.subscribe(ROOM).await.expect("subscribed");
    assert!(is_told(&shared, 2), "the subscription has not ended yet");
    sleep(Duration::from_secs(1)).await;
    assert!(!is_told(&shared, 2), "it has, after the new one");
    let written = other.append(ROOM, lost(1)).await.expect("appended");
    let heard = timeout(Duration::from_secs(3), entries.recv()).await.expect("long before the next comparison");
    assert_eq!(heard.expect("an entry").seq, written.seq);
}
