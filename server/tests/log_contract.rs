//! What every room log does.

mod bench;
mod redis;
mod snapshots;
mod sqlite;

use std::sync::Arc;

use heartogether::{
    id::{AccountId, ConnectionId, DisplayName, MemberId, NodeId, ResumeToken, RoomCode, RoomId, Seq},
    limits::Limits,
    role::{AccountKind, Role},
    room::{ConnectionRef, Entry, Event, JoinRequested, Policy, Room, RoomCreated, step},
    time::Timestamp,
};
use heartogether_server::storage::log::{LogError, PAGE, RoomLog};

use bench::Bench;

const ROOM: RoomId = RoomId::from_bits(1);
const OTHER: RoomId = RoomId::from_bits(2);

pub(crate) fn created(id: RoomId, code: &str) -> RoomCreated {
    RoomCreated {
        id,
        code: code.parse().expect("a code"),
        owner: AccountId::from_bits(1),
        owner_member: MemberId::from_bits(2),
        owner_name: DisplayName::parse("Ada").expect("a name"),
        name: None,
        policy: Policy::broadcast(&Limits::default()),
    }
}

fn lost(connection: u128) -> Event {
    Event::ConnectionLost { connection: ConnectionId::from_bits(connection) }
}

pub(crate) fn asks(account: AccountId, name: &str) -> Event {
    Event::JoinRequested(JoinRequested {
        marks: heartogether::room::Marks::default(),
        connection: ConnectionRef { node: NodeId::from_bits(1), id: ConnectionId::from_bits(2) },
        account,
        name: DisplayName::parse(name).expect("a name"),
        email: Some("somebody@hear.example".to_owned()),
        has_picture: false,
        kind: AccountKind::Known,
        role: Role::Listener,
        take_over: false,
        returns: false,
        member: MemberId::from_bits(3),
        token: ResumeToken::from_bits(4),
    })
}

/// A whole log that fits into a page, from a place on.
async fn read(log: &dyn RoomLog, room: RoomId, after: u64) -> Vec<Arc<Entry>> {
    let page = log.read(room, Seq(after), PAGE).await.expect("read");
    assert_eq!(page.next, None);
    page.entries
}

fn code(text: &str) -> RoomCode {
    text.parse().expect("a code")
}

fn seqs(entries: &[Arc<Entry>]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq.0).collect()
}

/// Runs each of these against every implementation.
macro_rules! contract {
    ($($name:ident)*) => {$(
        mod $name {
            use super::Bench;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn in_memory() {
                super::$name(Bench::memory()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn in_sqlite() {
                super::$name(Bench::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn in_postgres() {
                super::$name(Bench::postgres().await).await;
            }
        }
    )*
    /// All of it, one after the other: where starting what the logs live in takes long.
    async fn keeps_the_contract(mut bench: impl AsyncFnMut() -> Bench) {$(
        $name(bench().await).await;
    )*}
    };
}

contract! {
    a_room_is_created_found_and_closed
    a_code_belongs_to_one_live_room
    entries_are_numbered_kept_and_read_from_any_place
    a_long_log_is_read_page_by_page
    an_unknown_or_closed_room_accepts_no_entry
    time_never_goes_backwards_within_a_room
    concurrent_appends_leave_no_gap_and_reach_subscribers_in_order
    rooms_do_not_mix
    the_rooms_that_name_an_account_are_known_until_they_are_over
    a_snapshot_stands_for_the_entries_before_it_and_two_are_kept
}

async fn a_room_is_created_found_and_closed(bench: Bench) {
    let log = bench.log;
    assert_eq!(log.find(code("ABC234")).await.expect("looked up"), None);
    let entry = log.create(created(ROOM, "ABC234")).await.expect("created");
    assert_eq!((entry.seq, entry.at), (Seq(1), Timestamp::from_millis(1_000)));
    assert_eq!(read(&*log, ROOM, 0).await[0].event, Event::RoomCreated(created(ROOM, "ABC234")));
    assert_eq!(log.find(code("ABC234")).await.expect("looked up"), Some(ROOM));
    assert_eq!(log.live().await.expect("listed"), [ROOM]);
    log.close(ROOM).await.expect("closed");
    log.close(ROOM).await.expect("closed already");
    assert_eq!(log.find(code("ABC234")).await.expect("looked up"), None);
    assert!(log.live().await.expect("listed").is_empty());
    assert!(read(&*log, ROOM, 0).await.is_empty());
}

async fn a_code_belongs_to_one_live_room(bench: Bench) {
    let log = bench.log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let taken = log.create(created(OTHER, "ABC234")).await;
    assert!(matches!(taken, Err(LogError::CodeTaken)), "{taken:?}");
    assert_eq!(log.live().await.expect("listed"), [ROOM]);
    log.close(ROOM).await.expect("closed");
    log.create(created(OTHER, "ABC234")).await.expect("the code is free again");
}

async fn entries_are_numbered_kept_and_read_from_any_place(bench: Bench) {
    let log = bench.log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    for connection in 1..=3 {
        let entry = log.append(ROOM, lost(connection)).await.expect("appended");
        assert_eq!(entry.seq.0, connection as u64 + 1);
    }
    assert_eq!(seqs(&read(&*log, ROOM, 0).await), [1, 2, 3, 4]);
    let rest = read(&*log, ROOM, 2).await;
    assert_eq!(seqs(&rest), [3, 4]);
    assert_eq!((&rest[0].event, &rest[1].event), (&lost(2), &lost(3)));
    assert!(read(&*log, ROOM, 4).await.is_empty());
}

async fn a_long_log_is_read_page_by_page(bench: Bench) {
    let log = bench.log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    for connection in 1..=6 {
        log.append(ROOM, lost(connection)).await.expect("appended");
    }
    let (mut pages, mut from) = (Vec::new(), Some(Seq(0)));
    while let Some(after) = from {
        let page = log.read(ROOM, after, 3).await.expect("read");
        assert!(page.entries.len() <= 3 && page.skipped == 0);
        pages.push(seqs(&page.entries));
        from = page.next;
    }
    assert_eq!(pages.concat(), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(pages[..3], [vec![1, 2, 3], vec![4, 5, 6], vec![7]]);
}

async fn an_unknown_or_closed_room_accepts_no_entry(bench: Bench) {
    let log = bench.log;
    assert!(matches!(log.append(ROOM, Event::Woke).await, Err(LogError::NoSuchRoom)));
    assert!(matches!(log.subscribe(ROOM).await, Err(LogError::NoSuchRoom)));
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let mut entries = log.subscribe(ROOM).await.expect("subscribed");
    log.close(ROOM).await.expect("closed");
    assert!(matches!(log.append(ROOM, Event::Woke).await, Err(LogError::NoSuchRoom)));
    assert!(entries.recv().await.is_err(), "subscribers learn that the room is closed");
}

async fn time_never_goes_backwards_within_a_room(bench: Bench) {
    let Bench { log, clock, .. } = bench;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    for date in [500, 3_600_000] {
        clock.set_date(Timestamp::from_millis(date));
        assert_eq!(log.append(ROOM, Event::Woke).await.expect("appended").at, Timestamp::from_millis(1_000));
    }
    clock.advance(1_000);
    assert_eq!(log.append(ROOM, Event::Woke).await.expect("appended").at, Timestamp::from_millis(2_000));
}

async fn concurrent_appends_leave_no_gap_and_reach_subscribers_in_order(bench: Bench) {
    let log = bench.log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let mut entries = log.subscribe(ROOM).await.expect("subscribed");
    let appended = futures::future::join_all((1..=50).map(|connection| {
        let log = log.clone();
        tokio::spawn(async move { log.append(ROOM, lost(connection)).await.expect("appended").seq.0 })
    }));
    let mut given: Vec<u64> = appended.await.into_iter().map(|seq| seq.expect("no panic")).collect();
    given.sort_unstable();
    let expected: Vec<u64> = (2..=51).collect();
    assert_eq!(given, expected);
    let mut heard = Vec::new();
    while heard.len() < expected.len() {
        heard.push(entries.try_recv().expect("what was appended is there").seq.0);
    }
    assert_eq!(heard, expected);
    assert_eq!(seqs(&read(&*log, ROOM, 1).await), expected);
}

async fn rooms_do_not_mix(bench: Bench) {
    let log = bench.log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    log.create(created(OTHER, "DEF567")).await.expect("created");
    let mut entries = log.subscribe(ROOM).await.expect("subscribed");
    log.append(OTHER, lost(1)).await.expect("appended");
    assert_eq!(log.append(ROOM, lost(2)).await.expect("appended").seq, Seq(2));
    assert_eq!(entries.recv().await.expect("an entry").event, lost(2));
    log.close(OTHER).await.expect("closed");
    assert_eq!(seqs(&read(&*log, ROOM, 0).await), [1, 2]);
}

async fn the_rooms_that_name_an_account_are_known_until_they_are_over(bench: Bench) {
    let (log, grace) = (bench.log, AccountId::from_bits(7));
    log.create(created(ROOM, "ABC234")).await.expect("created");
    log.create(created(OTHER, "DEF567")).await.expect("created");
    log.append(ROOM, asks(grace, "Grace")).await.expect("appended");
    // A connection whose id happens to be an account's.
    log.append(OTHER, lost(7)).await.expect("appended");
    assert_eq!(log.naming(grace).await.expect("looked up"), [ROOM]);
    let mut named = log.naming(AccountId::from_bits(1)).await.expect("looked up");
    named.sort();
    assert_eq!(named, [ROOM, OTHER], "the owner's");
    log.close(ROOM).await.expect("closed");
    assert!(log.naming(grace).await.expect("looked up").is_empty());
}

/// A room after all that its log holds.
async fn replayed(log: &dyn RoomLog) -> Room {
    let room = log.snapshot(ROOM).await.expect("read").unwrap_or_default();
    let entries = read(log, ROOM, room.seq().0).await;
    entries.iter().fold(room, |room, entry| step(room, entry).0)
}

async fn a_snapshot_stands_for_the_entries_before_it_and_two_are_kept(bench: Bench) {
    let (log, grace) = (bench.log, AccountId::from_bits(7));
    assert!(matches!(log.add_snapshot(ROOM, Room::default()).await, Err(LogError::NoSuchRoom)));
    log.create(created(ROOM, "ABC234")).await.expect("created");
    log.append(ROOM, asks(grace, "Grace")).await.expect("appended");
    assert_eq!(log.snapshot(ROOM).await.expect("read"), None);
    let mut rooms = Vec::new();
    for connection in 1..=3 {
        log.append(ROOM, lost(connection)).await.expect("appended");
        let room = replayed(&*log).await;
        log.add_snapshot(ROOM, room.clone()).await.expect("kept");
        assert_eq!(log.snapshot(ROOM).await.expect("read").as_ref(), Some(&room));
        rooms.push(room);
    }
    assert_eq!(rooms[2].members().map(|member| member.name.as_str()).collect::<Vec<_>>(), ["Ada", "Grace"]);
    // The third lets the first go, and what stands before the second.
    assert_eq!(seqs(&read(&*log, ROOM, 0).await), [5]);
    assert_eq!(replayed(&*log).await, rooms[2]);
    assert_eq!(log.append(ROOM, lost(4)).await.expect("appended").seq, Seq(6));
    assert_eq!(log.naming(grace).await.expect("looked up"), [ROOM], "whom entries named that are not there any more");
    log.close(ROOM).await.expect("closed");
    assert_eq!(log.snapshot(ROOM).await.expect("read"), None);
}
