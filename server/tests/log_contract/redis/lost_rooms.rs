//! Rooms that Redis has lost while no node ran.

use heartogether::{
    id::MessageNumber,
    limits::Limits,
    room::{Policy, RoomCreated},
    time::Timestamp,
};
use heartogether_server::storage::{
    accounts::{Accounts, SqlStore},
    keys::SqlKeys,
    log::CopyId,
    messages::{MessageArchive, SqlArchive},
    sealing::Sealer,
};

use super::{super::code, *};
use crate::{archive_contract, store_contract::guest};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_redis_has_lost_while_no_node_ran_is_kept_for_the_case_that_its_log_comes_back() {
    let fleet = Fleet::single();
    let (directory, epochs) = (Arc::new(MemoryDirectory::default()), Arc::new(MemoryEpochs::default()));
    let log = start(&fleet, directory.clone(), epochs.clone()).log;
    log.create(created(ROOM, "ABC234")).await.expect("created");
    drop(log);
    fleet.empty();
    let log = join(&fleet, 2, directory, epochs).log;
    assert!(matches!(log.snapshot(ROOM).await, Err(LogError::NothingLeft)));
    assert_eq!(log.live().await.expect("listed"), [ROOM]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_whose_members_stay_goes_on_with_its_copy_and_the_archive_where_all_else_is_lost() {
    let (fleet, kept) = (Fleet::single(), PostgresDatabase::create().await);
    let database = kept.open().await;
    let (directory, epochs) =
        (Arc::new(SqlDirectory::new(database.clone())), Arc::new(SqlEpochs::new(database.clone())));
    let archive = SqlArchive::new(database.clone(), Arc::new(Sealer::new(Arc::new(SqlKeys::new(database.clone())))));
    let log = start(&fleet, directory.clone(), epochs.clone()).log;
    let lounge = RoomCreated { policy: Policy::lounge(&Limits::default()), ..created(ROOM, "ABC234") };
    let owner = lounge.owner;
    SqlStore::new(database).add_account(&guest(owner), Timestamp::default()).await.expect("stored");
    for room in [lounge, created(OTHER, "ABC235")] {
        let id = room.id;
        log.create(room).await.expect("created");
        log.append(id, lost(1)).await.expect("appended");
        let room = read(&*log, id, 0).await.iter().fold(Room::default(), |room, entry| step(room, entry).0);
        log.add_snapshot(id, room).await.expect("kept");
        log.append(id, lost(2)).await.expect("appended");
    }
    // The archive has gone on after the copy was kept.
    archive
        .apply(ROOM, &(1..=7).map(|number| archive_contract::write(owner, number)).collect::<Vec<_>>())
        .await
        .expect("archived");
    drop(log);
    fleet.empty();
    let log = join(&fleet, 2, directory.clone(), epochs.clone()).log;
    for room in [ROOM, OTHER] {
        assert!(matches!(log.snapshot(room).await, Err(LogError::NothingLeft)), "not at once");
    }
    assert_eq!(log.copied(OTHER).await.expect("looked"), None, "nobody has a place in it any more");
    let copy = log.copied(ROOM).await.expect("looked").expect("a copy");
    assert!(!log.restore(ROOM, CopyId { seq: 1, ..copy }).await.expect("looked"), "this is another copy");
    let other = join(&fleet, 3, directory.clone(), epochs).log;
    // Each opens it, and they are one.
    let restored = futures::join!(log.restore(ROOM, copy), other.restore(ROOM, copy));
    assert!(matches!(restored, (Ok(true), Ok(true))), "{restored:?}");
    assert_eq!(other.snapshot(ROOM).await.expect("read"), log.snapshot(ROOM).await.expect("read"));
    let room = log.snapshot(ROOM).await.expect("read").expect("a room");
    assert_eq!((room.seq(), room.code(), room.last_message()), (Seq(2), Some(code("ABC234")), MessageNumber(7)));
    assert_eq!(log.append(ROOM, lost(3)).await.expect("appended").seq, Seq(3));
    support::eventually(async || seqs(&read(&*other, ROOM, 2).await) == [3]).await;
    log.close(ROOM).await.expect("closed");
    assert_eq!(directory.kept(ROOM).await.expect("read"), None);
}
