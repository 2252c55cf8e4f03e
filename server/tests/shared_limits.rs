//! Allowances that nodes count together on a real Redis: their script does what the algorithm says.

use std::{cell::Cell, sync::Arc};

use futures::future::join_all;
use heartogether::{id::RoomId, limits::Quota, time::Timestamp};
use heartogether_server::{
    cluster::{Action, Limit, SharedAllowances, SharedOpenRooms},
    storage::log::redis::{RedisServers, RedisSettings},
};

use crate::{history::seed::Random, redis_fleet::Fleet};

const WINDOW_MS: u64 = 60_000;
const LIMIT: Limit = Limit { name: "tests", quota: Quota { count: 6, window_ms: WINDOW_MS } };
const NOW: Timestamp = Timestamp::from_millis(1_000_000);
/// Microseconds.
const BEGIN: u64 = 1_800_000_000_000_000;

/// A node, on servers that are there as long as it is.
fn node(fleet: &Fleet) -> (SharedAllowances, Box<dyn Send>) {
    let timeout = std::time::Duration::from_secs(2);
    let settings = RedisSettings::parse(&fleet.url, None, true, timeout).expect("an address");
    let (servers, incoming) = RedisServers::new(settings);
    (SharedAllowances::new(servers.shared(), b"a secret of the tests"), Box::new((servers, incoming)))
}

fn keys(names: &[(&str, u32)]) -> Vec<(String, u32)> {
    names.iter().map(|(name, times)| ((*name).to_owned(), *times)).collect()
}

/// The generic cell rate algorithm, of one key: when it has all of its allowance again, in microseconds.
#[derive(Default)]
struct Model(f64);

impl Model {
    fn ask(&mut self, action: Action, limit: f64, now: f64) -> (bool, u64) {
        let (window, interval) = (WINDOW_MS as f64 * 1_000.0, WINDOW_MS as f64 * 1_000.0 / limit);
        let full = self.0.max(now).min(now + window);
        let left = |full: f64| ((now + window - full) / interval + 0.001).floor().max(0.0) as u64;
        match action {
            Action::GiveBack => {
                self.0 = full - interval;
                (false, 0)
            }
            _ if left(full) < 1 => (true, 0),
            Action::Look => (false, left(full)),
            Action::Take => {
                self.0 = full + interval;
                (false, left(self.0))
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_script_counts_as_the_algorithm_does() {
    let fleet = Fleet::single();
    let ((shared, _servers), mut random) = (node(&fleet), Random::new(7));
    let (mut model, mut at_us, one) = (Model::default(), BEGIN, keys(&[("one", 1)]));
    let mut refused = 0;
    for step in 0..600 {
        at_us += random.below(3_000_000);
        let action =
            [Action::Take, Action::Take, Action::Take, Action::Look, Action::GiveBack][random.below(5) as usize];
        let [is_exceeded, left, ..] = shared.ask_redis(action, LIMIT, &one, at_us).await.expect("an answer");
        let expected = model.ask(action, 6.0, at_us as f64);
        assert_eq!((is_exceeded == 1, left), expected, "{action:?} in step {step}");
        refused += is_exceeded;
    }
    assert!((20..500).contains(&refused), "{refused}");
    let calls = fleet.servers[0].cli(&["INFO", "commandstats"]);
    assert!(calls.contains("cmdstat_evalsha:") && !calls.contains("cmdstat_eval:"), "it is sent once: {calls}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_take_at_once_take_no_more_than_there_is() {
    let fleet = Fleet::cluster();
    let nodes: Vec<_> = (0..3).map(|_| node(&fleet)).collect();
    let one = keys(&[("one", 1)]);
    let first = nodes[0].0.ask(Action::Look, LIMIT, &one, NOW).await;
    // The first connection may take its time.
    let first =
        if first.is_none() { nodes[0].0.ask(Action::Look, LIMIT, &one, NOW.after_ms(2_000)).await } else { first };
    assert_eq!(first.map(|first| (first.remaining, first.limit, first.is_exceeded)), Some((6, 6, false)));
    for (other, _servers) in &nodes[1..] {
        let _ = other.ask_redis(Action::Look, LIMIT, &one, 0).await.expect("an answer");
    }
    let takes = (0..24).map(|number| nodes[number % 3].0.ask_redis(Action::Take, LIMIT, &one, 0));
    let taken = join_all(takes).await.into_iter().filter(|taken| taken.expect("an answer")[0] == 0).count();
    assert_eq!(taken, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_takes_of_all_its_keys_or_of_none_and_names_the_tightest() {
    let fleet = Fleet::cluster();
    let (shared, _servers) = node(&fleet);
    let ask = async |action, names: &[(&str, u32)]| {
        shared.ask_redis(action, LIMIT, &keys(names), BEGIN).await.expect("an answer")
    };
    for left in [5, 4, 3, 2, 1, 0] {
        assert_eq!(ask(Action::Take, &[("small", 1), ("wide", 2)]).await[..2], [0, left]);
    }
    let [is_exceeded, left, reset_ms, limit] = ask(Action::Take, &[("small", 1), ("wide", 2)]).await;
    assert_eq!((is_exceeded, left, reset_ms, limit), (1, 0, WINDOW_MS / 6, 6), "one more after a sixth of the window");
    assert_eq!(ask(Action::Look, &[("wide", 2)]).await[..2], [0, 6], "what was refused took nothing");
    for left in [5, 4, 3, 2, 1, 0] {
        assert_eq!(ask(Action::Take, &[("other", 1), ("wide", 2)]).await[1], left);
    }
    assert_eq!(ask(Action::Take, &[("third", 1), ("wide", 2)]).await[..2], [1, 0], "the network has none left");
    assert_eq!(ask(Action::Look, &[("third", 1)]).await[1], 6);
    ask(Action::GiveBack, &[("small", 1), ("wide", 2)]).await;
    assert_eq!(ask(Action::Take, &[("small", 1), ("wide", 2)]).await[..2], [0, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_nobodys_address_and_end_by_themselves() {
    let fleet = Fleet::single();
    let (shared, _servers) = node(&fleet);
    let short = Limit { name: "tests", quota: Quota { count: 2, window_ms: 300 } };
    let address = keys(&[("192.0.2.7/32", 1)]);
    for expected in [0, 0, 1] {
        assert_eq!(shared.ask_redis(Action::Take, short, &address, 0).await.expect("an answer")[0], expected);
    }
    let kept = fleet.servers[0].cli(&["KEYS", "*"]);
    assert!(kept.contains(":l:tests:") && !kept.contains("192"), "{kept}");
    crate::support::eventually(async || fleet.servers[0].cli(&["KEYS", "*:l:*"]).trim().is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_is_away_is_not_asked_for_a_second() {
    let mut fleet = Fleet::single();
    let (shared, _servers) = node(&fleet);
    let shared = Arc::new(shared);
    let one = keys(&[("one", 1)]);
    assert!(shared.ask_redis(Action::Take, LIMIT, &one, 0).await.is_some());
    fleet.servers[0].kill();
    assert_eq!(shared.ask(Action::Take, LIMIT, &one, NOW).await, None);
    fleet.servers[0].start_again();
    assert_eq!(shared.ask(Action::Take, LIMIT, &one, NOW.after_ms(999)).await, None, "nobody waits for it");
    let now = Cell::new(NOW);
    crate::support::eventually(async || {
        now.set(now.get().after_ms(1_000));
        shared.ask(Action::Take, LIMIT, &one, now.get()).await.is_some()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rooms_that_nodes_open_from_an_address_are_counted_until_they_end_or_their_node_is_gone() {
    let fleet = Fleet::cluster();
    let open_rooms = |counts_for| {
        let settings =
            RedisSettings::parse(&fleet.url, None, true, std::time::Duration::from_secs(2)).expect("an address");
        let (servers, incoming) = RedisServers::new(settings);
        (SharedOpenRooms::new(servers.shared(), b"a secret of the tests", counts_for), (servers, incoming))
    };
    let (here, _servers) = open_rooms(std::time::Duration::from_secs(60));
    let (gone_soon, _others) = open_rooms(std::time::Duration::from_millis(400));
    let [one, two, three] = [1, 2, 3].map(RoomId::from_bits);
    let block = "192.0.2.7/32";
    crate::support::eventually(async || here.note(block, &[], &[]).await == Some(0)).await;
    crate::support::eventually(async || gone_soon.note("another", &[], &[]).await == Some(0)).await;
    assert_eq!(here.note(block, &[one, two], &[]).await, Some(2));
    assert_eq!(here.note(block, &[one], &[two]).await, Some(1));
    assert_eq!(gone_soon.note(block, &[three], &[]).await, Some(2));
    crate::support::eventually(async || here.note(block, &[], &[]).await == Some(1)).await;
    assert_eq!(here.note("198.51.100.1/32", &[], &[]).await, Some(0));
}
