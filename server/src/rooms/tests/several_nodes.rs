//! Rooms on a log that other nodes append to as well.

use std::collections::BTreeSet;

use heartogether::{
    id::{AccountId, NegotiationId},
    protocol::{CustomEvent, SendSignal, Signal},
};

use super::*;
use crate::{
    cluster::{
        bus::{Inbox, Received},
        message::NodeMessage,
    },
    rooms::Viewer,
    storage::log::replicated::FORGOTTEN,
    websocket::CloseReason,
};

const OTHER_NODE: NodeId = NodeId::from_bits(2);

/// A room on a log that another node serves too, where the host is connected to that node.
async fn room_with_host_elsewhere() -> (Arc<FaultyLog>, RoomHandle) {
    room_with_host_at_node(Arc::new(MemoryBus::default().join(NODE).0)).await
}

async fn room_with_host_at_node(bus: Arc<dyn Bus>) -> (Arc<FaultyLog>, RoomHandle) {
    let log = FaultyLog::new(true);
    log.create(created()).await.expect("created");
    *log.alive.lock().expect("no poison") = Some(BTreeSet::from([OTHER_NODE]));
    let archive = Arc::new(MemoryArchive::default());
    let room = open_rooms_on(log.clone(), bus, archive).open(ROOM);
    assert!(!room.is_member(HOST).await);
    let room = host_comes_to_other_node(&log, &room, HOST).await;
    (log, room)
}

async fn host_comes_to_other_node(log: &FaultyLog, room: &RoomHandle, id: ConnectionId) -> RoomHandle {
    let Event::JoinRequested(request) = asks_to_host() else { panic!("a request for a place") };
    let connection = ConnectionRef { node: OTHER_NODE, id };
    let joined = log.append(ROOM, Event::JoinRequested(JoinRequested { connection, ..request })).await;
    room.at(joined.expect("appended").seq)
}

async fn is_host_connected(room: &RoomHandle) -> bool {
    room.summarise(None).await.expect("the room is there").host_connected
}

#[tokio::test]
async fn members_at_another_node_stay_connected_until_it_is_gone() {
    let (log, room) = room_with_host_elsewhere().await;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(is_host_connected(&room).await, "the node lives");
    }
    lose_other_node(&log, &room).await;
}

/// The other node is gone, and the host's connection is lost with it.
async fn lose_other_node(log: &FaultyLog, room: &RoomHandle) {
    *log.alive.lock().expect("no poison") = Some(BTreeSet::new());
    let lost = async {
        while is_host_connected(room).await {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), lost).await.expect("the node's members lose their connections");
}

#[tokio::test]
async fn a_node_that_comes_back_can_be_lost_again() {
    let (log, room) = room_with_host_elsewhere().await;
    lose_other_node(&log, &room).await;
    *log.alive.lock().expect("no poison") = Some(BTreeSet::from([OTHER_NODE]));
    let room = host_comes_to_other_node(&log, &room, ConnectionId::from_bits(2)).await;
    assert!(is_host_connected(&room).await, "the node has come back");
    lose_other_node(&log, &room).await;
}

#[tokio::test]
async fn a_room_whose_log_was_healed_is_read_anew() {
    let log = FaultyLog::new(true);
    log.create(created()).await.expect("created");
    log.is_mute.store(true, SeqCst);
    let room = open_rooms(log.clone()).open(ROOM);
    assert!(!room.is_member(HOST).await, "the log is read");
    log.append(ROOM, asks_to_host()).await.expect("appended");
    assert!(!room.is_member(HOST).await, "the entry has not come");
    log.is_mute.store(false, SeqCst);
    log.end_mute_subscriptions();
    let read = async {
        while !room.is_member(HOST).await {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("the log is read anew");
}

const LISTENER: ConnectionId = ConnectionId::from_bits(20);

/// A room whose host is at another node and whose listener is at this one, what the other node hears, and the listener's queue.
async fn listener_here() -> (RoomHandle, Inbox, Queue) {
    let bus = MemoryBus::default();
    let (_, inbox) = bus.join(OTHER_NODE);
    let (log, room) = room_with_host_at_node(Arc::new(bus.join(NODE).0)).await;
    let (room, queue) = listener_comes(&log, &room).await;
    (room, inbox, queue)
}

async fn listener_comes(log: &FaultyLog, room: &RoomHandle) -> (RoomHandle, Queue) {
    let (send_queue, queue) = send_queue(1_000);
    room.attach(LISTENER, send_queue).await.expect("attached");
    let Event::JoinRequested(request) = asks_to_host() else { panic!("a request for a place") };
    let joins = Event::JoinRequested(JoinRequested {
        connection: ConnectionRef { node: NODE, id: LISTENER },
        account: AccountId::from_bits(20),
        role: Role::Listener,
        member: MemberId::from_bits(20),
        ..request
    });
    let joined = log.append(ROOM, joins).await.expect("appended");
    (room.at(joined.seq), queue)
}

/// Why a connection is closed, after all that it is told before.
async fn close_reason(queue: &mut Queue) -> CloseReason {
    let closed = async {
        loop {
            if let Err(reason) = queue.next().await.expect("a frame").into_message() {
                return reason;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), closed).await.expect("the connection is closed")
}

#[tokio::test]
async fn members_who_have_lost_their_places_while_the_log_was_not_read_are_sent_to_another_node() {
    let log = FaultyLog::new(true);
    log.create(created()).await.expect("created");
    log.is_mute.store(true, SeqCst);
    let (room, mut queue) = listener_comes(&log, &open_rooms(log.clone()).open(ROOM)).await;
    assert!(room.is_member(LISTENER).await);
    log.append(ROOM, Event::NodeLost { node: NODE }).await.expect("appended");
    assert!(room.is_member(LISTENER).await, "the entry has not come");
    log.is_mute.store(false, SeqCst);
    log.end_mute_subscriptions();
    assert_eq!(close_reason(&mut queue).await, CloseReason::STOPPING);
}

#[tokio::test]
async fn members_of_this_node_are_sent_to_another_one_if_others_take_it_for_gone() {
    let (log, room) = room_with_host_elsewhere().await;
    let (room, mut queue) = listener_comes(&log, &room).await;
    assert!(room.is_member(LISTENER).await);
    let mut closes = async |node| {
        let lost = log.append(ROOM, Event::NodeLost { node }).await.expect("appended");
        room.at(lost.seq).summarise(None).await.expect("the room is there");
        std::iter::from_fn(|| queue.next_waiting()).find_map(|frame| frame.into_message().err())
    };
    assert_eq!(closes(OTHER_NODE).await, None);
    assert_eq!(closes(NODE).await, Some(CloseReason::STOPPING));
}

#[tokio::test(start_paused = true)]
async fn a_node_steps_aside_for_longer_than_the_log_remembers_what_it_did_not_understand() {
    let mut scene = Scene::set(true).await;
    scene.log.break_with(Fault::NewerVersion);
    scene.overtake().await;
    assert_eq!(close_reason(&mut scene.queue).await, CloseReason::STOPPING);
    tokio::time::sleep(FORGOTTEN).await;
    let (waiting, mut queue) = send_queue(10);
    assert_eq!(scene.room.attach(HOST, waiting).await, Err(Refusal::RoomUnreadable));
    assert_eq!(close_reason(&mut queue).await, CloseReason::STOPPING, "whoever comes is sent away, too");
    // Now the log reads anew, and a snapshot has the entry.
    scene.log.mend();
    tokio::time::sleep(Duration::from_secs(60)).await;
    let (waiting, _queue) = send_queue(1_000);
    assert_eq!(scene.room.attach(HOST, waiting).await, Ok(()), "the node has read it once more");
    assert!(scene.rooms.is_live(ROOM));
}

fn heard(inbox: &mut Inbox) -> Option<NodeMessage> {
    match inbox.try_recv() {
        Ok(Received::Message(message)) => Some(message),
        _ => None,
    }
}

/// The frames that wait, without those of the room's own messages.
async fn frames(room: &RoomHandle, queue: &mut Queue) -> Vec<String> {
    assert!(room.is_member(LISTENER).await, "the room has taken in what came before");
    let mut frames = Vec::new();
    while let Some(frame) = queue.next_waiting() {
        let Frame::Text(text) = frame else { panic!("a text") };
        frames.push(text.to_string());
    }
    frames
}

#[tokio::test]
async fn a_signal_for_a_member_at_another_node_is_passed_to_that_node() {
    let (room, mut inbox, mut queue) = listener_here().await;
    let host = MemberId::from_bits(2);
    let signal = Signal::Answer { negotiation: NegotiationId(7), sdp: "v=0".to_owned() };
    room.signal(LISTENER, SendSignal { to: host, signal: signal.clone() }).await.expect("passed");
    // What the role does not allow is refused here.
    let offer = Signal::Offer { negotiation: NegotiationId(7), sdp: "v=0".to_owned(), restarts: None };
    room.signal(LISTENER, SendSignal { to: host, signal: offer }).await.expect("refused by the room");
    let refused = frames(&room, &mut queue).await.pop().expect("an answer");
    assert!(refused.contains(Refusal::NotAllowed.code()), "{refused}");
    let (room, from) = (created().code, MemberId::from_bits(20));
    assert_eq!(heard(&mut inbox), Some(NodeMessage::Signal { room, to: HOST, from, signal }));
    assert_eq!(heard(&mut inbox), None);
}

#[tokio::test]
async fn a_signal_for_a_member_at_a_node_that_is_gone_is_refused() {
    let (room, inbox, mut queue) = listener_here().await;
    drop(inbox);
    frames(&room, &mut queue).await;
    let signal = Signal::OfferRequest { restarts: None };
    room.signal(LISTENER, SendSignal { to: MemberId::from_bits(2), signal }).await.expect("refused by the room");
    let refused = frames(&room, &mut queue).await.pop().expect("an answer");
    assert!(refused.contains(Refusal::MemberNotFound.code()), "{refused}");
}

#[tokio::test]
async fn an_owners_event_reaches_members_at_all_nodes() {
    let (room, mut inbox, mut queue) = listener_here().await;
    frames(&room, &mut queue).await;
    let event = CustomEvent { name: "slide.changed".to_owned(), payload: "7".to_owned() };
    let stranger = Viewer { account: AccountId::from_bits(20), kind: AccountKind::Known };
    assert_eq!(room.send_custom(stranger, &event).await, Err(Refusal::NotAllowed));
    assert_eq!(heard(&mut inbox), None);
    let owner = Viewer { account: OWNER, kind: AccountKind::Known };
    assert_eq!(room.send_custom(owner, &event).await, Ok(()));
    let code = created().code;
    assert_eq!(heard(&mut inbox), Some(NodeMessage::Custom { room: code, to: vec![HOST], event: event.clone() }));
    let got = frames(&room, &mut queue).await;
    assert_eq!(got.iter().map(|frame| CustomEvent::decode(frame)).collect::<Vec<_>>(), [Ok((code, event))]);
}
