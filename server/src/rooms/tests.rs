//! A room whose task panics, or whose log fails.

mod faulty_archive;
mod faulty_log;
mod keeping;
mod lost_rooms;
mod opening;
mod several_nodes;
mod unused_rooms;
mod write_behind;

use std::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    time::Duration,
};

use async_trait::async_trait;
use heartogether::{
    id::{AccountId, ConnectionId, DisplayName, MemberId, MessageNumber, ResumeToken, Seq},
    limits::Limits,
    protocol::{FromRoom, RoomFrame, ServerMessage, decode_server},
    refusal::Refusal,
    role::{AccountKind, Role},
    room::{ArchiveChange, ConnectionRef, Event, JoinRequested, Marks, Message, Policy, Room, RoomCreated},
    time::Timestamp,
};

use super::{retry::READING, *};
use crate::{
    clock::ManualClock,
    cluster::bus::MemoryBus,
    config::Config,
    storage::{
        accounts::MemoryStore,
        log::{MemoryLog, PAGE},
        messages::MemoryArchive,
    },
    websocket::{Frame, Queue, SendQueue, send_queue},
};
use faulty_log::{Fault, FaultyLog};

const ROOM: RoomId = RoomId::from_bits(1);
const NODE: NodeId = NodeId::from_bits(1);
const OWNER: AccountId = AccountId::from_bits(1);
const HOST: ConnectionId = ConnectionId::from_bits(1);
/// More entries than an actor may lag behind before it reads the log.
const MANY: usize = 100;

/// A room with a connected host, and its log.
struct Scene {
    log: Arc<FaultyLog>,
    archive: Arc<MemoryArchive>,
    rooms: Arc<Rooms>,
    room: RoomHandle,
    queue: Queue,
    _send_queue: SendQueue,
}

impl Scene {
    async fn set(can_close: bool) -> Self {
        let log = FaultyLog::new(can_close);
        let archive = Arc::new(MemoryArchive::default());
        let rooms = open_rooms_with(log.clone(), archive.clone());
        log.create(created()).await.expect("created");
        let room = rooms.open(ROOM);
        let (send_queue, queue) = send_queue(1_000);
        room.attach(HOST, send_queue.clone()).await.expect("attached");
        log.append(ROOM, asks_to_host()).await.expect("appended");
        assert!(room.is_member(HOST).await);
        let mut scene = Self { log, archive, rooms, room, queue, _send_queue: send_queue };
        scene.is_welcome().await;
        scene
    }

    /// Appends so many entries at once that the actor has to read the log.
    async fn overtake(&self) {
        for number in 0..MANY {
            let connection = ConnectionId::from_bits(1_000 + number as u128);
            self.log.append(ROOM, Event::ConnectionLost { connection }).await.expect("appended");
        }
    }

    /// The next thing that the room tells the host in answer to no question, which is not the end of the connection: other rooms
    /// use it.
    async fn told(&mut self) -> FromRoom {
        let frame = tokio::time::timeout(2 * READING, self.queue.next()).await.expect("something is told");
        let Some(Frame::Text(text)) = frame else { panic!("the connection was closed: {frame:?}") };
        match decode_server(&text).expect("a message") {
            ServerMessage::Room(RoomFrame { room, message }) if room == created().code => message,
            other => panic!("not said in the room: {other:?}"),
        }
    }

    /// The host is refused, and nothing else is said.
    async fn is_refused(&mut self, refusal: Refusal) {
        assert!(matches!(self.told().await, FromRoom::Refused { refusal: told } if told == refusal));
    }

    /// The host gets their place, and the room as it is.
    async fn is_welcome(&mut self) {
        assert!(matches!(self.told().await, FromRoom::Joined(joined) if joined.token == ResumeToken::from_bits(4)));
    }
}

/// Waits until a node has no actor of the room.
async fn is_let_go(rooms: &Rooms) {
    let gone = async {
        while rooms.is_open(ROOM) {
            // Storage in a file answers from threads of its own.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.expect("no handle is left");
}

#[tokio::test]
async fn whoever_waits_at_a_room_that_is_over_is_answered() {
    let scene = Scene::set(true).await;
    let (waiting, mut queue) = send_queue(10);
    scene.room.attach(ConnectionId::from_bits(9), waiting).await.expect("attached");
    scene.log.close(ROOM).await.expect("closed");
    let Some(Frame::Text(text)) = queue.next().await else { panic!("an answer") };
    assert!(text.contains(Refusal::RoomNotFound.code()), "{text}");
}

#[tokio::test]
async fn what_is_taken_up_at_a_start_has_been_read() {
    let log = FaultyLog::new(true);
    log.create(created()).await.expect("created");
    let rooms = open_rooms(log);
    assert_eq!(rooms.recover().await.expect("recovered"), 1);
    assert!(rooms.is_live(ROOM));
}

#[tokio::test]
async fn whoever_has_appended_something_finds_it_done_although_the_room_was_not_told() {
    let log = FaultyLog::new(true);
    log.create(created()).await.expect("created");
    log.is_mute.store(true, SeqCst);
    let room = open_rooms(log.clone()).open(ROOM);
    assert!(!room.is_member(HOST).await);
    let joined = log.append(ROOM, asks_to_host()).await.expect("appended").seq;
    assert!(!room.is_member(HOST).await, "the entry has not come");
    assert!(room.at(joined).is_member(HOST).await);
    assert!(room.at(joined).at(Seq(1)).summarise(None).await.is_some_and(|room| room.host_connected));
    let read = log.pages.load(SeqCst);
    assert!(room.at(joined).has_place(OWNER).await && room.is_member(HOST).await);
    assert_eq!(log.pages.load(SeqCst), read, "what is known is not read again");
}

fn open_rooms(log: Arc<FaultyLog>) -> Arc<Rooms> {
    open_rooms_with(log, Arc::new(MemoryArchive::default()))
}

fn open_rooms_with(log: Arc<dyn RoomLog>, archive: Arc<dyn MessageArchive>) -> Arc<Rooms> {
    open_rooms_on(log, Arc::new(MemoryBus::default().join(NODE).0), archive)
}

fn open_rooms_on(log: Arc<dyn RoomLog>, bus: Arc<dyn Bus>, archive: Arc<dyn MessageArchive>) -> Arc<Rooms> {
    open_rooms_at(Arc::new(ManualClock::at(Timestamp::from_millis(1_000))), log, bus, archive)
}

fn open_rooms_at(
    clock: Arc<ManualClock>,
    log: Arc<dyn RoomLog>,
    bus: Arc<dyn Bus>,
    archive: Arc<dyn MessageArchive>,
) -> Arc<Rooms> {
    let config = Config::from_arguments(["heartogether-server"]).expect("valid flags");
    Rooms::new(NODE, log, (bus, Arc::default(), None), archive, Arc::new(MemoryStore::default()), clock, config.ice)
}

fn created() -> RoomCreated {
    RoomCreated {
        id: ROOM,
        code: "ABC234".parse().expect("a code"),
        owner: OWNER,
        owner_member: MemberId::from_bits(2),
        owner_name: DisplayName::parse("Ada").expect("a name"),
        name: None,
        policy: Policy::broadcast(&Limits::default()),
    }
}

fn asks_to_host() -> Event {
    Event::JoinRequested(JoinRequested {
        marks: Marks::default(),
        connection: ConnectionRef { node: NODE, id: HOST },
        account: OWNER,
        name: DisplayName::parse("Ada").expect("a name"),
        email: None,
        has_picture: false,
        kind: AccountKind::Known,
        role: Role::Host,
        take_over: false,
        returns: false,
        member: MemberId::from_bits(3),
        token: ResumeToken::from_bits(4),
    })
}

fn written(number: u64) -> ArchiveChange {
    let message = Message {
        number: MessageNumber(number),
        author: MemberId::from_bits(5),
        name: DisplayName::parse("Grace").expect("a name"),
        nonce: 1,
        text: None,
        sent_at: Timestamp::from_millis(1_000),
        delivered: true,
        version: 0,
        reply_to: None,
        pinned: false,
        pictures: Vec::new(),
        emoji: Vec::new(),
        markup: None,
    };
    ArchiveChange::Write { account: AccountId::from_bits(5), message }
}

#[tokio::test]
async fn a_room_whose_task_breaks_is_opened_anew_and_its_members_are_told_what_it_is() {
    let mut scene = Scene::set(true).await;
    scene.log.break_with(Fault::Panic { times: 1 });
    scene.overtake().await;
    let summary = scene.room.summarise(None).await;
    assert!(summary.is_some_and(|room| room.host_connected), "the same handle leads to the room as it was");
    assert!(scene.rooms.is_live(ROOM));
    scene.is_welcome().await;
}

#[tokio::test]
async fn a_room_that_breaks_twice_at_the_same_place_ends_and_leaves_no_handle() {
    let mut scene = Scene::set(true).await;
    scene.archive.apply(ROOM, &[written(1)]).await.expect("carried out");
    scene.log.break_with(Fault::Panic { times: 2 });
    scene.overtake().await;
    assert!(scene.room.summarise(None).await.is_none());
    scene.is_refused(Refusal::RoomEnded).await;
    is_let_go(&scene.rooms).await;
    assert!(scene.log.live().await.expect("listed").is_empty(), "its code is free");
    assert_eq!(
        scene.archive.find(ROOM, MessageNumber(1)).await.expect("looked up"),
        None,
        "nor does it leave messages"
    );
}

#[tokio::test]
async fn the_members_of_a_room_whose_log_cannot_be_read_are_told_of_its_end() {
    for can_close in [true, false] {
        let mut scene = Scene::set(can_close).await;
        scene.log.break_with(Fault::Damage);
        scene.overtake().await;
        scene.is_refused(Refusal::RoomEnded).await;
        is_let_go(&scene.rooms).await;
        let (send_queue, _queue) = send_queue(4);
        let again = scene.rooms.open(ROOM);
        assert!(again.attach(HOST, send_queue).await.is_err(), "nor does it come back: {can_close}");
        is_let_go(&scene.rooms).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_room_whose_storage_does_not_answer_tells_its_members_and_is_there_again_later() {
    let mut scene = Scene::set(true).await;
    scene.log.break_with(Fault::Outage);
    scene.overtake().await;
    scene.is_refused(Refusal::StorageUnavailable).await;
    // Whoever ends a connection asks this before the log is told of its end.
    let room = scene.room.clone();
    let is_member = tokio::spawn(async move { room.is_member(HOST).await });
    tokio::time::sleep(2 * READING).await;
    assert!(!is_member.is_finished(), "nothing is said of a room that cannot be read");
    scene.log.mend();
    assert!(is_member.await.expect("an answer"), "so the place is given up in order");
    let told = loop {
        match scene.told().await {
            FromRoom::Refused { refusal: Refusal::StorageUnavailable } => {}
            told => break told,
        }
    };
    assert!(matches!(told, FromRoom::Joined(_)), "{told:?}");
    assert!(scene.room.summarise(None).await.is_some());
    assert!(scene.rooms.is_live(ROOM));
}
