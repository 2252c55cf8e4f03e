//! What nodes say to each other and count together.

use std::time::{Duration, Instant};

use futures::future::join_all;
use heartogether::{
    protocol::{ClientMessage, CustomEvent, Ping, ServerMessage, ToRoom},
    refusal::Refusal,
    role::Role,
    room::RoomEvent,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    faults::BACK,
    house::{House, write_surely},
};
use crate::support::{EventStream, Pair, Site, eventually, free_port, resume, tell_kept};

/// A pair at the first node whose listener has moved to the second.
pub async fn apart(one: &Site, other: &Site) -> Pair {
    let mut pair = one.pair().await;
    let mut moved = other.greet(&pair.grace).await;
    moved.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    moved.resumed().await;
    assert!(matches!(pair.host.event().await, RoomEvent::MemberConnected { connected: true, .. }));
    pair.listener = moved;
    pair
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_at_different_nodes_exchange_signals() {
    let house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let mut pair = apart(one.site(), other.site()).await;
    for _ in 0..20 {
        // An offer to the other node, and the answer back.
        pair.is_undisturbed().await;
    }
    tell_kept("20 of 20 offers and answers between members at two nodes");
}

/// How many of the latest signals host and listener have sent, in the owner's report at a node.
async fn reported_signals(site: &Site, pair: &Pair) -> [usize; 2] {
    let report = site.get(&format!("/api/rooms/{}/realtime", pair.id), Some(&pair.ada)).await;
    let report: Value = report.json().await.expect("a report");
    let signals = report["signals"].as_array().expect("signals");
    let sent_by = |member| signals.iter().filter(|signal| signal["from"] == json!(member)).count();
    [&pair.as_host, &pair.as_listener].map(|joined| sent_by(joined.member))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_node_reports_the_latest_signals_of_all() {
    let mut house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let mut pair = apart(one.site(), other.site()).await;
    for signals in 1..=40 {
        // An offer from the one node, and an answer from the other.
        pair.is_undisturbed().await;
        if [1, 15].contains(&signals) {
            for site in [one.site(), other.site()] {
                eventually(async || reported_signals(site, &pair).await == [signals; 2]).await;
            }
        }
    }
    for site in [one.site(), other.site()] {
        // Those of the two nodes arrive at Redis in any order.
        assert!(matches!(reported_signals(site, &pair).await, [14..=16, 14..=16]));
    }
    house.fleet.servers[0].kill();
    assert_eq!(reported_signals(one.site(), &pair).await, [30, 0], "each node reports its own");
    assert_eq!(reported_signals(other.site(), &pair).await, [0, 30]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_posted_to_one_node_reaches_the_stream_at_the_other() {
    let house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let grace = one.site().sign_in("Grace").await;
    let mut stream = EventStream::greet(one.site(), &grace).await;
    let mallory = one.site().sign_in("Mallory").await;
    stream.site = other.site().clone();
    for nonce in 0..20 {
        stream.send(&ClientMessage::Ping(Ping { nonce })).await;
        assert_eq!(stream.receive().await, ServerMessage::Pong(Ping { nonce }));
    }
    let not_found = (StatusCode::NOT_FOUND, Some(Refusal::ConnectionNotFound.code().to_owned()));
    let own = format!("{}?first={}", stream.id, stream.next);
    assert_eq!(stream.post_as(&mallory, &own, "").await, not_found);
    let early = (StatusCode::BAD_REQUEST, Some(Refusal::OutOfOrder.code().to_owned()));
    assert_eq!(stream.post(stream.next + 1, "{}").await, early);
    drop(one);
    assert_eq!(stream.post(stream.next, "").await, not_found, "its node is gone");
    tell_kept("20 of 20 frames that were posted to another node than their stream's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_out_at_one_node_closes_connections_at_the_other() {
    let house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    for form in ["", "everywhere=true"] {
        let mut pair = apart(one.site(), other.site()).await;
        let farewell = one.site().post("/auth/logout", form, &[("cookie", &pair.grace)]).await;
        assert_eq!(farewell.status(), StatusCode::NO_CONTENT);
        assert_eq!(pair.listener.last_words().await, (Refusal::NotSignedIn, 1008));
        assert!(matches!(pair.host.event().await, RoomEvent::MemberConnected { connected: false, .. }));
        let me = other.site().get("/auth/me", Some(&pair.grace)).await;
        assert_eq!(me.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owners_event_reaches_members_at_all_nodes() {
    let house = House::build().await;
    let nodes = [(); 3].map(|()| house.start(&[]));
    let mut pair = apart(nodes[0].site(), nodes[1].site()).await;
    let event = json!({ "room": pair.code, "name": "slide.changed", "payload": "7" });
    // The third node has not had this room before.
    let sent = nodes[2].site().post("/api/events/publish", &event.to_string(), &[("cookie", &pair.ada)]).await;
    assert_eq!(sent.status(), StatusCode::NO_CONTENT);
    let expected = vec![CustomEvent { name: "slide.changed".to_owned(), payload: "7".to_owned() }];
    while pair.host.custom != expected || pair.listener.custom != expected {
        pair.is_undisturbed().await;
        assert!(pair.host.custom.len() <= 1 && pair.listener.custom.len() <= 1);
    }
}

/// How often the log of the only room says that a node is lost.
fn losses(house: &House) -> usize {
    let redis = &house.fleet.servers[0];
    let keys = redis.cli(&["KEYS", "*:log"]);
    redis.cli(&["XRANGE", keys.trim(), "-", "+"]).matches("node_lost").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
async fn members_of_a_node_that_is_killed_enter_their_grace_periods_once_and_come_back() {
    let house = House::build().await;
    let [one, two, three] = [(); 3].map(|()| house.start(&[]));
    let mut pair = apart(two.site(), one.site()).await;
    let linus = one.site().sign_in("Linus").await;
    let (_lost, as_linus) = one.site().join(&linus, pair.code, Role::Listener).await;
    let barbara = three.site().sign_in("Barbara").await;
    let (mut third, _) = three.site().join(&barbara, pair.code, Role::Listener).await;
    for _ in 0..2 {
        assert!(matches!(pair.host.event().await, RoomEvent::MemberJoined { .. }));
    }
    pair.host.drain().await;
    drop(one);
    let killed = Instant::now();
    let mut back = three.site().greet(&pair.grace).await;
    back.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    back.resumed().await;
    let took = killed.elapsed();
    assert!(took < BACK, "{took:?}");
    pair.listener = back;
    assert!(
        matches!(pair.host.event().await, RoomEvent::MemberConnected { connected: true, member } if member == pair.as_listener.member)
    );
    pair.is_undisturbed().await;
    // Linus does not come by himself: the nodes that live notice that his is gone.
    assert!(
        matches!(pair.host.event().await, RoomEvent::MemberConnected { connected: false, member } if member == as_linus.member)
    );
    let noticed = killed.elapsed();
    let mut again = two.site().greet(&linus).await;
    again.send(&resume(pair.code, &as_linus, as_linus.seq)).await;
    again.resumed().await;
    assert!(
        matches!(pair.host.event().await, RoomEvent::MemberConnected { connected: true, member } if member == as_linus.member)
    );
    for (author, nonce) in [(&mut again, 1), (&mut third, 2)] {
        assert_eq!(write_surely(author, nonce).await, 0);
    }
    assert_eq!(losses(&house), 1, "both nodes have noticed, and one entry says so");
    tell_kept(&format!(
        "members of a killed node were back after {took:?}; the others lost their connections once, after {noticed:?}"
    ));
}

async fn look_up(site: &Site, path: &str) -> (StatusCode, String, Value) {
    let answer = site.get(path, None).await;
    let cache = answer.headers().get("x-cache").map(|cache| cache.to_str().expect("text").to_owned());
    (answer.status(), cache.unwrap_or_default(), answer.json().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_share_copies_of_what_is_said_of_a_room_until_it_changes_or_ends() {
    let house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let mut pair = one.site().pair().await;
    let path = format!("/api/rooms/{}", pair.code);
    let (status, cache, report) = look_up(other.site(), &path).await;
    assert_eq!(
        (status, &*cache, &report["listenerCount"]),
        (StatusCode::OK, "HIT", &json!(1)),
        "the pair has asked the first"
    );
    let linus = other.site().sign_in("Linus").await;
    let (_connection, _) = other.site().join(&linus, pair.code, Role::Listener).await;
    for site in [one.site(), other.site()] {
        eventually(async || look_up(site, &path).await.2["listenerCount"] == 2).await;
    }
    let caches = [look_up(one.site(), &path).await.1, look_up(other.site(), &path).await.1];
    assert_eq!(caches, ["HIT", "HIT"]);
    pair.host.say(ToRoom::Stop).await;
    for site in [one.site(), other.site()] {
        eventually(async || look_up(site, &path).await.0 == StatusCode::NOT_FOUND).await;
    }
    let kept = house.fleet.servers[0].cli(&["KEYS", "*:look-up:*"]);
    assert_eq!(kept.trim(), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_copy_of_an_ended_room_that_a_lost_node_has_left_is_dropped_by_another() {
    let house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let (mut pair, redis) = (one.site().pair().await, &house.fleet.servers[0]);
    let path = format!("/api/rooms/{}", pair.code);
    let key = redis.cli(&["KEYS", "*:look-up:*"]).trim().to_owned();
    let copy = redis.cli(&["GET", &key]).trim().to_owned();
    pair.host.say(ToRoom::Stop).await;
    eventually(async || redis.cli(&["EXISTS", &key]).trim() == "0").await;
    // For longer than this test waits.
    redis.cli(&["SET", &key, &copy, "PX", "60000"]);
    assert_eq!(look_up(other.site(), &path).await.1, "HIT", "a node without the room believes it");
    assert_eq!(look_up(one.site(), &path).await.0, StatusCode::NOT_FOUND);
    eventually(async || look_up(other.site(), &path).await.0 == StatusCode::NOT_FOUND).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_count_together_and_each_alone_while_redis_is_away() {
    let mut house = House::build().await;
    let flags = ["--rate-limit-lookup-requests", "6", "--max-rooms-per-address", "2"];
    let nodes = [house.start(&flags), house.start(&flags)];
    let guess = async |node: usize| look_up(nodes[node].site(), "/api/rooms/ZZZ999").await.0;
    for attempt in 0..6 {
        assert_eq!(guess(attempt % 2).await, StatusCode::NOT_FOUND, "{attempt}");
    }
    for node in 0..2 {
        assert_eq!(guess(node).await, StatusCode::TOO_MANY_REQUESTS, "three here and three there");
    }
    let ada = nodes[0].site().sign_in("Ada").await;
    for node in &nodes {
        node.site().create_room(&ada).await;
    }
    for node in &nodes {
        let refused = node.site().submit("create_room", "", &[("cookie", &ada)]).await;
        assert_eq!(refused.status(), StatusCode::CONFLICT, "one here and one there");
    }
    house.fleet.servers[0].kill();
    // Each has counted four by itself.
    for expected in [StatusCode::NOT_FOUND, StatusCode::NOT_FOUND, StatusCode::TOO_MANY_REQUESTS] {
        assert_eq!([guess(0).await, guess(1).await], [expected; 2]);
    }
    house.fleet.servers[0].start_again();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_cut_off_from_redis_closes_connections_whose_sessions_ended_meanwhile() {
    let mut house = House::build().await;
    let (one, other) = (house.start(&[]), house.start(&[]));
    let mut pair = apart(one.site(), other.site()).await;
    house.fleet.servers[0].kill();
    // The database knows at once. The other node cannot be told.
    let farewell = one.site().post("/auth/logout", "", &[("cookie", &pair.grace)]).await;
    assert_eq!(farewell.status(), StatusCode::NO_CONTENT);
    house.fleet.servers[0].start_again();
    pair.listener.close_code().await;
}

/// In which somebody is told that a room cannot be opened, however many ask for one.
const TOLD: Duration = Duration::from_secs(25);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
async fn all_who_open_rooms_while_redis_is_away_are_refused_together() {
    let mut house = House::build().await;
    let node = house.start(&[]);
    let ada = node.site().sign_in("Ada").await;
    house.fleet.servers[0].kill();
    let began = Instant::now();
    let open = async || node.site().submit("create_room", "", &[("cookie", &ada)]).await;
    for refused in join_all((0..4).map(|_| open())).await {
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    let waited = began.elapsed();
    assert!(waited < TOLD, "{waited:?}");
    tell_kept(&format!("without Redis, four who opened rooms at once were refused after {waited:?}"));
    house.fleet.servers[0].start_again();
    eventually(async || open().await.headers().contains_key("location")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stops_is_gone_at_once_for_the_others() {
    let house = House::build().await;
    let operator = Site { authority: format!("127.0.0.1:{}", free_port()) };
    let (one, other) = (house.start(&[]), house.start(&["--metrics-addr", &operator.authority]));
    let nodes = async || {
        let report: Value = operator.get("/api/system/redis", None).await.json().await.expect("a report");
        report["nodes"].as_array().map(Vec::len)
    };
    eventually(async || nodes().await == Some(2)).await;
    // Whoever does not say that they stop counts as alive for three seconds.
    one.terminate();
    assert_eq!(nodes().await, Some(1));
    other.terminate();
}

/// What is sampled of a metric, over all nodes.
pub async fn sum(addresses: &[String], metric: &str) -> f64 {
    let mut sum = 0.0;
    for address in addresses {
        let page = Site { authority: address.clone() }.get("/metrics", None).await.text().await.expect("text");
        let values = page.lines().filter_map(|line| line.strip_prefix(metric)?.trim().parse::<f64>().ok());
        sum += values.sum::<f64>();
    }
    sum
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_numbers_of_nodes_can_be_added_and_an_account_has_one_allowance_in_a_room() {
    let house = House::build().await;
    let addresses = [(); 2].map(|()| format!("127.0.0.1:{}", free_port()));
    let [one, other] = addresses.each_ref().map(|address| house.start(&["--metrics-addr", address]));
    let mut pair = apart(one.site(), other.site()).await;
    for (metric, expected) in [
        (r#"heartogether_rooms{kind="broadcast"}"#, 1.0),
        (r#"heartogether_links{kind="broadcast"}"#, 1.0),
        (r#"heartogether_members{kind="broadcast",state="connected"}"#, 2.0),
        (r#"heartogether_members{kind="broadcast",state="away"}"#, 0.0),
    ] {
        eventually(async || sum(&addresses, metric).await == expected).await;
    }
    let event = json!({ "room": pair.code, "name": "tick" }).to_string();
    let mut allowed = 0;
    for attempt in 0..60 {
        let site = if attempt % 2 == 0 { one.site() } else { other.site() };
        let sent = site.post("/api/events/publish", &event, &[("cookie", &pair.ada)]).await;
        allowed += usize::from(sent.status() == StatusCode::NO_CONTENT);
    }
    // Twenty at once, and five more each second that this takes.
    assert!((20..40).contains(&allowed), "{allowed}");
    pair.is_undisturbed().await;
}
