//! Which nodes are told what happens in a room: those that members are connected to, and the one that looks after it.

use std::time::Duration;

use heartogether::{role::Role, room::RoomEvent};
use reqwest::StatusCode;
use sqlx::{Connection as _, PgConnection};
use tokio::time::{sleep, timeout};

use super::{
    ENDED,
    house::{House, write_surely},
};
use crate::support::tell_kept;

/// After which a node must not be told any more of a room that it let go of, and the time after which a room ends.
const LEFT: Duration = Duration::from_secs(60);
/// Between two questions to Redis.
const PAUSE: Duration = Duration::from_millis(200);

/// How many nodes are told what happens in the only room: each subscribes to the room's channel once.
fn told_of_the_room(house: &House) -> usize {
    let redis = &house.fleet.servers[0];
    let keys = redis.cli(&["KEYS", "*:log"]);
    let channel = keys.trim().strip_suffix(":log").expect("the log of a room");
    let answer = redis.cli(&["PUBSUB", "SHARDNUMSUB", channel]);
    answer.lines().nth(1).and_then(|count| count.trim().parse().ok()).expect("a number")
}

/// Returns once so many nodes are told.
async fn until_told(house: &House, is_so: impl Fn(usize) -> bool) {
    let asking = async {
        while !is_so(told_of_the_room(house)) {
            sleep(PAUSE).await;
        }
    };
    timeout(LEFT, asking).await.expect("in good time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_is_told_of_a_room_from_its_first_member_there_to_the_last() {
    let house = House::build().await;
    // So long after its last activity a room ends, and so long it can be opened again.
    let short = ["--room-ttl-ms", "60000", "--room-reopen-ms", "1000", "--max-rooms-per-address", "1"];
    let nodes = [(); 4].map(|()| house.start(&short));
    let mut pair = nodes[0].site().pair().await;
    let mut others = Vec::new();
    for node in &nodes[1..] {
        let linus = node.site().sign_in("Linus").await;
        others.push((node.site().join(&linus, pair.code, Role::Listener).await.0, linus));
        while !matches!(pair.host.event().await, RoomEvent::MemberJoined { .. }) {}
    }
    assert_eq!(told_of_the_room(&house), 4);
    for nonce in 1..=3 {
        write_surely(&mut pair.listener, nonce).await;
    }
    // The other nodes' members go, and each of these nodes but perhaps the one that looks after the room lets go of it.
    let linus = others.pop().expect("a member").1;
    others.clear();
    until_told(&house, |told| told <= 2).await;
    assert_eq!(write_surely(&mut pair.listener, 4).await, 0);
    let report = nodes[3].site().get(&format!("/api/rooms/{}", pair.code), None).await;
    let report: serde_json::Value = report.json().await.expect("a report");
    assert_eq!(report["listenerCount"], 1, "their grace periods are over");
    // Whoever comes back to such a node is in the same room.
    let (mut back, _) = nodes[3].site().join(&linus, pair.code, Role::Listener).await;
    assert_eq!(write_surely(&mut back, 5).await, 0);
    assert_eq!(write_surely(&mut pair.listener, 6).await, 0);
    let mut heard = Vec::new();
    while heard.len() < 6 {
        if let RoomEvent::MessageSent { message } = pair.host.event().await {
            heard.push(message.nonce);
        }
    }
    assert_eq!(heard, [1, 2, 3, 4, 5, 6]);
    // At last nobody is there, and one node looks after the room. It ends the room in time.
    let ada = pair.ada.clone();
    drop((pair, back));
    until_told(&house, |told| told == 1).await;
    for node in &nodes {
        let refused = node.site().submit("create_room", "", &[("cookie", &ada)]).await;
        assert_eq!(refused.status(), StatusCode::CONFLICT, "the room counts for its address");
    }
    let mut database = PgConnection::connect(&house.database_url).await.expect("a connection");
    let mut rooms = async || {
        let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM rooms").fetch_one(&mut database).await;
        count.expect("counted")
    };
    let ended = async {
        while rooms().await > 0 {
            sleep(PAUSE).await;
        }
    };
    timeout(2 * ENDED, ended).await.expect("the room ends");
    tell_kept(
        "four nodes had a room, three let go of it after its last members there; who came back was in it, and it ended in time",
    );
}
