//! Which data of a room is kept: starts from snapshots, and rooms that cannot continue.

use heartogether::{
    engagement::MessageText,
    room::{Command, step},
};
use sqlx::SqlitePool;
use tempfile::TempDir;

use super::{faulty_archive::FaultyArchive, *};
use crate::storage::{
    database,
    keys::MemoryKeys,
    log::{SNAPSHOT_VERSION, SqlLog},
    sealing::Sealer,
};

const LISTENER: ConnectionId = ConnectionId::from_bits(2);
const GRACE: AccountId = AccountId::from_bits(2);

/// A room in a file.
struct File {
    log: Arc<SqlLog>,
    archive: Arc<MemoryArchive>,
    pool: SqlitePool,
    _folder: TempDir,
}

impl File {
    async fn with_room() -> Self {
        let folder = TempDir::new().expect("a folder");
        let pool = database::open(&folder.path().join("test.db")).await.expect("a database");
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000)));
        let sealer = Arc::new(Sealer::new(Arc::new(MemoryKeys::default())));
        let log = Arc::new(SqlLog::new(pool.clone(), clock, sealer));
        log.create(created()).await.expect("created");
        Self { log, archive: Arc::new(MemoryArchive::default()), pool, _folder: folder }
    }

    async fn room(&self) -> Room {
        let room = self.log.snapshot(ROOM).await.expect("read").unwrap_or_default();
        let rest = self.log.read(ROOM, room.seq(), PAGE).await.expect("read");
        rest.entries.iter().fold(room, |room, entry| step(room, entry).0)
    }

    /// Appends something, and keeps the room as it is then.
    async fn keep(&self, event: Event) -> Room {
        self.log.append(ROOM, event).await.expect("appended");
        let room = self.room().await;
        self.log.add_snapshot(ROOM, room.clone()).await.expect("kept");
        room
    }

    /// The rooms as a server finds them that has just started.
    fn start(&self) -> Arc<Rooms> {
        open_rooms_with(self.log.clone(), self.archive.clone())
    }
}

/// Nobody gets in, and nobody is told that the room has ended.
async fn is_refused_as_unreadable(room: &RoomHandle) {
    let unreadable = Err(Refusal::RoomUnreadable);
    assert_eq!(room.attach(HOST, send_queue(4).0).await, unreadable);
    assert_eq!(room.foresee(&asks_to_host()).await.map(drop), unreadable);
    assert_eq!(room.reading(Reader::Page(HOST)).await.map(drop), unreadable);
    assert_eq!(room.check_readable(), unreadable);
}

#[tokio::test]
async fn a_room_whose_snapshots_are_of_another_version_is_kept_until_that_version_is_back() {
    let file = File::with_room().await;
    file.archive.apply(ROOM, &[written(1)]).await.expect("carried out");
    for _ in 0..2 {
        file.keep(Event::Woke).await;
    }
    let set = "UPDATE snapshots SET version = $1";
    sqlx::query(set).bind(9).execute(&file.pool).await.expect("of another version");
    let rooms = file.start();
    for _ in 0..2 {
        let room = rooms.open(ROOM);
        assert!(room.summarise(None).await.is_none(), "it is not opened");
        is_refused_as_unreadable(&room).await;
        is_let_go(&rooms).await;
        assert_eq!(file.log.live().await.expect("listed"), [ROOM], "its log is there");
        assert!(file.archive.find(ROOM, MessageNumber(1)).await.expect("found").is_some(), "so are its messages");
    }
    sqlx::query(set).bind(i64::from(SNAPSHOT_VERSION)).execute(&file.pool).await.expect("of this version again");
    assert!(file.start().open(ROOM).summarise(None).await.is_some());
}

#[tokio::test]
async fn a_room_with_an_unknown_first_entry_is_kept() {
    let file = File::with_room().await;
    sqlx::query("UPDATE entries SET version = 9").execute(&file.pool).await.expect("of another version");
    let rooms = file.start();
    is_refused_as_unreadable(&rooms.open(ROOM)).await;
    is_let_go(&rooms).await;
    is_refused_as_unreadable(&rooms.open(ROOM)).await;
    assert_eq!(file.log.live().await.expect("listed"), [ROOM]);
}

#[tokio::test]
async fn a_room_that_starts_from_a_snapshot_with_nothing_after_it_is_live() {
    let file = File::with_room().await;
    file.keep(Event::Woke).await;
    let rooms = file.start();
    assert!(rooms.open(ROOM).summarise(None).await.is_some());
    assert!(rooms.is_live(ROOM));
}

#[tokio::test]
async fn a_room_whose_snapshot_is_closed_is_closed_at_the_next_start() {
    let file = File::with_room().await;
    let closed = file.keep(Event::AccountDeleted { account: OWNER }).await;
    assert!(closed.ended().is_some() && closed.wakes_at().is_none());
    let rooms = file.start();
    assert!(rooms.open(ROOM).summarise(None).await.is_none());
    is_let_go(&rooms).await;
    assert!(file.log.live().await.expect("listed").is_empty(), "its code is free");
}

#[tokio::test(start_paused = true)]
async fn the_waiting_messages_of_a_room_that_ends_are_not_written() {
    let (log, archive) = (FaultyLog::new(true), Arc::new(FaultyArchive::slow()));
    log.create(created()).await.expect("created");
    let rooms = open_rooms_with(log.clone(), archive.clone());
    let room = rooms.open(ROOM);
    log.append(ROOM, asks_to_listen()).await.expect("appended");
    let written = log.append(ROOM, writes()).await.expect("appended").seq;
    assert!(room.at(written).is_member(LISTENER).await, "the message is on its way");
    log.break_with(Fault::Damage);
    for number in 0..MANY {
        let connection = ConnectionId::from_bits(1_000 + number as u128);
        log.append(ROOM, Event::ConnectionLost { connection }).await.expect("appended");
    }
    is_let_go(&rooms).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(archive.rooms().await.expect("listed"), []);
}

fn asks_to_listen() -> Event {
    let Event::JoinRequested(host) = asks_to_host() else { panic!("a request for a place") };
    let connection = ConnectionRef { node: NODE, id: LISTENER };
    let member = MemberId::from_bits(6);
    Event::JoinRequested(JoinRequested { connection, account: GRACE, role: Role::Listener, member, ..host })
}

fn writes() -> Event {
    let text = MessageText::parse("louder, please").expect("a message");
    let command = Command::Write {
        nonce: 1,
        text,
        pictures: Vec::new(),
        reply_to: None,
        answered: None,
        is_archived: false,
        markup: None,
    };
    Event::Commanded { connection: LISTENER, account: GRACE, command }
}

#[tokio::test]
async fn only_messages_of_deleted_rooms_are_deleted() {
    let file = File::with_room().await;
    let gone = RoomId::from_bits(7);
    for room in [ROOM, gone] {
        file.archive.apply(room, &[written(1)]).await.expect("carried out");
    }
    file.start().forget_gone().await.expect("forgotten");
    assert_eq!(file.archive.rooms().await.expect("listed"), [ROOM]);
}
