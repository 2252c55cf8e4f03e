//! Rooms that a node lets go of, as nobody on it needs them.

use std::collections::BTreeSet;

use super::*;

/// More than the time between two looks, and less than that between three.
const MOMENT: Duration = Duration::from_secs(6);
const LONG: Duration = Duration::from_secs(60);

/// A node that shares its only room with others. Another one looks after the room.
async fn node() -> (Arc<FaultyLog>, Arc<Rooms>) {
    let log = FaultyLog::new(true);
    log.create(created()).await.expect("created");
    *log.alive.lock().expect("no poison") = Some(BTreeSet::new());
    log.is_kept_elsewhere.store(true, SeqCst);
    let rooms = open_rooms(log.clone());
    let looking = rooms.clone();
    tokio::spawn(async move { looking.look_after_left_rooms(1_000_000).await });
    (log, rooms)
}

#[tokio::test(start_paused = true)]
async fn a_room_is_let_go_of_once_nobody_here_needs_it_and_opened_again_for_whoever_comes() {
    let (log, rooms) = node().await;
    let room = rooms.open(ROOM);
    let (send_queue, _queue) = send_queue(1_000);
    room.attach(HOST, send_queue).await.expect("attached");
    let joined = log.append(ROOM, asks_to_host()).await.expect("appended").seq;
    tokio::time::sleep(LONG).await;
    assert!(rooms.is_open(ROOM), "a connection has entered it");
    assert!(room.at(joined).is_member(HOST).await);
    room.detach(HOST).await;
    drop(room);
    for _ in 0..20 {
        tokio::time::sleep(MOMENT / 2).await;
        assert!(rooms.open(ROOM).is_member(HOST).await, "who asks for it now and then finds it open");
    }
    tokio::time::sleep(3 * MOMENT).await;
    assert!(!rooms.is_open(ROOM));
    assert!(rooms.open(ROOM).is_member(HOST).await, "it is opened from its log");
    assert!(rooms.open_anywhere().await.expect("listed").contains(&ROOM));
}

#[tokio::test(start_paused = true)]
async fn a_node_keeps_the_rooms_that_it_looks_after() {
    let (log, rooms) = node().await;
    assert!(rooms.has_live(ROOM).await);
    log.is_kept_elsewhere.store(false, SeqCst);
    tokio::time::sleep(LONG).await;
    assert!(rooms.is_live(ROOM));
    log.is_kept_elsewhere.store(true, SeqCst);
    tokio::time::sleep(3 * MOMENT).await;
    assert!(!rooms.is_open(ROOM), "another node does by now");
    assert!(rooms.has_live(ROOM).await);
    assert_eq!(rooms.open_anywhere().await.expect("listed").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_node_lets_go_of_no_room_while_it_does_not_reach_the_logs() {
    let (log, rooms) = node().await;
    log.is_away.store(true, SeqCst);
    assert!(rooms.has_live(ROOM).await);
    tokio::time::sleep(LONG).await;
    assert!(rooms.is_live(ROOM), "the node that looks after it may be gone");
    log.is_away.store(false, SeqCst);
    tokio::time::sleep(3 * MOMENT).await;
    assert!(!rooms.is_open(ROOM));
}

#[tokio::test(start_paused = true)]
async fn an_actor_that_was_let_go_of_takes_none_away_that_was_begun_after_it() {
    let (log, rooms) = node().await;
    // The first waits for its log for a while.
    log.break_with(Fault::Outage);
    drop(rooms.open(ROOM));
    is_let_go(&rooms).await;
    let again = rooms.open(ROOM);
    log.mend();
    tokio::time::sleep(LONG).await;
    assert!(again.summarise(None).await.is_some());
    assert!(rooms.is_live(ROOM));
}

#[tokio::test(start_paused = true)]
async fn what_a_node_has_said_of_a_room_is_not_said_again_once_it_has_let_go_of_the_room() {
    let (_log, rooms) = node().await;
    let (code, now) = (created().code, rooms.clock.now());
    let summary = rooms.open(ROOM).summarise(None).await.expect("the room is there");
    rooms.look_up.keep(RoomReport::new(&summary, now), now).await;
    assert!(rooms.look_up.find(code, now).await.is_some());
    is_let_go(&rooms).await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(rooms.look_up.find(code, now).await, None, "it may have changed at another node");
}

#[tokio::test(start_paused = true)]
async fn visits_while_the_log_cannot_be_read_leave_no_tasks() {
    let (log, rooms) = node().await;
    log.break_with(Fault::Outage);
    let before = Arc::strong_count(&log);
    for _ in 0..3 {
        drop(rooms.open(ROOM));
        is_let_go(&rooms).await;
    }
    tokio::time::sleep(MOMENT).await;
    assert_eq!(Arc::strong_count(&log), before, "each task and its writer hold the log");
}
