//! Two versions side by side, as during a rolling upgrade.

use std::time::Duration;

use heartogether::{id::NodeId, role::Role};
use reqwest::StatusCode;

use super::house::{House, write, write_surely};
use crate::{
    storage::readiness,
    stored_log::StoredLog,
    support::{Connection, Pair, Site, eventually, free_port, join, refused, resume, tell_kept},
};

/// Sent to another node, and not refused: a page would take that as the last word.
async fn is_sent_away(member: &mut Connection) {
    let (heard, code) = member.until_closed().await;
    let refusals: Vec<_> = heard.iter().filter_map(refused).collect();
    assert_eq!(refusals, []);
    assert_eq!(code, 1001, "its page connects again at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_leaves_a_room_to_the_nodes_of_a_newer_version_that_writes_to_it() {
    let house = House::build().await;
    let old = house.start_patient(&[]).await;
    let (mut pair, mut other) = (old.site.pair().await, old.site.pair().await);
    write_surely(&mut pair.listener, 1).await;
    let stored = StoredLog::of(pair.id, &house.fleet.servers[0]);
    old.pass_quiet_minute(&mut [&mut pair, &mut other]).await;
    eventually(async || stored.snapshots().len() == 1).await;
    // For the nodes that start later, this stands for what the newer version makes of its entry.
    stored.keep_with_next();
    stored.append_unheard_of();
    let last = stored.last();

    let Pair { code, host, listener, ada, grace, as_host, as_listener, .. } = &mut pair;
    is_sent_away(host).await;
    is_sent_away(listener).await;
    // A balancer may send them to this node again, and others too.
    for (cookie, joined) in [(&ada, &as_host), (&grace, &as_listener)] {
        let mut again = old.site.greet(cookie).await;
        again.send(&resume(*code, joined, joined.seq)).await;
        is_sent_away(&mut again).await;
    }
    let mut newcomer = old.site.greet(&old.site.sign_in("Linus").await).await;
    newcomer.send(&join(*code, Role::Listener)).await;
    is_sent_away(&mut newcomer).await;
    let report = old.site.get(&format!("/api/rooms/{code}"), None).await;
    assert_eq!(report.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(report.text().await.expect("text").contains("cannot open the room"));
    assert_eq!(stored.last(), last, "the old node appends nothing");
    assert_eq!(readiness(&old.site).await.0, StatusCode::OK, "it is one room");
    other.is_undisturbed().await;
    assert_eq!(write_surely(&mut other.listener, 1).await, 0);

    let new = house.start_patient(&[]).await;
    for (member, cookie, joined) in [(host, &ada, &as_host), (listener, &grace, &as_listener)] {
        *member = new.site.greet(cookie).await;
        member.send(&resume(*code, joined, joined.seq)).await;
        member.resumed().await;
    }
    assert_eq!(write_surely(&mut pair.listener, 2).await, 0);
    pair.host.drain().await;
    pair.is_undisturbed().await;
    tell_kept(
        "a newer version wrote to a room: the old node sent 2 of 2 members away and appended nothing, and they went on elsewhere",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_the_first_to_find_what_a_newer_version_wrote_is_sent_away_too() {
    let house = House::build().await;
    let old = house.start_patient(&[]).await;
    let mut pair = old.site.pair().await;
    StoredLog::of(pair.id, &house.fleet.servers[0]).append_untold();
    pair.listener.say(write(1)).await;
    is_sent_away(&mut pair.listener).await;
    is_sent_away(&mut pair.host).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_looks_after_all_rooms_beside_nodes_of_an_older_version() {
    let house = House::build().await;
    let metrics = format!("127.0.0.1:{}", free_port());
    let node = house.start(&["--metrics-addr", &metrics]);
    let redis = &house.fleet.servers[0];
    let key = redis.cli(&["KEYS", "*:nodes"]).trim().to_owned();
    // They say that they live, and no version, for longer than this test lasts.
    let older: Vec<_> = (0..50).map(|bits| NodeId::from_bits(1_000 + bits).to_string()).collect();
    for id in &older {
        redis.cli(&["ZADD", &key, "9000000000000", id]);
    }
    let operator = Site { authority: metrics };
    let listed = async || {
        let report = operator.get("/api/system/redis", None).await;
        report.json::<serde_json::Value>().await.expect("a report")["nodes"].as_array().map_or(0, Vec::len)
    };
    eventually(async || listed().await == 51).await;
    let _pair = node.site().pair().await;
    let mut shares = 0;
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let page = operator.get("/metrics", None).await.text().await.expect("text");
        shares += usize::from(page.contains("heartogether_rooms{kind=\"broadcast\"} 1"));
    }
    assert!(shares >= 4, "the room counts at the node that looks after it: {shares}");
}
