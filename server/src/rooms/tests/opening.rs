//! What it takes to open a room, however much is behind it. How long it takes is measured by `benches/long_room.rs`; here is counted
//! what is read and decoded.

use heartogether::{
    engagement::{MessageText, Reaction},
    room::Command,
};
use serde::Serialize;

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use heartogether::room::Entry;

use super::*;

/// Entries between two snapshots of a room that somebody is in, as `docs/decisions/31-archive-and-snapshots.md` has it.
const EVERY: u64 = 500;
/// The same once nobody is connected.
const ASLEEP: u64 = 50;
/// Bytes that are read at most, as JSON: a fifth of the 5 MB that a room may take, since values in memory are larger.
const BYTES: usize = 1_000_000;
const LISTENERS: u64 = 30;

/// What was read of a log.
#[derive(Default)]
pub(super) struct Read {
    entries: AtomicUsize,
    bytes: AtomicUsize,
}

impl Read {
    pub(super) fn count_entry(&self, entry: &Entry) {
        self.entries.fetch_add(1, SeqCst);
        self.count_bytes(entry);
    }

    pub(super) fn count_snapshot(&self, room: &Room) {
        self.count_bytes(room);
    }

    fn count_bytes(&self, value: &impl Serialize) {
        self.bytes.fetch_add(serde_json::to_vec(value).expect("JSON").len(), SeqCst);
    }

    /// The entries and the bytes since this was asked last.
    fn take(&self) -> (usize, usize) {
        (self.entries.swap(0, SeqCst), self.bytes.swap(0, SeqCst))
    }
}

fn connection(listener: u64) -> ConnectionId {
    ConnectionId::from_bits(100 + u128::from(listener))
}

fn account(listener: u64) -> AccountId {
    AccountId::from_bits(100 + u128::from(listener))
}

fn asks_to_listen(listener: u64) -> Event {
    let Event::JoinRequested(host) = asks_to_host() else { panic!("a request for a place") };
    let connection = ConnectionRef { node: NODE, id: connection(listener) };
    let member = MemberId::from_bits(100 + u128::from(listener));
    let (account, role) = (account(listener), Role::Listener);
    Event::JoinRequested(JoinRequested { connection, account, role, member, ..host })
}

/// What the next listener says: one in twenty writes, the others react.
fn says(number: u64) -> Event {
    let listener = number % LISTENERS;
    let text = MessageText::parse(&format!("message {number:042}")).expect("a message as long as may be");
    let nonce = u32::try_from(number).expect("few enough");
    let command = match number % 20 {
        0 => Command::Write {
            nonce,
            text,
            pictures: Vec::new(),
            reply_to: None,
            answered: None,
            is_archived: false,
            markup: None,
        },
        _ => Command::React { reaction: Reaction::Fire },
    };
    Event::Commanded { connection: connection(listener), account: account(listener), command }
}

/// A room with so many entries behind it, of people who write and react; all is written that was to be.
async fn room_with(entries: u64) -> Scene {
    let scene = Scene::set(true).await;
    for listener in 0..LISTENERS {
        scene.log.append(ROOM, asks_to_listen(listener)).await.expect("appended");
    }
    let mut last = Seq::default();
    while last.0 < entries {
        last = scene.log.append(ROOM, says(last.0)).await.expect("appended").seq;
        if last.0 % 100 == 0 {
            assert!(scene.room.at(last).is_member(HOST).await, "the room keeps up");
        }
    }
    // Whoever reads the archive waits for what was to be written before, snapshots too.
    scene.room.at(last).reading(Reader::Page(HOST)).await.expect("the host reads");
    scene
}

#[tokio::test]
async fn a_room_reads_no_more_to_open_than_its_latest_snapshot_and_what_came_after() {
    for entries in [400, 999, 1_000, 20_499] {
        let scene = room_with(entries).await;
        scene.log.read.take();
        let rooms = open_rooms(scene.log.clone());
        let summary = rooms.open(ROOM).summarise(None).await.expect("the room is there");
        assert_eq!((summary.host_connected, u64::from(summary.listener_count)), (true, LISTENERS));
        let (read, bytes) = scene.log.read.take();
        let after_snapshot = if entries < EVERY { entries } else { entries % EVERY };
        assert_eq!(read as u64, after_snapshot, "{entries} entries");
        assert!(bytes < BYTES, "{entries} entries: {bytes} bytes");
    }
}

#[tokio::test]
async fn a_log_keeps_no_more_entries_than_came_after_the_older_of_two_snapshots() {
    let scene = room_with(20_499).await;
    let mut kept = Vec::new();
    let mut from = Some(Seq::default());
    while let Some(after) = from {
        let page = scene.log.log.read(ROOM, after, PAGE).await.expect("read");
        kept.extend(page.entries.iter().map(|entry| entry.seq.0));
        from = page.next;
    }
    assert_eq!((kept.first(), kept.last()), (Some(&19_501), Some(&20_499)));
}

#[tokio::test]
async fn a_snapshot_is_kept_every_500_entries_while_somebody_is_there() {
    let scene = room_with(4 * EVERY + 1).await;
    let kept = scene.log.snapshots.lock().expect("no poison").clone();
    assert_eq!(kept, [1, 2, 3, 4].map(|times| Seq(times * EVERY)));
}

#[tokio::test]
async fn a_snapshot_is_kept_every_50_entries_once_nobody_is_there() {
    let log = FaultyLog::new(true);
    log.create(created()).await.expect("created");
    let rooms = open_rooms(log.clone());
    assert!(!rooms.open(ROOM).is_member(HOST).await, "nobody is there");
    for number in 1..4 * ASLEEP {
        let connection = ConnectionId::from_bits(1_000 + u128::from(number));
        let appended = log.append(ROOM, Event::ConnectionLost { connection }).await.expect("appended").seq;
        rooms.open(ROOM).at(appended).is_member(HOST).await;
    }
    let kept = || log.snapshots.lock().expect("no poison").clone();
    while kept().len() < 4 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(kept(), [1, 2, 3, 4].map(|times| Seq(times * ASLEEP)));
}
