//! The contract on real Redis servers, and what is theirs alone.

mod lost_rooms;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::future::join_all;
use heartogether::{
    id::{AccountId, NodeId, RoomCode, RoomId, Seq},
    room::{Room, step},
};
use heartogether_server::storage::{
    StorageError,
    epochs::{Epoch, Epochs, MemoryEpochs, SqlEpochs},
    log::{
        AppendNonce, LogError,
        redis::{RedisServers, RedisSettings},
        replicated::{
            Kept, MemoryDirectory, Parts, ReplicatedLog, RoomDirectory, SqlDirectory,
            copy::Contents,
            position::{Position, StoredSnapshot},
        },
    },
};
use tokio::sync::Notify;

use super::{
    Bench, OTHER, ROOM,
    bench::{File, clock},
    created, keeps_the_contract, lost, read, seqs,
};
use crate::{
    redis_fleet::Fleet,
    stored_log::StoredLog,
    support::{self, PostgresDatabase},
};

/// A log on emptied servers.
fn empty(fleet: &Fleet) -> Bench {
    start(fleet, Arc::new(MemoryDirectory::default()), Arc::new(MemoryEpochs::default()))
}

/// A log on emptied servers whose rooms are known to a database.
async fn empty_in_postgres(fleet: &Fleet) -> Bench {
    let kept = PostgresDatabase::create().await;
    let database = kept.open().await;
    let (directory, epochs) = (SqlDirectory::new(database.clone()), SqlEpochs::new(database));
    Bench { _kept: Some(Box::new(kept)), ..start(fleet, Arc::new(directory), Arc::new(epochs)) }
}

fn start(fleet: &Fleet, directory: Arc<dyn RoomDirectory>, epochs: Arc<dyn Epochs>) -> Bench {
    fleet.empty();
    join(fleet, 1, directory, epochs)
}

/// The log as another node has it.
fn join(fleet: &Fleet, node: u128, directory: Arc<dyn RoomDirectory>, epochs: Arc<dyn Epochs>) -> Bench {
    let clock = clock();
    let settings = RedisSettings::parse(&fleet.url, None, true, Duration::from_secs(2)).expect("an address");
    let (servers, incoming) = RedisServers::new(settings);
    let (node, servers, sealer) = (NodeId::from_bits(node), Arc::new(servers), support::sealer());
    let log = ReplicatedLog::start(Parts { node, servers, incoming, epochs, directory, sealer, clock: clock.clone() });
    Bench { log: Arc::new(log), clock, _kept: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_redis_keeps_the_contract() {
    let fleet = Fleet::single();
    keeps_the_contract(async || empty_in_postgres(&fleet).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_with_sentinels_keeps_the_contract() {
    let fleet = Fleet::sentinels();
    assert_eq!(fleet.sentinel_count(), 3);
    keeps_the_contract(async || empty(&fleet)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_cluster_keeps_the_contract() {
    let fleet = Fleet::cluster();
    keeps_the_contract(async || empty(&fleet)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_append_is_answered_with_its_place() {
    let fleet = Fleet::single();
    let log = empty(&fleet).log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let nonce = AppendNonce::from_bits(7);
    let first = log.append_once(ROOM, nonce, lost(1)).await.expect("appended");
    log.append(ROOM, lost(2)).await.expect("appended");
    assert_eq!(log.append_once(ROOM, nonce, lost(1)).await.expect("there already"), first);
    assert_eq!(seqs(&read(&*log, ROOM, 0).await), [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_steps_aside_where_it_does_not_understand_an_entry_until_a_snapshot_has_it() {
    let fleet = Fleet::single();
    let Bench { log, clock, .. } = empty(&fleet);
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let stored = StoredLog::of(ROOM, &fleet.servers[0]);
    let kept = step(Room::default(), &read(&*log, ROOM, 0).await[0]).0;
    log.add_snapshot(ROOM, kept).await.expect("kept");
    let mut entries = log.subscribe(ROOM).await.expect("subscribed");
    stored.keep_with_next();
    stored.append_unheard_of();
    assert!(entries.recv().await.is_err(), "the room's task is told");
    assert!(matches!(log.append(ROOM, lost(1)).await, Err(LogError::NotUnderstood)));
    assert!(matches!(log.read(ROOM, Seq(0), 9).await, Err(LogError::NotUnderstood)));
    assert_eq!(stored.last(), 2, "nothing was appended");
    // The node forgets what nobody uses, and whoever asks in vain does not use it.
    clock.advance(60_000);
    support::eventually(async || log.snapshot(ROOM).await.is_ok()).await;
    assert_eq!(log.snapshot(ROOM).await.expect("read").map(|room| room.seq()), Some(Seq(2)));
    assert_eq!(log.append(ROOM, lost(1)).await.expect("appended").seq, Seq(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_steps_aside_where_it_does_not_understand_the_only_snapshot() {
    let fleet = Fleet::single();
    let (directory, epochs) = (Arc::new(MemoryDirectory::default()), Arc::new(MemoryEpochs::default()));
    let log = start(&fleet, directory.clone(), epochs.clone()).log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let kept = step(Room::default(), &read(&*log, ROOM, 0).await[0]).0;
    log.add_snapshot(ROOM, kept).await.expect("kept");
    drop(log);
    StoredLog::of(ROOM, &fleet.servers[0]).keep_in_new_format();
    let log = join(&fleet, 2, directory, epochs).log;
    assert!(matches!(log.snapshot(ROOM).await, Err(LogError::NotUnderstood)));
    assert!(matches!(log.append(ROOM, lost(1)).await, Err(LogError::NotUnderstood)));
}

/// The keys of rooms' logs.
fn keys(fleet: &Fleet) -> String {
    fleet.servers[0].cli(&["KEYS", "*:r:*:meta"]).trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_has_left_of_a_room_while_it_died_is_deleted_some_day() {
    let fleet = Fleet::single();
    let (directory, epochs) = (Arc::new(MemoryDirectory::default()), Arc::new(MemoryEpochs::default()));
    let log = start(&fleet, directory.clone(), epochs.clone()).log;
    for (room, code) in [(ROOM, "ABC234"), (OTHER, "ABC235")] {
        log.create(created(room, code)).await.expect("created");
    }
    directory.remove(ROOM).await.expect("it died after this");
    drop(log);
    let log = join(&fleet, 2, directory, epochs.clone()).log;
    log.forget_gone().await.expect("looked");
    assert!(keys(&fleet).contains(&ROOM.to_string()), "a room that is being created looks the same");
    log.forget_gone().await.expect("deleted");
    let left = keys(&fleet);
    assert!(!left.contains(&ROOM.to_string()) && left.contains(&OTHER.to_string()), "{left}");
    assert_eq!(epochs.rooms().await.expect("read"), [OTHER].into());
    assert_eq!(seqs(&read(&*log, OTHER, 0).await), [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_has_stopped_gives_no_room_back() {
    let fleet = Fleet::single();
    let (directory, epochs) = (Arc::new(MemoryDirectory::default()), Arc::new(MemoryEpochs::default()));
    let log = start(&fleet, directory.clone(), epochs.clone()).log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let stopped = join(&fleet, 2, directory, epochs).log;
    stopped.stop().await;
    fleet.empty();
    let read = stopped.read(ROOM, Seq(0), 9).await;
    assert!(matches!(read, Err(LogError::Stopped)), "{read:?}");
    assert_eq!(keys(&fleet), "", "another node may have taken its place");
}

/// Epochs that are drawn only when a test lets them be drawn.
#[derive(Default)]
struct HeldEpochs {
    epochs: Arc<MemoryEpochs>,
    is_asked: Notify,
    may_go_on: Notify,
}

#[async_trait]
impl Epochs for HeldEpochs {
    async fn draw(&self, room: RoomId) -> Result<Epoch, StorageError> {
        self.is_asked.notify_one();
        self.may_go_on.notified().await;
        self.epochs.draw(room).await
    }

    async fn latest(&self, room: RoomId) -> Result<Epoch, StorageError> {
        self.epochs.latest(room).await
    }

    async fn rooms(&self) -> Result<BTreeSet<RoomId>, StorageError> {
        self.epochs.rooms().await
    }

    async fn forget(&self, room: RoomId) -> Result<(), StorageError> {
        self.epochs.forget(room).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_ends_while_it_is_healed_does_not_come_back() {
    let fleet = Fleet::single();
    let (directory, held) = (Arc::new(MemoryDirectory::default()), Arc::new(HeldEpochs::default()));
    let log = start(&fleet, directory.clone(), held.epochs.clone()).log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let other = join(&fleet, 2, directory, held.clone()).log;
    assert_eq!(seqs(&read(&*other, ROOM, 0).await), [1]);
    fleet.empty();
    let healing = tokio::spawn(async move { other.append(ROOM, lost(1)).await });
    held.is_asked.notified().await;
    log.close(ROOM).await.expect("closed");
    held.may_go_on.notify_one();
    let appended = healing.await.expect("an answer");
    assert!(matches!(appended, Err(LogError::NoSuchRoom)), "{appended:?}");
    assert_eq!(keys(&fleet), "");
    assert_eq!(held.rooms().await.expect("read"), BTreeSet::new());
}

/// A directory that gives the log of a single server only when a test lets it.
struct HeldDirectory {
    directory: Arc<SqlDirectory>,
    is_asked: Notify,
    may_go_on: Notify,
}

#[async_trait]
impl RoomDirectory for HeldDirectory {
    async fn add(&self, room: RoomId, code: RoomCode, accounts: &BTreeSet<AccountId>) -> Result<bool, StorageError> {
        self.directory.add(room, code, accounts).await
    }

    async fn find(&self, code: RoomCode) -> Result<Option<RoomId>, StorageError> {
        self.directory.find(code).await
    }

    async fn is_live(&self, room: RoomId) -> Result<bool, StorageError> {
        self.directory.is_live(room).await
    }

    async fn live(&self) -> Result<Vec<RoomId>, StorageError> {
        self.directory.live().await
    }

    async fn note(&self, room: RoomId, accounts: &BTreeSet<AccountId>) -> Result<(), StorageError> {
        self.directory.note(room, accounts).await
    }

    async fn naming(&self, account: AccountId) -> Result<Vec<RoomId>, StorageError> {
        self.directory.naming(account).await
    }

    async fn earlier_log(&self, room: RoomId) -> Result<Option<Contents>, StorageError> {
        self.is_asked.notify_one();
        self.may_go_on.notified().await;
        self.directory.earlier_log(room).await
    }

    async fn drop_earlier_log(&self, room: RoomId) -> Result<(), StorageError> {
        self.directory.drop_earlier_log(room).await
    }

    async fn keep_copy(&self, room: RoomId, copy: &StoredSnapshot) -> Result<(), StorageError> {
        self.directory.keep_copy(room, copy).await
    }

    async fn copied(&self, room: RoomId) -> Result<Option<Position>, StorageError> {
        self.directory.copied(room).await
    }

    async fn kept(&self, room: RoomId) -> Result<Option<Kept>, StorageError> {
        self.directory.kept(room).await
    }

    async fn remove(&self, room: RoomId) -> Result<(), StorageError> {
        self.directory.remove(room).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_that_find_a_room_of_a_single_server_at_once_both_open_it() {
    let (file, fleet, epochs) = (File::with_room().await, Fleet::single(), Arc::new(MemoryEpochs::default()));
    let directory = Arc::new(SqlDirectory::new(file.pool.clone()));
    let [is_asked, may_go_on] = Default::default();
    let held = Arc::new(HeldDirectory { directory: directory.clone(), is_asked, may_go_on });
    let other = join(&fleet, 1, held.clone(), epochs.clone()).log;
    // Its first look at all of its rooms is over.
    support::eventually(async || fleet.servers[0].cli(&["KEYS", "*:nodes"]).trim() != "").await;
    let log = join(&fleet, 2, directory, epochs).log;
    let reading = tokio::spawn(async move { other.read(ROOM, Seq(0), 9).await });
    held.is_asked.notified().await;
    assert_eq!(seqs(&read(&*log, ROOM, 0).await), [1]);
    held.may_go_on.notify_one();
    let page = reading.await.expect("an answer").expect("the room is on Redis by now");
    assert_eq!(seqs(&page.entries), [1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_heals_many_rooms_has_the_copies_of_one_that_has_just_started() {
    let fleet = Fleet::single();
    let (directory, epochs) = (Arc::new(MemoryDirectory::default()), Arc::new(MemoryEpochs::default()));
    let bench = start(&fleet, directory.clone(), epochs.clone());
    // Nodes look for each other once a second, so the first one does not know the other yet.
    support::eventually(async || fleet.servers[0].cli(&["KEYS", "*:nodes"]).trim() != "").await;
    let other = join(&fleet, 2, directory, epochs).log;
    // At each of them, the other node's answer may be late.
    let rooms = (1..=30).map(RoomId::from_bits).collect::<Vec<_>>();
    for (room, code) in rooms.iter().zip("ABCDEFGHJKMNPQRSTUVWXYZ23456789".chars()) {
        other.create(created(*room, &format!("AAAAA{code}"))).await.expect("created");
    }
    fleet.empty();
    let read = join_all(rooms.iter().map(|room| bench.log.read(*room, Seq(0), 9))).await;
    for page in read {
        assert_eq!(seqs(&page.expect("read").entries), [1]);
    }
}
