//! The server answers every invalid input with a typed refusal, and others are not affected.

use crate::support::refused;
use crate::support::said_in;
use futures::FutureExt;
use heartogether::protocol::FromRoom;
use heartogether::{
    id::NegotiationId,
    limits::{CANDIDATES_PER_SIGNAL, FRAME_BYTES, Limits},
    protocol::{ClientMessage, Hello, PROTOCOL_VERSION, Ping, Publish, ServerMessage, Signal, ToRoom, encode},
    refusal::Refusal,
    role::Role,
    room::{RoomEvent, Source},
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::support::{Connection, TestServer, answer, join, offer, received, resume};

const PING: ClientMessage = ClientMessage::Ping(Ping { nonce: 1 });
const HELLO: ClientMessage = ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION });

/// A connection that sends this frame after its hello is refused, closed and forgotten.
async fn is_closed_after(frame: Message, expected: (Refusal, u16)) {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mut offender = server.site.greet(&server.site.sign_in("Mallory").await).await;
    offender.flood(frame, 1).await;
    assert_eq!(offender.last_words().await, expected);
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_frame_that_is_not_json_is_refused() {
    is_closed_after(Message::text("hello there"), (Refusal::FrameMalformed, 1008)).await;
}

#[tokio::test]
async fn json_that_is_not_a_message_is_refused() {
    is_closed_after(Message::text(r#"{"make_coffee":{}}"#), (Refusal::FrameMalformed, 1008)).await;
}

#[tokio::test]
async fn deep_nesting_is_refused() {
    is_closed_after(Message::text("[".repeat(10_000)), (Refusal::FrameMalformed, 1008)).await;
}

#[tokio::test]
async fn a_signal_with_too_many_candidates_is_refused() {
    let candidate = r#"{"candidate":"","sdp_mid":null,"sdp_m_line_index":null}"#;
    let candidates = vec![candidate; CANDIDATES_PER_SIGNAL + 1].join(",");
    let signal = format!(r#"{{"candidates":{{"negotiation":1,"candidates":[{candidates}]}}}}"#);
    let message = format!(r#"{{"signal":{{"to":"{:032x}","signal":{signal}}}}}"#, 1);
    let frame = format!(r#"{{"room":{{"room":"ABC234","message":{message}}}}}"#);
    is_closed_after(Message::text(frame), (Refusal::FrameMalformed, 1008)).await;
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_refused() {
    let frame = Frame::message(vec![0xff, 0xfe, 0xfd], OpCode::Data(Data::Text), true);
    is_closed_after(Message::Frame(frame), (Refusal::FrameMalformed, 1007)).await;
}

#[tokio::test]
async fn a_binary_frame_is_refused() {
    is_closed_after(Message::binary(vec![1, 2, 3]), (Refusal::FrameMalformed, 1003)).await;
}

#[tokio::test]
async fn a_frame_one_byte_too_large_is_refused() {
    is_closed_after(Message::text("x".repeat(FRAME_BYTES + 1)), (Refusal::FrameTooLarge, 1009)).await;
}

#[tokio::test]
async fn a_frame_of_a_megabyte_is_refused() {
    is_closed_after(Message::text("x".repeat(1024 * 1024)), (Refusal::FrameTooLarge, 1009)).await;
}

#[tokio::test]
async fn a_thousand_frames_at_once_are_refused() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mut offender = server.site.greet(&server.site.sign_in("Mallory").await).await;
    offender.flood(Message::text(encode(&PING)), 1_000).await;
    let refusal = loop {
        match offender.receive().await {
            ServerMessage::Pong(_) => {}
            ServerMessage::Refused(refused) => break refused.refusal,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((refusal, offender.close_code().await), (Refusal::TooManyFrames, 1008));
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn another_version_of_the_protocol_is_refused() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mut offender = server.site.connect(&pair.grace).await;
    offender.send(&ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION + 1 })).await;
    assert_eq!(offender.last_words().await, (Refusal::VersionUnsupported, 1008));
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_connection_without_hello_is_closed_after_ten_seconds() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mut offender = server.site.connect(&pair.grace).await;
    offender.send(&PING).await;
    assert_eq!(offender.refusal().await, Refusal::OutOfOrder);
    server.clock.advance(Limits::default().hello_ms);
    assert_eq!(offender.last_words().await, (Refusal::HelloMissing, 1008));
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn messages_out_of_order_are_refused_and_the_connection_stays() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mut offender = server.site.connect(&server.site.sign_in("Mallory").await).await;
    offender.send(&join(pair.code, Role::Listener)).await;
    assert_eq!(offender.refusal().await, Refusal::OutOfOrder);
    offender.send(&HELLO).await;
    offender.receive().await;
    for early in [HELLO, said_in(pair.code, ToRoom::Leave), said_in(pair.code, ToRoom::Stop)] {
        offender.send(&early).await;
        assert_eq!(offender.refusal().await, Refusal::OutOfOrder);
    }
    offender.signal(pair.as_host.member, offer(1)).await;
    assert_eq!(offender.refusal().await, Refusal::OutOfOrder);
    pair.is_undisturbed().await;

    offender.send(&join(pair.code, Role::Listener)).await;
    let joined = offender.joined().await;
    assert!(matches!(pair.host.event().await, RoomEvent::MemberJoined { .. }));
    for twice in [join(pair.code, Role::Listener), resume(pair.code, &joined, joined.seq)] {
        offender.send(&twice).await;
        assert_eq!(offender.refusal().await, Refusal::OutOfOrder);
    }
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_member_who_left_cannot_give_commands() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let (mut leaver, _) = server.site.join(&server.site.sign_in("Mallory").await, pair.code, Role::Listener).await;
    assert!(matches!(pair.host.event().await, RoomEvent::MemberJoined { .. }));
    leaver.say(ToRoom::Leave).await;
    leaver.signal(pair.as_host.member, offer(1)).await;
    assert_eq!(leaver.refusal().await, Refusal::NotAMember);
    leaver.say(ToRoom::Publish(Publish { source: Source::Display, paused: false })).await;
    assert_eq!(leaver.refusal().await, Refusal::NotAMember);
    assert!(matches!(pair.host.event().await, RoomEvent::MemberLeft { .. }));
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn unknown_and_malformed_codes_are_refused() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mut offender = server.site.greet(&pair.grace).await;
    offender.send(&join("ZZZZZZ".parse().expect("a code"), Role::Listener)).await;
    assert_eq!(offender.refusal().await, Refusal::RoomNotFound);
    for code in ["", "ABC10O", "ABCDEFG", &"A".repeat(1000)] {
        let mut offender = server.site.greet(&pair.grace).await;
        let frame = format!(r#"{{"room":{{"room":"{code}","message":{{"join":{{"role":"listener"}}}}}}}}"#);
        offender.send_frame(Message::text(frame)).await;
        assert_eq!(offender.last_words().await, (Refusal::FrameMalformed, 1008));
    }
    pair.is_undisturbed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_never_reads_is_closed_and_the_room_continues() {
    let bytes = u32::MAX;
    let limits = Limits {
        frames_burst: 10_000,
        signal_bytes_per_second: bytes,
        signal_bytes_burst: bytes,
        stream_commands_burst: 10_000,
        ..Limits::default()
    };
    let server = TestServer::start_with(limits, &[]).await;
    let mut pair = server.site.pair().await;
    let (_sleeper, joined) = server.site.join(&server.site.sign_in("Mallory").await, pair.code, Role::Listener).await;
    assert!(matches!(pair.host.event().await, RoomEvent::MemberJoined { .. }));
    let sdp = "x".repeat(FRAME_BYTES - 1024);
    let large = Signal::Offer { negotiation: NegotiationId(1), sdp, restarts: None };
    // What one member sends another is refused while there is still room for what the room says.
    loop {
        pair.host.signal(joined.member, large.clone()).await;
        match pair.host.receive().now_or_never() {
            None => {}
            Some(message) if refused(&message) == Some(Refusal::TooManyFrames) => break,
            Some(other) => panic!("{other:?}"),
        }
    }
    pair.host.say(ToRoom::Publish(Publish { source: Source::Microphone, paused: false })).await;
    let mut turns = [ToRoom::Pause, ToRoom::Resume].into_iter().cycle();
    let let_go = loop {
        pair.host.say(turns.next().expect("the cycle has no end")).await;
        match pair.host.hear().await {
            FromRoom::Event(told) if !matches!(told.event, RoomEvent::PublicationChanged { .. }) => break told.event,
            FromRoom::Event(_) | FromRoom::Refused { .. } => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(let_go, RoomEvent::MemberConnected { member: joined.member, connected: false });
    let (host, listener) = (pair.as_host.member, pair.as_listener.member);
    pair.host.signal(listener, offer(2)).await;
    assert_eq!(next_signal(&mut pair.listener).await, received(host, offer(2)));
    pair.listener.signal(host, answer(2)).await;
    assert_eq!(next_signal(&mut pair.host).await, received(listener, answer(2)));
}

/// The next signal, whatever the room says in between.
async fn next_signal(connection: &mut Connection) -> FromRoom {
    loop {
        match connection.hear().await {
            FromRoom::Event(_) | FromRoom::Refused { .. } => {}
            next => return next,
        }
    }
}

#[tokio::test]
async fn a_refusal_without_a_session_is_sent_over_the_connection() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let tampered = pair.ada.replace('=', "=0");
    let unknown = format!("heartogether.sid={}", "0".repeat(64));
    for cookie in [None, Some(tampered.as_str()), Some(unknown.as_str()), Some("heartogether.sid=")] {
        let mut offender = Connection::open(server.site.socket_request(cookie)).await;
        assert_eq!(offender.last_words().await, (Refusal::NotSignedIn, 1008));
    }
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn pages_of_another_origin_are_refused_unless_they_are_configured() {
    let server = TestServer::start_with(Limits::default(), &["--frontend-url", "https://friend.example"]).await;
    let mut pair = server.site.pair().await;
    let own = format!("http://{}", server.site.authority);
    for (origin, is_allowed) in [("https://evil.example", false), ("https://friend.example", true), (&own, true)] {
        let mut request = server.site.socket_request(Some(&pair.grace));
        request.headers_mut().insert("origin", origin.parse().expect("an origin"));
        let mut connection = Connection::open(request).await;
        match is_allowed {
            true => {
                connection.send(&PING).await;
                assert_eq!(connection.refusal().await, Refusal::OutOfOrder);
            }
            false => assert_eq!(connection.last_words().await, (Refusal::OriginNotAllowed, 1008)),
        }
    }
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn invalid_names_are_refused() {
    let server = TestServer::start().await;
    let too_long = "x".repeat(41);
    for (name, refusal) in [
        ("", Refusal::NameEmpty),
        ("%20%20", Refusal::NameEmpty),
        ("Ada%07", Refusal::NameControlCharacter),
        ("A%0Ada", Refusal::NameControlCharacter),
        (&too_long, Refusal::NameTooLong),
    ] {
        let response = server.site.submit("sign_in_as_guest", &format!("name={name}"), &[]).await;
        assert!(response.headers().get("set-cookie").is_none());
        let body = response.text().await.expect("a body");
        assert!(body.contains(refusal.code()), "{body}");
    }
}
