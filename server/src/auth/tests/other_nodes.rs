//! What other nodes say about sessions, and signals that they pass on.

use heartogether::{
    id::{MemberId, NegotiationId},
    protocol::{CustomEvent, Signal},
};

use super::*;
use crate::{
    auth::Registration,
    cluster::{
        self,
        bus::{Bus, MemoryBus, MemoryNode, Received, To},
        message::{NodeMessage, SessionChange, SessionHash},
    },
    websocket::Queue,
};

const HERE: ConnectionId = ConnectionId::from_bits(1);

/// A node that hears another one, with a connection.
struct Cluster {
    scene: Scene,
    other: MemoryNode,
    queue: Queue,
    _registration: Registration,
}

impl Cluster {
    async fn set() -> Self {
        let (scene, bus) = (Scene::set().await, MemoryBus::default());
        let (other, _) = bus.join(NodeId::from_bits(9));
        let (_, inbox) = bus.join(scene.node.id);
        tokio::spawn(cluster::receive(scene.node.clone(), inbox));
        let (send_queue, queue) = send_queue(16);
        let admitted = scene.node.admit(&scene.session, scene.account().id, HERE, send_queue).await;
        Self { _registration: admitted.expect("admitted"), scene, other, queue }
    }

    fn says(&self, message: NodeMessage) {
        self.other.tell(To::Node(self.scene.node.id), message);
    }

    async fn is_closed_with(&mut self) -> CloseReason {
        match tokio::time::timeout(Duration::from_secs(20), self.queue.next()).await {
            Ok(Some(Frame::Close(ending))) => ending,
            other => panic!("expected the end of the connection, got {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_log_out_at_another_node_closes_connections_here() {
    for is_account in [false, true] {
        let mut cluster = Cluster::set().await;
        let others = SessionChange::Ended(SessionHash(TokenHash([9; 32])));
        cluster.says(NodeMessage::Sessions { change: others });
        let change = match is_account {
            true => SessionChange::AccountSignedOut(cluster.scene.account().id),
            false => SessionChange::Ended(SessionHash(cluster.scene.session.hash())),
        };
        cluster.says(NodeMessage::Sessions { change });
        assert_eq!(cluster.is_closed_with().await, CloseReason::refused(Refusal::NotSignedIn));
    }
}

#[tokio::test]
async fn a_node_that_was_cut_off_closes_connections_whose_sessions_have_ended() {
    let (scene, (sender, inbox)) = (Scene::set().await, tokio::sync::mpsc::unbounded_channel());
    let node = scene.node.clone();
    tokio::spawn(cluster::receive(node.clone(), inbox));
    let (send_queue, mut queue) = send_queue(16);
    let _registration = node.admit(&scene.session, scene.account().id, HERE, send_queue).await.expect("admitted");
    let hint = NodeMessage::Signal {
        room: scene.room,
        to: HERE,
        from: MemberId::from_bits(1),
        signal: Signal::Closed { negotiation: NegotiationId(1) },
    };
    // Its session holds: it goes on.
    for received in [Received::Interrupted, Received::Message(hint)] {
        sender.send(received).expect("heard");
    }
    assert!(matches!(queue.next().await, Some(Frame::Signal(..))));
    node.store.end_session(scene.session.hash()).await.expect("the store");
    sender.send(Received::Interrupted).expect("heard");
    let ending = tokio::time::timeout(Duration::from_secs(20), queue.next()).await.expect("in good time");
    assert!(matches!(ending, Some(Frame::Close(CloseReason::GONE))), "{ending:?}");
}

#[tokio::test]
async fn what_another_node_passes_on_reaches_connections_that_are_here() {
    let mut cluster = Cluster::set().await;
    let (room, from) = (cluster.scene.room, MemberId::from_bits(1));
    let signal = Signal::Closed { negotiation: NegotiationId(7) };
    let elsewhere = ConnectionId::from_bits(2);
    for to in [elsewhere, HERE] {
        cluster.says(NodeMessage::Signal { room, to, from, signal: signal.clone() });
    }
    let Some(Frame::Signal(text, _)) = cluster.queue.next().await else { panic!("a signal") };
    assert!(text.contains("closed") && text.contains(&room.to_string()), "{text}");
    let event = CustomEvent { name: "slide".to_owned(), payload: String::new() };
    cluster.says(NodeMessage::Unknown);
    cluster.says(NodeMessage::Custom { room, to: vec![elsewhere, HERE], event: event.clone() });
    let Some(Frame::Text(text)) = cluster.queue.next().await else { panic!("an event") };
    assert_eq!(CustomEvent::decode(&text), Ok((room, event)));
    assert!(cluster.queue.next_waiting().is_none());
}
