//! What the log in a SQLite file does beyond the contract.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use futures::future::{join, join_all};
use heartogether::{id::Seq, room::Event, time::Timestamp};
use heartogether_server::{
    clock::{Clock, ManualClock},
    storage::{
        database,
        log::{LogError, PAGE, RoomLog, SqlLog},
    },
};

use tempfile::TempDir;

use super::{OTHER, ROOM, bench::File, code, created, lost, read, seqs};
use crate::support;

/// Whatever rolls a transaction back by itself, such as `SQLITE_FULL` (https://sqlite.org/lang_transaction.html, section 3.1),
/// costs that batch and no later one.
#[tokio::test]
async fn sqlite_goes_on_after_a_transaction_that_was_rolled_back() {
    let file = File::with_room().await;
    let (log, pool) = (&file.log, &file.pool);
    let trigger = "CREATE TRIGGER broken BEFORE INSERT ON entries BEGIN SELECT RAISE(ROLLBACK, 'no'); END";
    sqlx::query(trigger).execute(pool).await.expect("a trigger");
    for _ in 0..8 {
        assert!(matches!(log.append(ROOM, lost(1)).await, Err(LogError::Storage(_))));
    }
    sqlx::query("DROP TRIGGER broken").execute(pool).await.expect("dropped");
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
    let log = SqlLog::new(pool, clock.clone(), support::sealer());
    log.create(created(ROOM, "ABC234")).await.expect("created");
    clock.breaks.store(true, SeqCst);
    assert!(matches!(log.append(ROOM, lost(1)).await, Err(LogError::Storage(_))));
    assert_eq!(log.append(ROOM, lost(2)).await.expect("appended").seq, Seq(2));
    log.stop().await;
    assert!(matches!(log.append(ROOM, lost(3)).await, Err(LogError::Stopped)));
}

#[tokio::test]
async fn sqlite_commits_the_other_changes_of_a_batch_if_one_fails() {
    let file = File::with_room().await;
    let (log, pool) = (&file.log, &file.pool);
    log.create(created(OTHER, "DEF567")).await.expect("created");
    let trigger = format!(
        "CREATE TRIGGER broken BEFORE INSERT ON entries WHEN NEW.room = '{OTHER}' BEGIN SELECT RAISE(ROLLBACK, 'no'); END"
    );
    sqlx::query(sqlx::AssertSqlSafe(trigger)).execute(pool).await.expect("a trigger");
    // All of them wait before the writer takes the first: on one thread it has no turn in between.
    let room_of = |number: u128| if number.is_multiple_of(2) { ROOM } else { OTHER };
    let appended = (0..64).map(|number| log.append(room_of(number), lost(number)));
    for (number, appended) in join_all(appended).await.into_iter().enumerate() {
        assert_eq!(appended.is_ok(), number % 2 == 0, "{number}: {appended:?}");
    }
    assert_eq!(read(log, ROOM, 0).await.len(), 1 + 32);
    assert_eq!(read(log, OTHER, 0).await.len(), 1);
}

#[tokio::test]
async fn sqlite_writes_what_was_asked_for_before_the_stop_and_nothing_afterwards() {
    let file = File::with_room().await;
    let (log, pool) = (&file.log, &file.pool);
    let (appended, ()) = join(log.append(ROOM, lost(1)), log.stop()).await;
    assert_eq!(appended.expect("appended").seq, Seq(2));
    assert!(matches!(log.append(ROOM, lost(2)).await, Err(LogError::Stopped)));
    pool.close().await;
    assert!(!file.path().with_extension("db-wal").exists(), "the write-ahead log is written back");
}

#[tokio::test]
async fn sqlite_keeps_rooms_when_the_file_is_opened_again() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("test.db");
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
    let open =
        || async { SqlLog::new(database::open(&path).await.expect("a database"), clock.clone(), support::sealer()) };
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
    let file = File::with_room().await;
    let (log, pool) = (&file.log, &file.pool);
    for connection in 1..=3 {
        log.append(ROOM, lost(connection)).await.expect("appended");
    }
    let newer = sqlx::query("UPDATE entries SET version = 1 WHERE seq = 2").execute(pool).await;
    let broken = sqlx::query("UPDATE entries SET event = '{\"kind\":\"sang\"}' WHERE seq = 3").execute(pool).await;
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
    let log = SqlLog::new(pool.clone(), clock.clone(), support::sealer());
    log.create(created(ROOM, "ABC234")).await.expect("created");
    for (date, expected) in [(6_400_000, 10_000_005), (20_000_000, 20_000_005)] {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(date)));
        let log_clock = SqlLog::clock(&pool.clone().into(), clock.clone()).await.expect("a clock");
        let log = SqlLog::new(pool.clone(), Arc::new(log_clock), support::sealer());
        clock.advance(5);
        assert_eq!(log.append(ROOM, Event::Woke).await.expect("appended").at, Timestamp::from_millis(expected));
    }
}

#[tokio::test]
async fn sqlite_tells_damage_from_a_fault_that_passes() {
    let file = File::with_room().await;
    let (log, pool) = (&file.log, &file.pool);
    for connection in 1..=200 {
        log.append(ROOM, lost(connection)).await.expect("appended");
    }
    let damaged = support::damage_entries(pool, &file.path()).await;
    let read = SqlLog::new(damaged, file.clock.clone(), support::sealer()).read(ROOM, Seq(0), PAGE).await;
    assert!(matches!(read, Err(LogError::Unreadable(_))), "{read:?}");
    pool.close().await;
    let read = log.read(ROOM, Seq(0), PAGE).await;
    assert!(matches!(read, Err(LogError::Storage(_))), "{read:?}");
}
