//! Connections that end while their requests are under way.

use heartogether::{
    id::ConnectionId,
    protocol::{ClientMessage, Hello, Join, PROTOCOL_VERSION, Ping, ToRoom},
    refusal::Refusal,
    role::Role,
    room::ConnectionRef,
};
use heartogether_app::api::{Backend, Caller};

use super::{Scene, until};
use crate::websocket::{CloseReason, Connection, Frame, SendQueue, send_queue};

/// A connection of the scene's guest that has said hello.
async fn greet(scene: &Scene, send_queue: &SendQueue) -> Connection {
    let connection = ConnectionRef { node: scene.node.id, id: ConnectionId::from_bits(1) };
    let (node, account) = (scene.node.clone(), scene.account());
    let mut opened = Connection::new(node, connection, account, Caller::default(), send_queue.clone());
    assert_eq!(opened.handle(Box::new(ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION })), 0).await, Ok(()));
    opened
}

#[tokio::test]
async fn a_connection_whose_task_breaks_leaves_its_room_and_is_closed() {
    let scene = Scene::set().await;
    let (send_queue, mut queue) = send_queue(16);
    let mut opened = greet(&scene, &send_queue).await;
    let join = ToRoom::Join(Join { role: Role::Host, take_over: false, name: None, returns: false });
    assert_eq!(opened.handle(Box::new(ClientMessage::to_room(scene.room, join)), 0).await, Ok(()));
    let host_is_there = async || {
        let found = scene.node.find_room(scene.room, None).await.ok().flatten();
        found.is_some_and(|room| room.host_connected)
    };
    until(host_is_there).await;
    let task = tokio::spawn(async move {
        let _opened = opened;
        panic!("a fault of the test");
    });
    assert!(task.await.expect_err("it broke").is_panic());
    until(async || !host_is_there().await).await;
    let ending = async {
        loop {
            match queue.next().await {
                Some(Frame::Close(ending)) => return ending,
                Some(_) => {}
                None => panic!("nobody closed the connection"),
            }
        }
    };
    assert_eq!(ending.await, CloseReason::FAULT);
}

#[tokio::test]
async fn requests_before_leaving_are_carried_out_unless_the_connection_was_closed() {
    for is_closed in [false, true] {
        let scene = Scene::set().await;
        let (send_queue, _queue) = send_queue(16);
        let mut opened = greet(&scene, &send_queue).await;
        for message in
            [ToRoom::Join(Join { role: Role::Host, take_over: false, name: None, returns: false }), ToRoom::Stop]
        {
            assert_eq!(opened.handle(Box::new(ClientMessage::to_room(scene.room, message)), 0).await, Ok(()));
        }
        if is_closed {
            send_queue.close(CloseReason::refused(Refusal::NotSignedIn));
        }
        opened.end(CloseReason::GONE).await;
        let is_open = scene.node.find_room(scene.room, None).await.expect("the storage").is_some();
        assert_eq!(is_open, is_closed);
    }
}

#[tokio::test]
async fn messages_of_a_closed_connection_are_ignored() {
    let scene = Scene::set().await;
    let (send_queue, mut queue) = send_queue(4);
    let mut opened = greet(&scene, &send_queue).await;
    send_queue.close(CloseReason::refused(Refusal::NotSignedIn));
    assert_eq!(opened.handle(Box::new(ClientMessage::Ping(Ping { nonce: 1 })), 0).await, Err(CloseReason::GONE));
    assert!(matches!(queue.next().await, Some(Frame::Text(_))), "the welcome");
    assert!(matches!(queue.next().await, Some(Frame::Close(_))), "and no pong");
}

#[tokio::test]
async fn a_lounge_stays_in_a_list_while_the_room_here_may_not_know_yet_that_the_account_is_in_it() {
    let scene = Scene::set().await;
    let (node, account) = (&scene.node, scene.account());
    let room = node.log.find(scene.room).await.expect("the log").expect("a room");
    // As another node does. The account has no place here.
    node.store.add_membership(account.id, room, node.clock.now()).await.expect("added");
    for (ms, is_kept) in [(0, true), (59_999, true), (1, false)] {
        scene.clock.advance(ms);
        assert!(node.saved_lounges(&account).await.unwrap_or_else(|error| panic!("{error}")).is_empty());
        let is_there = !node.store.memberships(account.id).await.expect("read").is_empty();
        assert_eq!(is_there, is_kept, "{ms} ms later");
    }
}
