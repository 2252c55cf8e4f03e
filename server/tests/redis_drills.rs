//! What befalls real Redis servers while nodes write to them: nothing acknowledged is lost, and rooms can be written again.

use std::{
    collections::BTreeSet,
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use heartogether::id::{NodeId, RoomId};
use heartogether_server::storage::log::{
    RoomLog,
    redis::{RedisServers, RedisSettings},
    replicated::{
        Incoming,
        healing::Remains,
        server::{LogServers, Message},
    },
};
use tokio::time::{sleep, timeout};

use crate::{
    history::{
        House, ROOM,
        checker::{History, Kept},
        nodes::{Nodes, Reach},
        seed::Random,
    },
    redis_fleet::{Fleet, GONE_MS},
    support::tell_kept,
};

/// In which a room can be written to again.
const AGAIN: Duration = Duration::from_secs(15);

/// Nodes that reach real servers.
struct Url(String);

impl Reach for Url {
    fn join(&self, _: NodeId) -> (Arc<dyn LogServers>, Incoming) {
        let settings = RedisSettings::parse(&self.0, None, true, Duration::from_secs(1)).expect("an address");
        let (servers, incoming) = RedisServers::new(settings);
        (Arc::new(servers), incoming)
    }

    fn leave(&self, _: NodeId) {}
}

/// Nodes under load on real servers.
pub struct Drill {
    pub fleet: Fleet,
    nodes: Nodes,
    history: History,
}

impl Drill {
    pub async fn begin(fleet: Fleet) -> Self {
        let history = History::default();
        let reach = Arc::new(Url(fleet.url.clone()));
        let nodes = Nodes::new(reach, 20, House::new(), history.clone(), Random::new(1));
        nodes.begin(3).await;
        let drill = Self { fleet, nodes, history };
        drill.writes_again().await;
        drill
    }

    /// Waits until entries are applied again. Returns how long it took.
    #[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
    pub async fn writes_again(&self) -> Duration {
        let began = Instant::now();
        timeout(3 * AGAIN, self.nodes.wait_for_entries(20)).await.expect("the room can be written to again");
        began.elapsed()
    }

    /// Lets all come to rest, and checks what was kept.
    pub async fn end(self) -> Kept {
        timeout(Duration::from_secs(60), self.nodes.settle()).await.expect("the room becomes whole").expect("whole");
        let kept = self.history.check(&self.nodes.replay().await.expect("read")).expect("kept");
        tell_kept(&format!("{}: {kept}", std::thread::current().name().unwrap_or("a drill")));
        kept
    }
}

/// Kills the primary while nodes write. Returns how long nobody could write.
pub async fn kill_primary(drill: &mut Drill) -> Duration {
    let killed = drill.fleet.primary();
    drill.fleet.servers[killed].kill();
    let again = drill.writes_again().await;
    drill.fleet.servers[killed].start_again();
    again
}

/// How often a primary is killed in each of these tests: once, or as often as `HISTORY_FAILOVERS` says.
fn failovers() -> u32 {
    std::env::var("HISTORY_FAILOVERS").ok().and_then(|failovers| failovers.parse().ok()).unwrap_or(1)
}

/// Kills the primary, and then nodes that heal the room or give their copies for it. Returns how many nodes, and how long nobody
/// could write.
async fn kill_primary_and_healers(drill: &mut Drill) -> (usize, Duration) {
    let killed = drill.fleet.primary();
    let left = drill.fleet.others_with_rooms(killed);
    drill.fleet.servers[killed].kill();
    let mut died = 0;
    let again = {
        let mut again = pin!(drill.writes_again());
        loop {
            tokio::select! {
                again = &mut again => break again,
                () = sleep(Duration::from_millis(2)), if died < HEALERS => {
                    if left.iter().any(|number| drill.fleet.servers[*number].is_being_healed()) {
                        let healers: BTreeSet<_> = (0..HEALERS).filter_map(|_| drill.nodes.some()).collect();
                        healers.iter().for_each(|node| drill.nodes.kill(*node));
                        healers.iter().for_each(|_| _ = drill.nodes.start(true));
                        died += healers.len();
                    }
                }
            }
        }
    };
    drill.fleet.servers[killed].start_again();
    (died, again)
}

/// How often a node is drawn to be killed at once; the same one may be drawn again.
const HEALERS: usize = 3;

async fn keeps_all_when_healers_are_killed(fleet: Fleet) {
    let (mut drill, mut all) = (Drill::begin(fleet).await, 0);
    for number in 1..=failovers() + 2 {
        let (died, again) = kill_primary_and_healers(&mut drill).await;
        let again = again.as_millis();
        tell_kept(&format!(
            "failover {number}: {died} nodes died while they healed; written to again after {again} ms"
        ));
        drill.fleet.wait_until_whole();
        drill.writes_again().await;
        all += died;
        // Healing may take less time than it takes to notice that it goes on.
        if all > 0 && number >= failovers() {
            break;
        }
    }
    assert!(all > 0, "nodes were killed in the middle of healing");
    assert!(drill.end().await.acknowledged > 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_of_a_cluster_that_are_killed_while_they_heal_lose_nothing() {
    keeps_all_when_healers_are_killed(Fleet::cluster()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_with_sentinels_that_are_killed_while_they_heal_lose_nothing() {
    keeps_all_when_healers_are_killed(Fleet::sentinels()).await;
}

async fn keeps_all_when_its_primary_is_killed(fleet: Fleet) {
    let mut drill = Drill::begin(fleet).await;
    for number in 1..=failovers() {
        let again = kill_primary(&mut drill).await;
        tell_kept(&format!("failover {number}: the room was written to again after {} ms", again.as_millis()));
        assert!(again < AGAIN, "{again:?}");
        drill.fleet.wait_until_whole();
        drill.writes_again().await;
    }
    assert!(drill.end().await.acknowledged > 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_whose_primary_is_killed_keeps_what_was_acknowledged() {
    keeps_all_when_its_primary_is_killed(Fleet::cluster()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sentinels_whose_primary_is_killed_keep_what_was_acknowledged() {
    keeps_all_when_its_primary_is_killed(Fleet::sentinels()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_server_that_is_killed_and_restarted_keeps_what_was_acknowledged() {
    let mut drill = Drill::begin(Fleet::single()).await;
    drill.fleet.servers[0].kill();
    sleep(Duration::from_millis(500)).await;
    drill.fleet.servers[0].start_again();
    let again = drill.writes_again().await;
    assert!(again < AGAIN, "{again:?}");
    assert!(drill.end().await.acknowledged > 20);
}

async fn keeps_all_when_its_primary_is_stopped_and_goes_on(fleet: Fleet) {
    let drill = Drill::begin(fleet).await;
    let stopped = drill.fleet.primary();
    drill.fleet.servers[stopped].signal("STOP");
    let again = drill.writes_again().await;
    assert!(again < AGAIN, "{again:?}");
    sleep(Duration::from_millis(GONE_MS)).await;
    drill.fleet.servers[stopped].signal("CONT");
    drill.writes_again().await;
    drill.fleet.wait_until_whole();
    drill.writes_again().await;
    assert!(drill.end().await.acknowledged > 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_was_split_keeps_what_was_acknowledged() {
    keeps_all_when_its_primary_is_stopped_and_goes_on(Fleet::cluster()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sentinels_that_were_split_keep_what_was_acknowledged() {
    keeps_all_when_its_primary_is_stopped_and_goes_on(Fleet::sentinels()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_written_to_while_its_replica_is_cut_off() {
    let drill = Drill::begin(Fleet::sentinels()).await;
    let replica = 1 - drill.fleet.primary();
    drill.fleet.servers[replica].signal("STOP");
    let again = drill.writes_again().await;
    assert!(again < AGAIN, "{again:?}");
    drill.fleet.servers[replica].signal("CONT");
    drill.fleet.wait_until_whole();
    drill.writes_again().await;
    drill.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_give_back_what_emptied_servers_have_lost() {
    let drill = Drill::begin(Fleet::cluster()).await;
    drill.fleet.empty();
    let again = drill.writes_again().await;
    assert!(again < AGAIN, "{again:?}");
    assert!(drill.end().await.acknowledged > 20);
}

/// Nobody can write, which callers are told in time; and somebody can again.
#[expect(clippy::disallowed_methods, reason = "how long it takes is measured on real servers")]
async fn fails_visibly_and_recovers(break_it: impl Fn(&mut Fleet), mend_it: impl Fn(&mut Fleet)) {
    let mut drill = Drill::begin(Fleet::single()).await;
    break_it(&mut drill.fleet);
    let log = drill.nodes.start(false);
    let began = Instant::now();
    let refused = log.append(ROOM, heartogether::room::Event::Woke).await;
    assert!(refused.is_err() && began.elapsed() < AGAIN, "{refused:?} after {:?}", began.elapsed());
    mend_it(&mut drill.fleet);
    drill.writes_again().await;
    drill.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_away_is_waited_for_and_then_refused() {
    fails_visibly_and_recovers(|fleet| fleet.servers[0].kill(), |fleet| fleet.servers[0].start_again()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_only_reads_is_refused() {
    let read_only = |fleet: &mut Fleet| _ = fleet.servers[0].cli(&["REPLICAOF", "127.0.0.1", "1"]);
    let primary = |fleet: &mut Fleet| _ = fleet.servers[0].cli(&["REPLICAOF", "NO", "ONE"]);
    fails_visibly_and_recovers(read_only, primary).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_full_is_refused() {
    let limit =
        |bytes: &'static str| move |fleet: &mut Fleet| _ = fleet.servers[0].cli(&["CONFIG", "SET", "maxmemory", bytes]);
    fails_visibly_and_recovers(limit("1mb"), limit("0")).await;
}

/// Lets somebody stop waiting after so many polls.
async fn cut_off<T>(polls: usize, waiting: impl Future<Output = T>) -> Option<T> {
    let (mut waiting, mut left) = (pin!(waiting), polls);
    poll_fn(|context| match waiting.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Of the last partition, so that what asks for it is subscribed to at the end.
const LAST: RoomId = RoomId::from_bits(0x7f);

/// Asks all nodes for their copies of a room until a node hears that.
async fn is_heard(servers: &dyn LogServers, incoming: &mut Incoming) -> bool {
    let server = servers.primary(LAST).await.expect("a server");
    let heard = async {
        loop {
            server.call(LAST, 1, Remains::default()).await.expect("called");
            let message = timeout(Duration::from_millis(100), incoming.recv()).await;
            if matches!(message, Ok(Some((_, Message::Call { .. })))) {
                return;
            }
        }
    };
    timeout(AGAIN, heard).await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_hears_of_rooms_also_where_the_first_who_asked_has_stopped_waiting() {
    let fleet = Fleet::single();
    for polls in [0, 1, 2, 4, 8, 16, 32, 64, 128] {
        let (servers, mut incoming) = Url(fleet.url.clone()).join(NodeId::from_bits(1));
        let _ = cut_off(polls, servers.primary(LAST)).await;
        assert!(is_heard(&*servers, &mut incoming).await, "cut off after {polls} polls");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_could_not_subscribe_is_given_up() {
    let fleet = Fleet::single();
    let (servers, mut incoming) = Url(fleet.url.clone()).join(NodeId::from_bits(1));
    fleet.servers[0].cli(&["ACL", "SETUSER", "default", "resetchannels"]);
    assert!(servers.primary(LAST).await.is_err());
    fleet.servers[0].cli(&["ACL", "SETUSER", "default", "allchannels"]);
    assert!(is_heard(&*servers, &mut incoming).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_given_up_does_not_listen_any_more() {
    let fleet = Fleet::single();
    let redis = &fleet.servers[0];
    let (servers, mut incoming) = Url(fleet.url.clone()).join(NodeId::from_bits(1));
    assert!(is_heard(&*servers, &mut incoming).await);
    let server = servers.primary(LAST).await.expect("a server");
    // It answers too late.
    redis.signal("STOP");
    assert!(server.call(LAST, 1, Remains::default()).await.is_err());
    redis.signal("CONT");
    drop(server);
    assert!(is_heard(&*servers, &mut incoming).await);
    let channels = redis.cli(&["PUBSUB", "SHARDCHANNELS"]);
    let channel = channels.lines().next().expect("a channel");
    let alone = async {
        while redis.cli(&["PUBSUB", "SHARDNUMSUB", channel]).lines().last() != Some("1") {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(5), alone).await.expect("one connection listens");
}
