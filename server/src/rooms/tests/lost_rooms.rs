//! Rooms whose log may be lost, and copies of them.

use std::collections::BTreeSet;

use heartogether::{id::AccountId, room::Command};

use super::*;

/// A node that looks after a room of which nothing is left.
struct Keeper {
    log: Arc<FaultyLog>,
    archive: Arc<MemoryArchive>,
    clock: Arc<ManualClock>,
    rooms: Arc<Rooms>,
}

const ABSENT_MS: u64 = 6 * 60 * 60 * 1000;

impl Keeper {
    async fn begin() -> Self {
        let (log, archive) = (FaultyLog::new(true), Arc::new(MemoryArchive::default()));
        log.create(created()).await.expect("created");
        archive.apply(ROOM, &[written(1)]).await.expect("carried out");
        *log.alive.lock().expect("no poison") = Some(BTreeSet::new());
        log.break_with(Fault::NothingLeft);
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
        let bus = Arc::new(MemoryBus::default().join(NODE).0);
        let rooms = open_rooms_at(clock.clone(), log.clone(), bus, archive.clone());
        let keeping = rooms.clone();
        tokio::spawn(async move { keeping.look_after_left_rooms(ABSENT_MS).await });
        Self { log, archive, clock, rooms }
    }

    /// Lets so much time pass, and gives the node time to notice.
    async fn pass(&self, ms: u64) {
        self.clock.advance(ms);
        tokio::time::sleep(Duration::from_secs(65)).await;
    }

    /// The rooms that are there, and those that have messages.
    async fn kept(&self) -> [Vec<RoomId>; 2] {
        [self.log.live().await.expect("listed"), self.archive.rooms().await.expect("listed")]
    }

    /// Whether somebody who comes is let in.
    async fn attach(&self) -> Result<(), Refusal> {
        self.rooms.open(ROOM).attach(HOST, send_queue(10).0).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_room_of_which_nothing_is_left_ends_when_it_would_have_ended_without_its_host() {
    let keeper = Keeper::begin().await;
    keeper.pass(0).await;
    assert_eq!(keeper.attach().await, Err(Refusal::RoomUnreadable));
    keeper.pass(ABSENT_MS - 1).await;
    assert_eq!(keeper.attach().await, Err(Refusal::RoomUnreadable));
    assert_eq!(keeper.kept().await, [vec![ROOM], vec![ROOM]], "its log may be there again");
    keeper.pass(1).await;
    assert_eq!(keeper.kept().await, [vec![], vec![]]);
    assert_eq!(keeper.attach().await, Err(Refusal::RoomNotFound));
}

#[tokio::test(start_paused = true)]
async fn a_room_whose_log_is_there_again_goes_on() {
    let keeper = Keeper::begin().await;
    keeper.pass(0).await;
    assert!(keeper.rooms.opened().nothing_left.contains_key(&ROOM));
    keeper.log.mend();
    for _ in 0..2 {
        keeper.pass(0).await;
    }
    assert!(keeper.rooms.is_live(ROOM));
    assert!(keeper.rooms.opened().nothing_left.is_empty(), "if it is lost again, its time begins anew");
}

#[tokio::test(start_paused = true)]
async fn a_room_of_which_nothing_is_left_goes_on_with_its_copy_after_a_while() {
    let keeper = Keeper::begin().await;
    let copy = |seq| *keeper.log.copy.lock().expect("no poison") = Some(CopyId { epoch: 1, seq });
    for (seq, ms) in [(7, 0), (7, 59_999), (8, 1), (9, 60_000)] {
        copy(seq);
        keeper.pass(ms).await;
        assert_eq!(keeper.attach().await, Err(Refusal::RoomUnreadable), "another node may have it, or be cut off");
    }
    for _ in 0..2 {
        keeper.pass(0).await;
    }
    assert_eq!(keeper.attach().await, Ok(()));
    assert_eq!(keeper.kept().await, [vec![ROOM], vec![ROOM]]);
    assert!(keeper.rooms.opened().nothing_left.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_room_whose_members_stay_has_a_snapshot_some_time_after_its_task_begins_so_that_it_has_a_copy() {
    let log = FaultyLog::new(true);
    *log.alive.lock().expect("no poison") = Some(BTreeSet::new());
    log.create(RoomCreated { policy: Policy::lounge(&Limits::default()), ..created() }).await.expect("created");
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
    let bus = Arc::new(MemoryBus::default().join(NODE).0);
    let rooms = || open_rooms_at(clock.clone(), log.clone(), bus.clone(), Arc::new(MemoryArchive::default()));
    for made in [1, 2] {
        let (_rooms, room) = {
            let rooms = rooms();
            let room = rooms.open(ROOM);
            (rooms, room)
        };
        // A new room has one at once, and one that was there before within eleven minutes.
        for _ in 0..12 {
            assert!(!room.is_member(HOST).await);
            clock.advance(60_000);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(*log.snapshots.lock().expect("no poison"), vec![Seq(1); made], "once, as nothing happens");
    }
    let (rooms, removes) =
        (rooms(), Command::RemoveMember { member: MemberId::from_bits(9), block_address: false, may_return: false });
    let room = rooms.open(ROOM);
    assert!(!room.is_member(HOST).await);
    let account = AccountId::from_bits(1);
    let removed =
        log.append(ROOM, Event::Commanded { connection: HOST, account, command: removes }).await.expect("appended");
    assert!(!room.at(removed.seq).is_member(HOST).await);
    clock.advance(1_000);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(log.snapshots.lock().expect("no poison").last(), Some(&Seq(2)), "who may be there is kept at once");
}
