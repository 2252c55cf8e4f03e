//! Members whose networks let no WebSockets through: the server's frames are events, and theirs are posted.

use heartogether::{
    limits::{FRAME_BYTES, Limits},
    protocol::{ClientMessage, FromRoom, Ping, RoomFrame, SendSignal, ServerMessage, ToRoom, encode},
    refusal::Refusal,
    role::Role,
    room::RoomEvent,
};
use reqwest::StatusCode;

use crate::support::{EventStream, TestServer, answer, eventually, join, offer, received, refused, resume, said_in};

const PING: Ping = Ping { nonce: 7 };

fn ping(nonce: u32) -> String {
    encode(&ClientMessage::Ping(Ping { nonce }))
}

fn refused_with(status: StatusCode, refusal: Refusal) -> (StatusCode, Option<String>) {
    (status, Some(refusal.code().to_owned()))
}

/// What the room says next.
async fn hear(stream: &mut EventStream) -> FromRoom {
    match stream.receive().await {
        ServerMessage::Room(RoomFrame { message, .. }) => message,
        other => panic!("expected the room to say something, got {other:?}"),
    }
}

#[tokio::test]
async fn a_member_takes_part_as_over_a_websocket() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    let mut stream = EventStream::greet(&server.site, &linus).await;
    stream.send(&join(pair.code, Role::Listener)).await;
    let FromRoom::Joined(joined) = hear(&mut stream).await else { panic!("a place") };
    assert!(matches!(pair.host.event().await, RoomEvent::MemberJoined { member } if member.member == joined.member));
    for _ in 0..3 {
        pair.host.signal(joined.member, offer(1)).await;
        assert_eq!(hear(&mut stream).await, received(pair.as_host.member, offer(1)));
        let answered = SendSignal { to: pair.as_host.member, signal: answer(1) };
        stream.send(&said_in(pair.code, ToRoom::Signal(answered))).await;
        assert_eq!(pair.host.hear().await, received(joined.member, answer(1)));
    }
    stream.send(&join(pair.code, Role::Listener)).await;
    assert_eq!(refused(&stream.receive().await), Some(Refusal::OutOfOrder));
    pair.is_undisturbed().await;
    // The page goes back to a WebSocket and has the same place.
    let mut socket = server.site.greet(&linus).await;
    socket.send(&resume(pair.code, &joined, joined.seq)).await;
    socket.resumed().await;
    assert_eq!(hear(&mut stream).await, FromRoom::Refused { refusal: Refusal::SessionReplaced });
}

#[tokio::test]
async fn events_come_at_once_and_nobody_keeps_them() {
    let server = TestServer::start().await;
    let cookie = server.site.sign_in("Grace").await;
    let headers = [("cookie", cookie.as_str()), ("accept-encoding", "gzip, br")];
    let response = server.site.get_with("/api/stream", &headers).await;
    let headers = response.headers();
    assert_eq!(headers["cache-control"], "no-store, no-transform");
    assert_eq!(headers["x-accel-buffering"], "no");
    assert!(!headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn who_may_not_connect_is_told_over_the_stream() {
    let server = TestServer::start().await;
    let grace = server.site.sign_in("Grace").await;
    let mut stranger = EventStream::open_with(&server.site, &[]).await;
    assert_eq!(stranger.last_words().await, (Some(Refusal::NotSignedIn), "1008".to_owned()));
    let foreign = [("cookie", grace.as_str()), ("origin", "https://evil.example")];
    let mut foreign = EventStream::open_with(&server.site, &foreign).await;
    assert_eq!(foreign.last_words().await, (Some(Refusal::OriginNotAllowed), "1008".to_owned()));
}

#[tokio::test]
async fn websockets_and_event_streams_share_their_limit() {
    let limits = Limits { sockets_per_address: 2, ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let grace = server.site.sign_in("Grace").await;
    let _places = (EventStream::greet(&server.site, &grace).await, server.site.greet(&grace).await);
    let mut third = EventStream::open(&server.site, &grace).await;
    assert_eq!(third.last_words().await, (Some(Refusal::TooManyConnections), "1008".to_owned()));
}

#[tokio::test]
async fn a_frame_is_taken_once_and_in_order() {
    let server = TestServer::start().await;
    let grace = server.site.sign_in("Grace").await;
    let mut stream = EventStream::greet(&server.site, &grace).await;
    let several = [ping(1), ping(2)].join("\n");
    for _ in 0..2 {
        assert_eq!(stream.post(1, &several).await, (StatusCode::NO_CONTENT, None));
    }
    assert_eq!(stream.post(4, &ping(4)).await, refused_with(StatusCode::BAD_REQUEST, Refusal::OutOfOrder));
    let repeated = [several, ping(3)].join("\n");
    assert_eq!(stream.post(1, &repeated).await, (StatusCode::NO_CONTENT, None));
    for nonce in 1..=3 {
        assert_eq!(stream.receive().await, ServerMessage::Pong(Ping { nonce }));
    }
    stream.next = 4;
    stream.send(&ClientMessage::Ping(PING)).await;
    assert_eq!(stream.receive().await, ServerMessage::Pong(PING), "nothing came twice");
}

#[tokio::test]
async fn what_does_not_belong_to_the_stream_is_refused_and_changes_nothing() {
    let server = TestServer::start().await;
    let (grace, mallory) = (server.site.sign_in("Grace").await, server.site.sign_in("Mallory").await);
    let mut stream = EventStream::greet(&server.site, &grace).await;
    let id = stream.id.clone();
    let own = format!("{id}?first=1");
    let not_found = refused_with(StatusCode::NOT_FOUND, Refusal::ConnectionNotFound);
    let malformed = refused_with(StatusCode::BAD_REQUEST, Refusal::FrameMalformed);
    assert_eq!(stream.post_as(&mallory, &own, &ping(1)).await, not_found);
    let no_session = refused_with(StatusCode::UNAUTHORIZED, Refusal::NotSignedIn);
    assert_eq!(stream.post_as("", &own, &ping(1)).await, no_session);
    for other in [format!("{}?first=1", "0".repeat(64)), format!("{}?first=1", &id[1..]), "x?first=1".to_owned()] {
        assert_eq!(stream.post_as(&grace, &other, &ping(1)).await, not_found, "{other}");
    }
    for number in ["", "?first=", "?first=-1", "?first=18446744073709551616", "?second=1"] {
        assert_eq!(stream.post_as(&grace, &format!("{id}{number}"), &ping(1)).await, malformed, "{number}");
    }
    let headers = [("cookie", grace.as_str()), ("origin", "https://evil.example")];
    let foreign = server.site.post(&format!("/api/stream/{own}"), &ping(1), &headers).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let long = stream.post(1, &"x".repeat(FRAME_BYTES + 1)).await;
    assert_eq!(long.0, StatusCode::PAYLOAD_TOO_LARGE);
    stream.send(&ClientMessage::Ping(PING)).await;
    assert_eq!(stream.receive().await, ServerMessage::Pong(PING));
}

#[tokio::test]
async fn frames_have_the_limits_of_a_websocket() {
    let limits = Limits { frames_per_second: 1, frames_burst: 20, ..Limits::default() };
    let server = TestServer::start_with(limits, &[]).await;
    let mallory = server.site.sign_in("Mallory").await;
    let mut flood = EventStream::greet(&server.site, &mallory).await;
    let frames: Vec<_> = (0..20).map(ping).collect();
    let refused = flood.post(1, &frames.join("\n")).await;
    assert_eq!(refused, refused_with(StatusCode::TOO_MANY_REQUESTS, Refusal::TooManyFrames));
    assert_eq!(flood.last_words().await, (Some(Refusal::TooManyFrames), "1008".to_owned()));
    let mut empty = EventStream::greet(&server.site, &mallory).await;
    let mut status = StatusCode::NO_CONTENT;
    for _ in 0..20 {
        status = empty.post(1, "").await.0;
    }
    assert_ne!(status, StatusCode::NO_CONTENT, "empty posts count as well");
    assert_eq!(empty.last_words().await, (Some(Refusal::TooManyFrames), "1008".to_owned()));
    let mut rubbish = EventStream::greet(&server.site, &mallory).await;
    rubbish.post(1, "rubbish").await;
    assert_eq!(rubbish.last_words().await, (Some(Refusal::FrameMalformed), "1008".to_owned()));
    let gone = rubbish.post(2, &ping(1)).await;
    eventually(async || rubbish.post(2, &ping(1)).await.0 == StatusCode::NOT_FOUND).await;
    assert!(matches!(gone.0, StatusCode::NO_CONTENT | StatusCode::NOT_FOUND), "{gone:?}");
}

#[tokio::test]
async fn a_stream_without_hello_or_posts_is_closed() {
    let server = TestServer::start().await;
    let Limits { hello_ms, silence_ms, heartbeat_ms, .. } = Limits::default();
    let grace = server.site.sign_in("Grace").await;
    let mut mute = EventStream::open(&server.site, &grace).await;
    // Its first post is refused, so it is heard.
    mute.post(0, &ping(1)).await;
    assert_eq!(refused(&mute.receive().await), Some(Refusal::OutOfOrder));
    server.clock.advance(hello_ms);
    assert_eq!(mute.last_words().await, (Some(Refusal::HelloMissing), "1008".to_owned()));

    let mut stream = EventStream::greet(&server.site, &grace).await;
    // Whoever answers pings is kept, however long.
    for _ in 0..2 * silence_ms / heartbeat_ms {
        server.clock.advance(heartbeat_ms);
        while stream.event().await.expect("an open stream").0 != "ping" {}
        assert_eq!(stream.post(1, "").await, (StatusCode::NO_CONTENT, None), "that is the answer");
    }
    // Once the reader has taken the last one, nothing more comes.
    stream.send(&ClientMessage::Ping(PING)).await;
    assert_eq!(stream.receive().await, ServerMessage::Pong(PING));
    server.clock.advance(silence_ms);
    assert_eq!(stream.last_words().await, (None, "1001".to_owned()));
}

#[tokio::test]
async fn the_end_of_the_stream_is_the_end_of_the_connection() {
    let mut server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    let mut stream = EventStream::greet(&server.site, &linus).await;
    stream.send(&join(pair.code, Role::Listener)).await;
    let FromRoom::Joined(joined) = hear(&mut stream).await else { panic!("a place") };
    assert!(matches!(pair.host.event().await, RoomEvent::MemberJoined { .. }));
    let id = stream.id.clone();
    drop(stream);
    let lost = RoomEvent::MemberConnected { member: joined.member, connected: false };
    assert_eq!(pair.host.event().await, lost);

    let mut stream = EventStream::greet(&server.site, &linus).await;
    let ended = stream.post_as(&linus, &format!("{id}?first=2"), &ping(1)).await;
    assert_eq!(ended, refused_with(StatusCode::NOT_FOUND, Refusal::ConnectionNotFound));
    stream.send(&resume(pair.code, &joined, joined.seq)).await;
    assert!(matches!(hear(&mut stream).await, FromRoom::Resumed(_)));
    // A log-out closes it at once.
    server.site.post("/auth/logout", "", &[("cookie", &linus)]).await;
    assert_eq!(stream.last_words().await, (Some(Refusal::NotSignedIn), "1008".to_owned()));
    // A server that stops sends its pages away.
    let mut stream = EventStream::greet(&server.site, &pair.grace).await;
    let (words, ()) = tokio::join!(stream.last_words(), server.stop());
    assert_eq!(words, (None, "1001".to_owned()));
}
