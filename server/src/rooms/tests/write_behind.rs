//! What becomes of changes where the archive fails.

use futures::FutureExt;

use super::{faulty_archive::FaultyArchive, *};
use crate::rooms::{retry::RETRY, write_behind::MANY};

fn start(archive: &Arc<FaultyArchive>) -> WriteBehind {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
    let lists = Lists::new(Arc::new(MemoryBus::default().join(NODE).0), Arc::new(MemoryStore::default()));
    WriteBehind::start(ROOM, Arc::new(MemoryLog::new(clock)), archive.clone(), lists)
}

#[tokio::test]
async fn a_damaged_row_loses_only_its_own_change() {
    let archive = Arc::new(FaultyArchive::default());
    let writes = start(&archive);
    (1..4).for_each(|number| writes.archive(written(number)));
    writes.flush().await.expect("it goes on");
    let found = async |number| archive.find(ROOM, MessageNumber(number)).await.expect("looked up").is_some();
    assert_eq!([found(1).await, found(2).await, found(3).await], [true, false, true]);
}

#[tokio::test(start_paused = true)]
async fn a_room_waits_for_a_failing_archive_when_too_many_changes_wait() {
    let archive = Arc::new(FaultyArchive::default());
    archive.is_away.store(true, SeqCst);
    let writes = start(&archive);
    assert!(writes.has_room().now_or_never().is_some());
    for number in 10..10 + MANY as u64 {
        writes.archive(written(number));
    }
    tokio::time::sleep(2 * RETRY).await;
    assert!(writes.has_room().now_or_never().is_none());
    archive.is_away.store(false, SeqCst);
    tokio::time::timeout(4 * RETRY, writes.has_room()).await.expect("it goes on");
    writes.flush().await.expect("all is written");
    let last = MessageNumber(9 + MANY as u64);
    assert!(archive.find(ROOM, last).await.expect("looked up").is_some());
}
