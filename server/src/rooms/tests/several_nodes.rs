//! Rooms on a log that other nodes append to as well.

use std::collections::BTreeSet;

use super::*;

const OTHER_NODE: NodeId = NodeId::from_bits(2);

/// A room on a log that another node serves too, where the host is connected to that node.
async fn room_with_host_elsewhere() -> (Arc<FaultyLog>, RoomHandle) {
    let log = FaultyLog::new(true);
    log.create(created()).await.expect("created");
    *log.alive.lock().expect("no poison") = Some(BTreeSet::from([OTHER_NODE]));
    let room = open_rooms(log.clone()).open(ROOM);
    assert!(!room.is_member(HOST).await);
    let Event::JoinRequested(request) = asks_to_host() else { panic!("a request for a place") };
    let connection = ConnectionRef { node: OTHER_NODE, id: HOST };
    let joined =
        log.append(ROOM, Event::JoinRequested(JoinRequested { connection, ..request })).await.expect("appended");
    (log, room.at(joined.seq))
}

async fn is_host_connected(room: &RoomHandle) -> bool {
    room.summarise(None).await.expect("the room is there").host_connected
}

#[tokio::test]
async fn members_at_another_node_stay_connected_until_it_is_gone() {
    let (log, room) = room_with_host_elsewhere().await;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(is_host_connected(&room).await, "the node lives");
    }
    *log.alive.lock().expect("no poison") = Some(BTreeSet::new());
    let lost = async {
        while is_host_connected(&room).await {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), lost).await.expect("the node's members lose their connections");
}

#[tokio::test]
async fn a_room_whose_log_was_healed_is_read_anew() {
    let log = FaultyLog::new(true);
    log.create(created()).await.expect("created");
    log.is_mute.store(true, SeqCst);
    let room = open_rooms(log.clone()).open(ROOM);
    assert!(!room.is_member(HOST).await, "the log is read");
    log.append(ROOM, asks_to_host()).await.expect("appended");
    assert!(!room.is_member(HOST).await, "the entry has not come");
    log.is_mute.store(false, SeqCst);
    log.end_mute_subscriptions();
    let read = async {
        while !room.is_member(HOST).await {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("the log is read anew");
}
