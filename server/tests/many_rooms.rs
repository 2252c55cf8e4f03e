//! One connection in many rooms: messages name their room, places are separate, and all rooms are resumed at once.

use std::collections::{BTreeMap, BTreeSet};

use heartogether::{
    engagement::MessageText,
    id::RoomCode,
    limits::{Limits, ROOMS_PER_CONNECTION},
    protocol::{
        ClientMessage, FromRoom, Hello, PROTOCOL_VERSION, ResumeRoom, ResumeRooms, RoomFrame, ServerMessage, ToRoom,
        Write,
    },
    refusal::Refusal,
    role::Role,
    room::{Joined, RoomEvent},
};

use crate::support::{Connection, Site, TestServer, join, offer, received, refused, said_in};

/// Limits under which one person may open and enter so many rooms in no time.
fn generous() -> Limits {
    let many = 10_000;
    let all = heartogether::limits::Quota { count: many, window_ms: 60_000 };
    Limits {
        rooms_per_address: many,
        rooms_per_account: all,
        new_rooms_per_address: all,
        requests_burst: many,
        joins_per_account: many,
        frames_burst: many,
        ..Limits::default()
    }
}

/// So many rooms of Ada's, with Grace as a listener of all over one connection.
async fn listen_to(site: &Site, count: usize) -> (String, Connection, BTreeMap<RoomCode, Joined>) {
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let mut connection = site.greet(&grace).await;
    let mut places = BTreeMap::new();
    for _ in 0..count {
        let code = site.create_room(&ada).await;
        connection.send(&join(code, Role::Listener)).await;
        places.insert(code, connection.joined().await);
    }
    (grace, connection, places)
}

fn resume_all(places: &BTreeMap<RoomCode, Joined>) -> ClientMessage {
    let place =
        |(room, joined): (&RoomCode, &Joined)| ResumeRoom { room: *room, token: joined.token, last_seq: joined.seq };
    ClientMessage::ResumeRooms(ResumeRooms { rooms: places.iter().map(place).collect() })
}

/// The rooms that answer a resumption next, one frame each.
async fn resumed(connection: &mut Connection, count: usize) -> BTreeSet<RoomCode> {
    let mut rooms = BTreeSet::new();
    while rooms.len() < count {
        if let ServerMessage::Room(RoomFrame { room, message: FromRoom::Resumed(_) }) = connection.receive().await {
            assert!(rooms.insert(room), "{room} answers once");
        }
    }
    rooms
}

#[tokio::test]
async fn messages_name_their_room_and_places_are_separate() {
    let server = TestServer::start().await;
    let site = &server.site;
    let (mut one, other) = (site.pair().await, site.pair().await);
    // Grace of the first room listens to the second one as well.
    one.listener.send(&join(other.code, Role::Listener)).await;
    let as_other = one.listener.joined().await;
    assert_ne!((as_other.member, as_other.token), (one.as_listener.member, one.as_listener.token));
    one.listener.drain().await;

    one.listener.send(&said_in(other.code, ToRoom::Leave)).await;
    one.listener.send(&said_in(other.code, ToRoom::FetchMessages(earliest()))).await;
    assert_eq!(one.listener.refusal().await, Refusal::NotAMember, "in the room that was left");
    let stranger = "ZZZZ22".parse().expect("a code");
    one.listener.send(&said_in(stranger, ToRoom::Leave)).await;
    let refusal = one.listener.receive().await;
    assert!(matches!(&refusal, ServerMessage::Room(frame) if frame.room == stranger), "{refusal:?}");
    assert_eq!(refused(&refusal), Some(Refusal::OutOfOrder));

    one.listener.send(&said_in(one.code, ToRoom::FetchMessages(earliest()))).await;
    assert!(matches!(one.listener.hear().await, FromRoom::Messages(_)), "the place in the other room is as it was");
    one.is_undisturbed().await;
}

fn earliest() -> heartogether::protocol::FetchMessages {
    heartogether::protocol::FetchMessages { before: heartogether::id::MessageNumber(1) }
}

#[tokio::test]
async fn a_signal_goes_to_a_member_of_the_room_that_it_names() {
    let server = TestServer::start().await;
    let site = &server.site;
    let (mut one, mut other) = (site.pair().await, site.pair().await);
    one.host.send(&said_in(one.code, ToRoom::Signal(signal(one.as_listener.member)))).await;
    assert_eq!(one.listener.hear().await, received(one.as_host.member, offer(1)));
    one.host.send(&said_in(other.code, ToRoom::Signal(signal(other.as_listener.member)))).await;
    assert_eq!(
        refused(&one.host.receive().await),
        Some(Refusal::OutOfOrder),
        "whoever is not in a room signals nobody"
    );
    other.is_undisturbed().await;
}

fn signal(to: heartogether::id::MemberId) -> heartogether::protocol::SendSignal {
    heartogether::protocol::SendSignal { to, signal: offer(1) }
}

#[tokio::test]
async fn a_connection_is_in_at_most_fifty_rooms() {
    let server = TestServer::start_with(generous(), &[]).await;
    let (_, mut connection, places) = listen_to(&server.site, ROOMS_PER_CONNECTION).await;
    let more = server.site.create_room(&server.site.sign_in("Edsger").await).await;
    connection.send(&join(more, Role::Listener)).await;
    assert_eq!(connection.refusal().await, Refusal::TooManyPlaces);
    let left = *places.keys().next().expect("a room");
    connection.send(&said_in(left, ToRoom::Leave)).await;
    connection.send(&join(more, Role::Listener)).await;
    connection.joined().await;
}

#[tokio::test]
async fn fifty_rooms_are_resumed_by_one_command_even_with_a_small_queue() {
    let limits = Limits { send_queue_frames: 8, ..generous() };
    let server = TestServer::start_with(limits, &[]).await;
    let (grace, connection, places) = listen_to(&server.site, ROOMS_PER_CONNECTION).await;
    drop(connection);
    let mut again = server.site.greet(&grace).await;
    again.send(&resume_all(&places)).await;
    assert_eq!(resumed(&mut again, places.len()).await, places.keys().copied().collect());
    let (code, _) = places.iter().next().expect("a room");
    again.send(&said_in(*code, ToRoom::FetchMessages(earliest()))).await;
    assert!(matches!(again.receive().await, ServerMessage::Room(frame) if frame.room == *code));
}

#[tokio::test]
async fn a_missing_room_is_refused_and_the_others_are_resumed() {
    let server = TestServer::start_with(generous(), &[]).await;
    let (grace, connection, mut places) = listen_to(&server.site, 3).await;
    drop(connection);
    let gone = "ZZZZ22".parse().expect("a code");
    let token = places.values().next().expect("a place").clone();
    places.insert(gone, token);
    let mut again = server.site.greet(&grace).await;
    again.send(&resume_all(&places)).await;
    let mut heard = BTreeMap::new();
    while heard.len() < places.len() {
        let ServerMessage::Room(RoomFrame { room, message }) = again.receive().await else { panic!("rooms answer") };
        match message {
            FromRoom::Resumed(_) => assert_eq!(heard.insert(room, None), None),
            FromRoom::Refused { refusal } => assert_eq!(heard.insert(room, Some(refusal)), None),
            other => panic!("{other:?}"),
        }
    }
    for (room, refusal) in heard {
        assert_eq!(refusal, (room == gone).then_some(Refusal::RoomNotFound));
    }
}

#[tokio::test]
async fn no_more_rooms_than_fifty_are_resumed_at_once() {
    let server = TestServer::start().await;
    let (grace, _connection, places) = listen_to(&server.site, 1).await;
    let (room, joined) = places.iter().next().expect("a place");
    let place = ResumeRoom { room: *room, token: joined.token, last_seq: joined.seq };
    let rooms = vec![place; ROOMS_PER_CONNECTION + 1];
    let mut again = server.site.greet(&grace).await;
    again.send(&ClientMessage::ResumeRooms(ResumeRooms { rooms })).await;
    assert_eq!(again.last_words().await, (Refusal::FrameMalformed, 1008));
}

#[tokio::test]
async fn the_end_of_one_room_does_not_affect_the_others_and_the_connection() {
    let server = TestServer::start().await;
    let site = &server.site;
    let (mut one, mut other) = (site.pair().await, site.pair().await);
    one.listener.send(&join(other.code, Role::Listener)).await;
    one.listener.joined().await;
    one.listener.drain().await;
    other.host.say(ToRoom::Stop).await;
    assert!(matches!(one.listener.event().await, RoomEvent::RoomEnded { .. }));
    one.listener.send(&said_in(one.code, ToRoom::FetchMessages(earliest()))).await;
    assert!(matches!(one.listener.hear().await, FromRoom::Messages(_)));
    one.is_undisturbed().await;
}

#[tokio::test]
async fn the_limit_of_messages_applies_to_all_connections_and_to_each_room() {
    let server = TestServer::start().await;
    let site = &server.site;
    let (mut one, other) = (site.pair().await, site.pair().await);
    one.listener.send(&join(other.code, Role::Listener)).await;
    one.listener.joined().await;
    let write = |code, nonce| {
        let text = MessageText::parse("louder").expect("a message");
        said_in(code, ToRoom::Write(Write { nonce, text, pictures: Vec::new(), reply_to: None }))
    };
    let burst = Limits::default().messages_burst;
    for nonce in 0..=burst {
        one.listener.send(&write(other.code, nonce)).await;
    }
    let heard = one.listener.drain().await;
    assert!(heard.iter().any(|message| refused(message) == Some(Refusal::TooManyMessages)), "{heard:?}");
    one.listener.send(&write(one.code, 1)).await;
    // What was written in the first one may still be told.
    let told = loop {
        match one.listener.receive().await {
            ServerMessage::Room(RoomFrame { room, message }) if room == one.code => break message,
            _ => {}
        }
    };
    let is_sent =
        |told: &FromRoom| matches!(told, FromRoom::Event(told) if matches!(told.event, RoomEvent::MessageSent { .. }));
    assert!(is_sent(&told), "another room is another conversation: {told:?}");
}

#[tokio::test]
async fn the_previous_version_is_refused() {
    let server = TestServer::start().await;
    let mut old = server.site.connect(&server.site.sign_in("Ada").await).await;
    old.send(&ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION - 1 })).await;
    assert_eq!(old.last_words().await, (Refusal::VersionUnsupported, 1008));
}
