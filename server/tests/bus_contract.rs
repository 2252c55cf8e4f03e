//! What every bus between nodes does: the contract runs on nodes in one process and on real Redis servers.

mod redis;
mod relay;

use heartogether::{
    id::{AccountId, ConnectionId, MemberId, NegotiationId, NodeId, RoomCode},
    protocol::Signal,
};
use heartogether_server::{
    cluster::{
        bus::{Bus, Inbox, MemoryBus, Received, To},
        message::{NodeMessage, SessionChange, SessionHash},
    },
    storage::accounts::TokenHash,
};

use crate::support::PATIENCE;

/// Nodes on one bus, by their numbers from 1 on.
pub type Member = (Box<dyn Bus>, Inbox);

const ROOM: &str = "ABC234";

pub fn signal(number: u32) -> NodeMessage {
    NodeMessage::Signal {
        room: RoomCode::parse(ROOM).expect("a code"),
        to: ConnectionId::from_bits(1),
        from: MemberId::from_bits(2),
        signal: Signal::Closed { negotiation: NegotiationId(number) },
    }
}

pub fn ended(byte: u8) -> NodeMessage {
    NodeMessage::Sessions { change: SessionChange::Ended(SessionHash(TokenHash([byte; 32]))) }
}

pub fn node(number: u128) -> NodeId {
    NodeId::from_bits(number)
}

/// The next message that comes in.
pub async fn next(inbox: &mut Inbox) -> NodeMessage {
    let message = async {
        loop {
            match inbox.recv().await.expect("the bus is there") {
                Received::Message(message) => return message,
                Received::Interrupted => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, message).await.expect("a message in good time")
}

/// Waits until each of the nodes hears the others.
pub async fn meet(members: &mut [Member]) {
    for from in 0..members.len() {
        for to in (0..members.len()).filter(|to| *to != from) {
            let hears = async {
                let mut said = 1_000;
                loop {
                    members[from].0.tell(To::Node(node(to as u128 + 1)), signal(said));
                    let heard = tokio::time::timeout(std::time::Duration::from_millis(200), members[to].1.recv());
                    match heard.await {
                        Ok(Some(Received::Message(NodeMessage::Signal { .. }))) => return,
                        Ok(None) => panic!("the bus is there"),
                        _ => said += 1,
                    }
                }
            };
            tokio::time::timeout(PATIENCE, hears).await.expect("the nodes hear each other");
        }
    }
    // What was said too often comes before this.
    for from in 0..members.len() {
        let mark =
            NodeMessage::Sessions { change: SessionChange::AccountSignedOut(AccountId::from_bits(from as u128)) };
        members[from].0.tell(To::Others, mark.clone());
        for to in (0..members.len()).filter(|to| *to != from) {
            while next(&mut members[to].1).await != mark {}
        }
    }
}

/// The contract. `members` are three nodes.
async fn keeps_the_contract(mut members: Vec<Member>) {
    meet(&mut members).await;
    let (one, rest) = members.split_at_mut(1);
    let (two, three) = rest.split_at_mut(1);
    let ((first, first_inbox), (second, second_inbox), (third, third_inbox)) =
        (&mut one[0], &mut two[0], &mut three[0]);

    // Addressed: the node alone gets it, in order.
    for number in 0..100 {
        assert!(first.tell(To::Node(node(2)), signal(number)));
    }
    for number in 0..100 {
        assert_eq!(next(second_inbox).await, signal(number));
    }
    // For all: everybody but the sender gets it, once.
    assert!(second.tell(To::Others, ended(1)));
    assert_eq!((next(first_inbox).await, next(third_inbox).await), (ended(1), ended(1)));
    // Nothing but this has come before this.
    assert!(third.tell(To::Others, ended(2)));
    assert_eq!((next(first_inbox).await, next(second_inbox).await), (ended(2), ended(2)));
    assert!(first.tell(To::Node(node(3)), ended(3)));
    assert_eq!(next(third_inbox).await, ended(3));
}

#[tokio::test]
async fn nodes_in_one_process_keep_the_contract() {
    let bus = MemoryBus::default();
    let join = |number| {
        let (member, inbox) = bus.join(node(number));
        (Box::new(member) as Box<dyn Bus>, inbox)
    };
    keeps_the_contract((1..=3).map(join).collect()).await;
}

#[tokio::test]
async fn a_node_that_is_alone_reaches_nobody() {
    let (alone, mut inbox) = MemoryBus::default().join(node(1));
    assert!(!alone.tell(To::Node(node(2)), signal(1)) && !alone.tell(To::Node(node(1)), signal(1)));
    alone.tell(To::Others, ended(1));
    assert!(inbox.try_recv().is_err());
}
