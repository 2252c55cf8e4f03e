//! Taking a place, keeping it, losing it.

use heartogether::{
    limits::Limits,
    protocol::{ClientMessage, Join, Publish, Refused, RemoveMember, ServerMessage},
    refusal::Refusal,
    role::Role,
    room::{EndReason, Missed, RoomEvent, Source, StreamState},
};

use serde_json::Value;

use crate::support::{Pair, TestServer, changed_to, join, resume};

const START: ClientMessage = ClientMessage::Publish(Publish { source: Source::Display, paused: false });

#[tokio::test]
async fn a_host_and_two_listeners_join_and_the_host_alone_sees_who_listens() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    let (_second, joined) = server.site.join(&linus, pair.code, Role::Listener).await;
    assert!(joined.room.listeners.is_empty());
    assert_eq!(joined.room.host_name.as_str(), "Ada");
    let RoomEvent::ListenerJoined { listener } = pair.host.event().await else { panic!("the host sees who joins") };
    assert_eq!(listener.name.as_str(), "Linus");
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn everyone_hears_what_the_host_does_until_the_room_ends_and_the_code_is_free() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    pair.host.send(&ClientMessage::Publish(Publish { source: Source::Display, paused: false })).await;
    for connection in [&mut pair.host, &mut pair.listener] {
        assert_eq!(changed_to(&connection.event().await), Some(StreamState::Live));
    }
    pair.host.send(&ClientMessage::StopRoom).await;
    for connection in [&mut pair.host, &mut pair.listener] {
        assert_eq!(connection.event().await, RoomEvent::RoomEnded { reason: EndReason::Stopped });
        assert_eq!(connection.close_code().await, 1000);
    }
    let mut late = server.site.greet(&pair.grace).await;
    late.send(&join(pair.code, Role::Listener)).await;
    assert_eq!(late.refusal().await, Refusal::RoomEnded);

    // Its owner can open it again for a while; then the code is anybody's.
    server.clock.advance(Limits::default().room_reopen_ms);
    let is_found =
        async || server.site.get(&format!("/api/rooms/{}", pair.code), Some(&pair.ada)).await.status() != 404;
    while is_found().await {
        tokio::task::yield_now().await;
    }
    let mut later = server.site.greet(&pair.grace).await;
    // The log is closed a moment after the room has closed.
    let refusal = loop {
        later.send(&join(pair.code, Role::Listener)).await;
        match later.refusal().await {
            Refusal::RoomEnded => {}
            refusal => break refusal,
        }
    };
    assert_eq!(refusal, Refusal::RoomNotFound);
}

#[tokio::test]
async fn what_the_room_would_refuse_takes_no_line_in_its_log() {
    let server = TestServer::start().await;
    let pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    for _ in 0..2 {
        let mut stranger = server.site.greet(&linus).await;
        stranger.send(&join(pair.code, Role::Host)).await;
        assert_eq!(stranger.refusal().await, Refusal::NotOwner);
        stranger.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
        assert_eq!(stranger.refusal().await, Refusal::NotAMember);
    }
    let (_listener, joined) = server.site.join(&linus, pair.code, Role::Listener).await;
    assert_eq!(joined.seq, pair.as_listener.seq.next());
}

#[tokio::test]
async fn what_changes_nothing_takes_no_line_in_the_log_and_nobody_is_told_anything() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    pair.host.send(&START).await;
    for connection in [&mut pair.host, &mut pair.listener] {
        assert_eq!(changed_to(&connection.event().await), Some(StreamState::Live));
    }
    let member = pair.as_listener.member;
    pair.host.send(&ClientMessage::RemoveMember(RemoveMember { member, block_address: false })).await;
    assert_eq!(pair.host.event().await, RoomEvent::ListenerLeft { member });
    let begun = seq_of(&server, &pair).await;
    for _ in 0..30 {
        for command in [&START, &ClientMessage::ResumeStream] {
            pair.host.send(command).await;
        }
        pair.host.send(&ClientMessage::RemoveMember(RemoveMember { member, block_address: false })).await;
    }
    assert_eq!(pair.host.drain().await, [], "whoever repeats themselves is shown no error");
    assert_eq!(seq_of(&server, &pair).await, begun);
}

#[tokio::test]
async fn a_host_changes_the_stream_so_often_and_the_connection_stays() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    pair.host.send(&START).await;
    for _ in 0..30 {
        pair.host.send(&ClientMessage::PauseStream).await;
        pair.host.send(&ClientMessage::ResumeStream).await;
    }
    let heard = pair.host.drain().await;
    let too_many = ServerMessage::Refused(Refused { refusal: Refusal::TooManyFrames });
    assert!(heard.contains(&too_many), "{heard:?}");
    let changes = heard.iter().filter(|message| matches!(message, ServerMessage::RoomEvent(_))).count();
    // However slow the machine is: two more for each second that the test took.
    assert!((10..60).contains(&changes), "{changes}");
    pair.listener.drain().await;
    pair.is_undisturbed().await;
}

/// The last place in the room's log.
async fn seq_of(server: &TestServer, pair: &Pair) -> Value {
    let path = format!("/api/rooms/{}/realtime", pair.id);
    let report: Value = server.site.get(&path, Some(&pair.ada)).await.json().await.expect("a report");
    report["seq"].clone()
}

#[tokio::test]
async fn a_full_room_is_open_to_whoever_has_a_place_in_it() {
    let server = TestServer::start_with(Limits { max_listeners: 1, ..Limits::default() }, &[]).await;
    let pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    for (cookie, expected) in [(Some(&pair.grace), None), (Some(&linus), Some("room_full")), (None, Some("room_full"))]
    {
        let path = format!("/room/{}", pair.code);
        let page = server.site.get(&path, cookie.map(String::as_str)).await.text().await.expect("a page");
        let refusal =
            page.split_once("data-refusal=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(code, _)| code);
        assert_eq!(refusal.filter(|code| !code.is_empty()), expected);
    }
}

#[tokio::test]
async fn a_connection_looks_for_rooms_so_often_and_stays() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let wrong = "ZZZ999".parse().expect("a code");
    for _ in 0..12 {
        pair.listener.send(&join(wrong, Role::Listener)).await;
    }
    let too_many = ServerMessage::Refused(Refused { refusal: Refusal::TooManyFrames });
    let heard = pair.listener.drain().await;
    assert!(heard.contains(&too_many), "{heard:?}");
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn an_account_asks_a_room_for_a_place_so_often_over_whatever_connections() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    let mut refused = Vec::new();
    for _ in 0..12 {
        let mut listener = server.site.greet(&linus).await;
        listener.send(&join(pair.code, Role::Listener)).await;
        let too_many = ServerMessage::Refused(Refused { refusal: Refusal::TooManyRequests });
        refused.push(listener.receive().await == too_many);
    }
    assert!(!refused[0] && refused.contains(&true), "{refused:?}");
    pair.host.drain().await;
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_full_room_refuses_the_next_listener_who_may_try_again() {
    let server = TestServer::start_with(Limits { max_listeners: 2, ..Limits::default() }, &[]).await;
    let mut pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    let (mut second, _) = server.site.join(&linus, pair.code, Role::Listener).await;
    assert!(matches!(pair.host.event().await, RoomEvent::ListenerJoined { .. }));

    let mut third = server.site.greet(&server.site.sign_in("Guido").await).await;
    third.send(&join(pair.code, Role::Listener)).await;
    assert_eq!(third.refusal().await, Refusal::RoomFull);
    pair.is_undisturbed().await;

    second.send(&ClientMessage::LeaveRoom).await;
    assert!(matches!(pair.host.event().await, RoomEvent::ListenerLeft { .. }));
    third.send(&join(pair.code, Role::Listener)).await;
    third.joined().await;
}

#[tokio::test]
async fn a_second_host_is_refused_unless_it_is_the_owner_taking_over() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mut stranger = server.site.greet(&server.site.sign_in("Mallory").await).await;
    stranger.send(&join(pair.code, Role::Host)).await;
    assert_eq!(stranger.refusal().await, Refusal::NotOwner);

    let mut other_tab = server.site.greet(&pair.ada).await;
    other_tab.send(&join(pair.code, Role::Host)).await;
    assert_eq!(other_tab.refusal().await, Refusal::HostElsewhere);
    pair.is_undisturbed().await;

    let take_over = Join { code: pair.code, role: Role::Host, take_over: true };
    other_tab.send(&ClientMessage::Join(take_over)).await;
    assert_eq!(other_tab.joined().await.member, pair.as_host.member);
    assert_eq!(pair.host.last_words().await, (Refusal::SessionReplaced, 1008));
    pair.host = other_tab;
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_lost_listener_resumes_within_the_grace_period_and_learns_what_happened() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    drop(pair.listener);
    let member = pair.as_listener.member;
    assert_eq!(pair.host.event().await, RoomEvent::ListenerAttached { member, attached: false });
    pair.host.send(&ClientMessage::Publish(Publish { source: Source::Microphone, paused: false })).await;
    assert_eq!(changed_to(&pair.host.event().await), Some(StreamState::Live));

    pair.listener = server.site.greet(&pair.grace).await;
    pair.listener.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    let missed = pair.listener.resumed().await.missed;
    let Missed::Events(missed) = missed else { panic!("little was missed") };
    assert_eq!(missed.iter().map(changed_to).collect::<Vec<_>>(), [Some(StreamState::Live)]);
    assert_eq!(pair.host.event().await, RoomEvent::ListenerAttached { member, attached: true });
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_listener_who_stays_away_loses_the_place_and_the_token() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    drop(pair.listener);
    let member = pair.as_listener.member;
    assert_eq!(pair.host.event().await, RoomEvent::ListenerAttached { member, attached: false });
    server.clock.advance(Limits::default().listener_grace_ms);
    assert_eq!(pair.host.event().await, RoomEvent::ListenerLeft { member });

    let mut late = server.site.greet(&pair.grace).await;
    late.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    assert_eq!(late.refusal().await, Refusal::NotAMember);
}

#[tokio::test]
async fn a_token_is_of_no_use_to_another_account() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mut thief = server.site.greet(&server.site.sign_in("Mallory").await).await;
    thief.send(&resume(pair.code, &pair.as_host, pair.as_host.seq)).await;
    assert_eq!(thief.refusal().await, Refusal::NotAMember);
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_room_ends_when_nothing_happens_for_too_long() {
    let limits = Limits { silence_ms: u64::MAX, ..Limits::default() };
    let server = TestServer::start_with(limits.clone(), &[]).await;
    let mut pair = server.site.pair().await;
    server.clock.advance(limits.room_idle_ms);
    for connection in [&mut pair.host, &mut pair.listener] {
        assert_eq!(connection.event().await, RoomEvent::RoomEnded { reason: EndReason::Idle });
    }
}

#[tokio::test]
async fn a_connection_hears_heartbeats_and_is_closed_when_it_is_silent() {
    let server = TestServer::start().await;
    let ada = server.site.sign_in("Ada").await;
    let mut connection = server.site.greet(&ada).await;
    server.clock.advance(Limits::default().heartbeat_ms);
    let text = connection.frame().await.into_text().expect("a text frame");
    assert_eq!(heartogether::protocol::decode_server(&text), Ok(ServerMessage::Heartbeat));
    server.clock.advance(Limits::default().silence_ms);
    assert_eq!(connection.close_code().await, 1001);
}
