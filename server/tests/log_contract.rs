//! What every room log does.

mod snapshots;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use futures::future::{join, join_all};
use heartogether::{
    id::{AccountId, ConnectionId, DisplayName, MemberId, NodeId, ResumeToken, RoomCode, RoomId, Seq},
    limits::Limits,
    role::{AccountKind, Role},
    room::{ConnectionRef, Entry, Event, JoinRequested, Policy, Room, RoomCreated, step},
    time::Timestamp,
};
use heartogether_server::{
    clock::{Clock, ManualClock},
    storage::{
        database,
        log::{LogError, MemoryLog, PAGE, RoomLog, SqliteLog},
    },
};
use tempfile::TempDir;

use crate::support;

const ROOM: RoomId = RoomId::from_bits(1);
const OTHER: RoomId = RoomId::from_bits(2);

pub(crate) fn created(id: RoomId, code: &str) -> RoomCreated {
    RoomCreated {
        id,
        code: code.parse().expect("a code"),
        owner: AccountId::from_bits(1),
        owner_member: MemberId::from_bits(2),
        owner_name: DisplayName::parse("Ada").expect("a name"),
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
        kind: AccountKind::Known,
        role: Role::Listener,
        take_over: false,
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

/// A log on a clock of its own, and what it lives in.
struct Bench {
    clock: Arc<ManualClock>,
    log: Arc<dyn RoomLog>,
    _folder: Option<TempDir>,
}

impl Bench {
    fn memory() -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
        Self { log: Arc::new(MemoryLog::new(clock.clone())), clock, _folder: None }
    }

    async fn sqlite() -> Self {
        let folder = TempDir::new().expect("a folder");
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
        let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
        Self { log: Arc::new(SqliteLog::new(pool, clock.clone(), support::sealer())), clock, _folder: Some(folder) }
    }
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
        }
    )*};
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
    assert_eq!(entry.event, Event::RoomCreated(created(ROOM, "ABC234")));
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
        assert_eq!((entry.seq.0, &entry.event), (connection as u64 + 1, &lost(connection)));
    }
    assert_eq!(seqs(&read(&*log, ROOM, 0).await), [1, 2, 3, 4]);
    let rest = read(&*log, ROOM, 2).await;
    assert_eq!(seqs(&rest), [3, 4]);
    assert_eq!(rest[1].event, lost(3));
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

/// Whatever rolls a transaction back by itself, such as `SQLITE_FULL` (https://sqlite.org/lang_transaction.html, section 3.1),
/// costs that batch and no later one.
#[tokio::test]
async fn sqlite_goes_on_after_a_transaction_that_was_rolled_back() {
    let folder = TempDir::new().expect("a folder");
    let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
    let log = SqliteLog::new(pool.clone(), Arc::new(ManualClock::at(Timestamp::from_millis(1_000))), support::sealer());
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let trigger = "CREATE TRIGGER broken BEFORE INSERT ON entries BEGIN SELECT RAISE(ROLLBACK, 'no'); END";
    sqlx::query(trigger).execute(&pool).await.expect("a trigger");
    for _ in 0..8 {
        assert!(matches!(log.append(ROOM, lost(1)).await, Err(LogError::Storage(_))));
    }
    sqlx::query("DROP TRIGGER broken").execute(&pool).await.expect("dropped");
    for seq in 2..10 {
        assert_eq!(log.append(ROOM, lost(2)).await.expect("appended").seq, Seq(seq));
    }
}

/// A clock that breaks whoever asks it, once.
struct BreakingClock {
    clock: ManualClock,
    breaks: AtomicBool,
}

#[async_trait::async_trait]
impl Clock for BreakingClock {
    fn now(&self) -> Timestamp {
        assert!(!self.breaks.swap(false, SeqCst), "a fault of the test");
        self.clock.now()
    }

    fn date(&self) -> Timestamp {
        self.clock.date()
    }

    async fn sleep_until(&self, at: Timestamp) {
        self.clock.sleep_until(at).await;
    }
}

#[tokio::test]
async fn sqlite_goes_on_after_its_writer_broke() {
    let folder = TempDir::new().expect("a folder");
    let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
    let clock = ManualClock::at(Timestamp::from_millis(1_000));
    let clock = Arc::new(BreakingClock { clock, breaks: AtomicBool::new(false) });
    let log = SqliteLog::new(pool, clock.clone(), support::sealer());
    log.create(created(ROOM, "ABC234")).await.expect("created");
    clock.breaks.store(true, SeqCst);
    assert!(matches!(log.append(ROOM, lost(1)).await, Err(LogError::Storage(_))));
    assert_eq!(log.append(ROOM, lost(2)).await.expect("appended").seq, Seq(2));
    log.stop().await;
    assert!(matches!(log.append(ROOM, lost(3)).await, Err(LogError::Stopped)));
}

#[tokio::test]
async fn sqlite_commits_the_other_changes_of_a_batch_if_one_fails() {
    let folder = TempDir::new().expect("a folder");
    let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
    let log = SqliteLog::new(pool.clone(), Arc::new(ManualClock::at(Timestamp::from_millis(1_000))), support::sealer());
    log.create(created(ROOM, "ABC234")).await.expect("created");
    log.create(created(OTHER, "DEF567")).await.expect("created");
    let trigger = format!(
        "CREATE TRIGGER broken BEFORE INSERT ON entries WHEN NEW.room = '{OTHER}' BEGIN SELECT RAISE(ROLLBACK, 'no'); END"
    );
    sqlx::query(sqlx::AssertSqlSafe(trigger)).execute(&pool).await.expect("a trigger");
    // All of them wait before the writer takes the first: on one thread it has no turn in between.
    let room_of = |number: u128| if number.is_multiple_of(2) { ROOM } else { OTHER };
    let appended = (0..64).map(|number| log.append(room_of(number), lost(number)));
    for (number, appended) in join_all(appended).await.into_iter().enumerate() {
        assert_eq!(appended.is_ok(), number % 2 == 0, "{number}: {appended:?}");
    }
    assert_eq!(read(&log, ROOM, 0).await.len(), 1 + 32);
    assert_eq!(read(&log, OTHER, 0).await.len(), 1);
}

#[tokio::test]
async fn sqlite_writes_what_was_asked_for_before_the_stop_and_nothing_afterwards() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("test.db");
    let pool = database::open(&path).await.expect("a database");
    let log = SqliteLog::new(pool.clone(), Arc::new(ManualClock::at(Timestamp::from_millis(1_000))), support::sealer());
    log.create(created(ROOM, "ABC234")).await.expect("created");
    let (appended, ()) = join(log.append(ROOM, lost(1)), log.stop()).await;
    assert_eq!(appended.expect("appended").seq, Seq(2));
    assert!(matches!(log.append(ROOM, lost(2)).await, Err(LogError::Stopped)));
    pool.close().await;
    assert!(!path.with_extension("db-wal").exists(), "the write-ahead log is written back");
}

#[tokio::test]
async fn sqlite_keeps_rooms_when_the_file_is_opened_again() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("test.db");
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
    let open =
        || async { SqliteLog::new(database::open(&path).await.expect("a database"), clock.clone(), support::sealer()) };
    let log = open().await;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    log.append(ROOM, lost(1)).await.expect("appended");
    drop(log);
    let log = open().await;
    assert_eq!(log.find(code("ABC234")).await.expect("looked up"), Some(ROOM));
    let entries = read(&log, ROOM, 0).await;
    assert_eq!((seqs(&entries), &entries[1].event), (vec![1, 2], &lost(1)));
    assert_eq!(log.append(ROOM, lost(2)).await.expect("appended").seq, Seq(3));
}

#[tokio::test]
async fn sqlite_skips_and_counts_entries_that_it_cannot_read() {
    let folder = TempDir::new().expect("a folder");
    let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
    let log = SqliteLog::new(pool.clone(), clock, support::sealer());
    log.create(created(ROOM, "ABC234")).await.expect("created");
    for connection in 1..=3 {
        log.append(ROOM, lost(connection)).await.expect("appended");
    }
    let newer = sqlx::query("UPDATE entries SET version = 1 WHERE seq = 2").execute(&pool).await;
    let broken = sqlx::query("UPDATE entries SET event = '{\"kind\":\"sang\"}' WHERE seq = 3").execute(&pool).await;
    assert_eq!(newer.expect("changed").rows_affected() + broken.expect("changed").rows_affected(), 2);
    let page = log.read(ROOM, Seq(0), PAGE).await.expect("read");
    assert_eq!((seqs(&page.entries), page.skipped, log.skipped_entries()), (vec![1, 4], 2, 2));
    // A page in which nothing is understood is not the end.
    let page = log.read(ROOM, Seq(1), 2).await.expect("read");
    assert_eq!((page.entries.len(), page.skipped, page.next), (0, 2, Some(Seq(3))));
}

#[tokio::test]
async fn sqlite_dates_no_entry_before_the_last_one_if_the_date_is_set_back() {
    let folder = TempDir::new().expect("a folder");
    let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(10_000_000)));
    let log = SqliteLog::new(pool.clone(), clock.clone(), support::sealer());
    log.create(created(ROOM, "ABC234")).await.expect("created");
    for (date, expected) in [(6_400_000, 10_000_005), (20_000_000, 20_000_005)] {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(date)));
        let log_clock = SqliteLog::clock(&pool, clock.clone()).await.expect("a clock");
        let log = SqliteLog::new(pool.clone(), Arc::new(log_clock), support::sealer());
        clock.advance(5);
        assert_eq!(log.append(ROOM, Event::Woke).await.expect("appended").at, Timestamp::from_millis(expected));
    }
}

#[tokio::test]
async fn sqlite_tells_damage_from_a_fault_that_passes() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("test.db");
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
    let pool = database::open(&path).await.expect("a database");
    let log = SqliteLog::new(pool.clone(), clock.clone(), support::sealer());
    log.create(created(ROOM, "ABC234")).await.expect("created");
    for connection in 1..=200 {
        log.append(ROOM, lost(connection)).await.expect("appended");
    }
    let damaged = support::damage_entries(&pool, &path).await;
    let read = SqliteLog::new(damaged, clock, support::sealer()).read(ROOM, Seq(0), PAGE).await;
    assert!(matches!(read, Err(LogError::Unreadable(_))), "{read:?}");
    pool.close().await;
    let read = log.read(ROOM, Seq(0), PAGE).await;
    assert!(matches!(read, Err(LogError::Storage(_))), "{read:?}");
}
