//! Taking, keeping and losing a place.

use tokio_tungstenite::tungstenite::Message;

use crate::support::refused;
use crate::support::said_in;
use crate::support::told;
use heartogether::{
    limits::{Limits, ROOMS_PER_CONNECTION},
    protocol::{Join, Publish, RemoveMember, ServerMessage, ToRoom, encode},
    refusal::Refusal,
    role::Role,
    room::{EndReason, Missed, RoomEvent, Source, StreamState},
};

use serde_json::Value;

use crate::{
    older_messages::write,
    support::{Pair, TestServer, changed_to, join, resume},
};

const START: ToRoom = ToRoom::Publish(Publish { source: Source::Display, paused: false });

#[tokio::test]
async fn a_host_and_two_listeners_join_and_only_the_host_sees_who_listens() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    let (_second, joined) = server.site.join(&linus, pair.code, Role::Listener).await;
    assert!(joined.room.members.is_empty());
    assert_eq!(joined.room.owner_name.as_str(), "Ada");
    let RoomEvent::MemberJoined { member: listener } = pair.host.event().await else {
        panic!("the host sees who joins")
    };
    assert_eq!(listener.name.as_str(), "Linus");
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn members_are_told_of_the_hosts_actions_until_the_room_ends_and_its_code_is_free() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    pair.host.say(ToRoom::Publish(Publish { source: Source::Display, paused: false })).await;
    for connection in [&mut pair.host, &mut pair.listener] {
        assert_eq!(changed_to(&connection.event().await), Some(StreamState::Live));
    }
    pair.host.say(ToRoom::Stop).await;
    for connection in [&mut pair.host, &mut pair.listener] {
        assert_eq!(connection.event().await, RoomEvent::RoomEnded { reason: EndReason::Stopped });
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
async fn a_refused_request_adds_no_entry_to_the_log() {
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
async fn a_command_without_effect_adds_no_entry_and_is_not_announced() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    pair.host.say(START).await;
    for connection in [&mut pair.host, &mut pair.listener] {
        assert_eq!(changed_to(&connection.event().await), Some(StreamState::Live));
    }
    let member = pair.as_listener.member;
    pair.host.say(ToRoom::RemoveMember(RemoveMember { member, block_address: false, may_return: false })).await;
    assert_eq!(pair.host.event().await, RoomEvent::MemberLeft { member });
    let begun = seq_of(&server, &pair).await;
    for _ in 0..30 {
        for command in [START, ToRoom::Resume] {
            pair.host.say(command).await;
        }
        pair.host.say(ToRoom::RemoveMember(RemoveMember { member, block_address: false, may_return: false })).await;
    }
    assert_eq!(pair.host.drain().await, [], "whoever repeats themselves is shown no error");
    assert_eq!(seq_of(&server, &pair).await, begun);
}

#[tokio::test]
async fn changes_of_the_stream_are_limited_and_the_connection_stays() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    pair.host.say(START).await;
    for _ in 0..30 {
        pair.host.say(ToRoom::Pause).await;
        pair.host.say(ToRoom::Resume).await;
    }
    let heard = pair.host.drain().await;
    assert!(heard.iter().any(|message| refused(message) == Some(Refusal::TooManyFrames)), "{heard:?}");
    let changes = heard.into_iter().filter_map(told).count();
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
async fn a_full_room_is_open_to_its_members() {
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
async fn look_ups_of_a_connection_are_limited_and_the_connection_stays() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let wrong = "ZZZ999".parse().expect("a code");
    for _ in 0..2 * ROOMS_PER_CONNECTION {
        pair.listener.send_frame(Message::text(encode(&join(wrong, Role::Listener)))).await;
    }
    let heard = pair.listener.drain().await;
    assert!(heard.iter().any(|message| refused(message) == Some(Refusal::TooManyFrames)), "{heard:?}");
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn requests_of_an_account_for_a_place_are_limited_over_all_connections() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    let mut turned_away = Vec::new();
    for _ in 0..12 {
        let mut listener = server.site.greet(&linus).await;
        listener.send(&join(pair.code, Role::Listener)).await;
        turned_away.push(refused(&listener.receive().await) == Some(Refusal::TooManyRequests));
    }
    assert!(!turned_away[0] && turned_away.contains(&true), "{turned_away:?}");
    pair.host.drain().await;
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_full_room_refuses_the_next_listener_who_may_try_again() {
    let server = TestServer::start_with(Limits { max_listeners: 2, ..Limits::default() }, &[]).await;
    let mut pair = server.site.pair().await;
    let linus = server.site.sign_in("Linus").await;
    let (mut second, _) = server.site.join(&linus, pair.code, Role::Listener).await;
    assert!(matches!(pair.host.event().await, RoomEvent::MemberJoined { .. }));

    let mut third = server.site.greet(&server.site.sign_in("Guido").await).await;
    third.send(&join(pair.code, Role::Listener)).await;
    assert_eq!(third.refusal().await, Refusal::RoomFull);
    pair.is_undisturbed().await;

    second.say(ToRoom::Leave).await;
    assert!(matches!(pair.host.event().await, RoomEvent::MemberLeft { .. }));
    third.send(&join(pair.code, Role::Listener)).await;
    third.joined().await;
}

#[tokio::test]
async fn a_second_host_is_refused_unless_the_owner_takes_over() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mut stranger = server.site.greet(&server.site.sign_in("Mallory").await).await;
    stranger.send(&join(pair.code, Role::Host)).await;
    assert_eq!(stranger.refusal().await, Refusal::NotOwner);

    let mut other_tab = server.site.greet(&pair.ada).await;
    other_tab.send(&join(pair.code, Role::Host)).await;
    assert_eq!(other_tab.refusal().await, Refusal::HostElsewhere);
    pair.is_undisturbed().await;

    let take_over = Join { role: Role::Host, take_over: true, name: None, returns: false };
    other_tab.send(&said_in(pair.code, ToRoom::Join(take_over))).await;
    assert_eq!(other_tab.joined().await.member, pair.as_host.member);
    assert_eq!(pair.host.refusal().await, Refusal::SessionReplaced);
    pair.host = other_tab;
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_connection_that_was_replaced_changes_nothing_any_more() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let mut newer = server.site.greet(&pair.grace).await;
    newer.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    newer.resumed().await;
    let member = pair.as_listener.member;
    assert_eq!(pair.host.event().await, RoomEvent::MemberConnected { member, connected: true });
    let mut older = std::mem::replace(&mut pair.listener, newer);
    assert_eq!(older.refusal().await, Refusal::SessionReplaced);
    for said in [write(1, "too late"), ToRoom::Leave] {
        older.say(said).await;
        assert_eq!(older.refusal().await, Refusal::NotAMember);
    }
    drop(older);
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_disconnected_listener_resumes_within_the_grace_period_and_gets_missed_events() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    drop(pair.listener);
    let member = pair.as_listener.member;
    assert_eq!(pair.host.event().await, RoomEvent::MemberConnected { member, connected: false });
    pair.host.say(ToRoom::Publish(Publish { source: Source::Microphone, paused: false })).await;
    assert_eq!(changed_to(&pair.host.event().await), Some(StreamState::Live));

    pair.listener = server.site.greet(&pair.grace).await;
    pair.listener.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    let missed = pair.listener.resumed().await.missed;
    let Missed::Events(missed) = missed else { panic!("little was missed") };
    assert_eq!(missed.iter().filter_map(changed_to).collect::<Vec<_>>(), [StreamState::Live]);
    assert_eq!(pair.host.event().await, RoomEvent::MemberConnected { member, connected: true });
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_listener_who_stays_away_loses_the_place_and_the_token() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    drop(pair.listener);
    let member = pair.as_listener.member;
    assert_eq!(pair.host.event().await, RoomEvent::MemberConnected { member, connected: false });
    server.clock.advance(Limits::default().listener_grace_ms);
    assert_eq!(pair.host.event().await, RoomEvent::MemberLeft { member });

    let mut late = server.site.greet(&pair.grace).await;
    late.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    assert_eq!(late.refusal().await, Refusal::NotAMember);
}

#[tokio::test]
async fn a_token_does_not_work_for_another_account() {
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
async fn a_connection_receives_heartbeats_and_is_closed_when_it_is_silent() {
    let server = TestServer::start().await;
    let ada = server.site.sign_in("Ada").await;
    let mut connection = server.site.greet(&ada).await;
    server.clock.advance(Limits::default().heartbeat_ms);
    let text = connection.frame().await.into_text().expect("a text frame");
    assert_eq!(heartogether::protocol::decode_server(&text), Ok(ServerMessage::Heartbeat));
    server.clock.advance(Limits::default().silence_ms);
    assert_eq!(connection.close_code().await, 1001);
}
