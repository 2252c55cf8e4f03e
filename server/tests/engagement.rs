//! Reactions, messages and removals through the real server, and rooms that are opened again.

use crate::support::refused;
use heartogether::id::MessageNumber;
use heartogether::protocol::FromRoom;
use heartogether::{
    engagement::{MessageText, Reaction},
    limits::Limits,
    protocol::{FetchMessages, React, RemoveMember, ToRoom, Write},
    refusal::Refusal,
    role::Role,
    room::{Message, RoomEvent},
};

use crate::support::{Connection, TestServer, eventually, join};

fn write(nonce: u32) -> ToRoom {
    let text = MessageText::parse(&format!("number {nonce}")).expect("a message of the tests");
    ToRoom::Write(Write { nonce, text, pictures: Vec::new(), reply_to: None })
}

const FIRE: ToRoom = ToRoom::React(React { reaction: Reaction::Fire });

async fn message(connection: &mut Connection) -> Message {
    match connection.event().await {
        RoomEvent::MessageSent { message } => message,
        other => panic!("expected a message, got {other:?}"),
    }
}

#[tokio::test]
async fn a_message_reaches_the_host_and_comes_back_as_delivered() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    pair.listener.say(write(7)).await;
    let seen = message(&mut pair.host).await;
    assert_eq!(
        (seen.nonce, seen.text.as_ref().map(MessageText::as_str), seen.name.as_str()),
        (7, Some("number 7"), "Grace")
    );
    assert!(message(&mut pair.listener).await.delivered);
    pair.listener.say(FIRE).await;
    assert!(matches!(pair.host.event().await, RoomEvent::Reacted { reaction: Reaction::Fire, .. }));
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn messages_and_reactions_have_their_own_limits_and_keep_the_connection() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let limits = Limits::default();
    for nonce in 0..=limits.messages_burst {
        pair.listener.say(write(nonce)).await;
    }
    for _ in 0..limits.messages_burst {
        message(&mut pair.listener).await;
    }
    assert_eq!(pair.listener.refusal().await, Refusal::TooManyMessages);
    for _ in 0..=limits.reactions_burst {
        pair.listener.say(FIRE).await;
    }
    assert_eq!(pair.listener.refusal().await, Refusal::TooManyReactions);
    for _ in 0..limits.messages_burst + limits.reactions_burst {
        assert!(matches!(pair.host.event().await, RoomEvent::MessageSent { .. } | RoomEvent::Reacted { .. }));
    }
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_new_connection_gives_no_additional_messages() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let burst = Limits::default().messages_burst;
    for nonce in 0..burst {
        pair.listener.say(write(nonce)).await;
        message(&mut pair.listener).await;
    }
    let (mut again, _) = server.site.join(&pair.grace, pair.code, Role::Listener).await;
    for nonce in burst..2 * burst {
        again.say(write(nonce)).await;
    }
    let heard = again.drain().await;
    assert!(heard.iter().any(|message| refused(message) == Some(Refusal::TooManyMessages)), "{heard:?}");
}

#[tokio::test]
async fn only_the_host_can_remove_and_members_fetch_messages_that_they_may_read() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let (mut other, _) = server.site.join(&server.site.sign_in("Linus").await, pair.code, Role::Listener).await;
    pair.listener.say(write(1)).await;
    message(&mut pair.listener).await;
    let remove =
        ToRoom::RemoveMember(RemoveMember { member: pair.as_listener.member, block_address: false, may_return: false });
    pair.listener.say(remove).await;
    assert_eq!(pair.listener.refusal().await, Refusal::NotAllowed);
    pair.host.drain().await;
    for not_a_hosts in [write(2), FIRE] {
        pair.host.say(not_a_hosts).await;
        assert_eq!(pair.host.refusal().await, Refusal::NotAllowed);
    }
    for (reader, count) in [(&mut pair.host, 1), (&mut pair.listener, 1), (&mut other, 0)] {
        reader.say(ToRoom::FetchMessages(FetchMessages { before: MessageNumber(u64::MAX) })).await;
        match reader.hear().await {
            FromRoom::Messages(page) => assert_eq!((page.messages.len(), page.has_earlier), (count, false)),
            other => panic!("expected messages, got {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_removed_listener_leaves_and_cannot_come_back() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let member = pair.as_listener.member;
    pair.host.say(ToRoom::RemoveMember(RemoveMember { member, block_address: false, may_return: false })).await;
    assert_eq!(pair.listener.refusal().await, Refusal::Removed);
    assert_eq!(pair.host.event().await, RoomEvent::MemberLeft { member });
    let mut again = server.site.greet(&pair.grace).await;
    again.send(&join(pair.code, Role::Listener)).await;
    assert_eq!(again.refusal().await, Refusal::Removed);
}

#[tokio::test]
async fn only_the_owner_opens_a_room_again_and_the_landing_page_lists_it() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    let code = pair.code.to_string();
    assert!(server.site.recent_rooms(&pair.grace).await.contains(&code), "a live room that was listened to");
    pair.host.say(ToRoom::Stop).await;
    assert!(matches!(pair.host.event().await, RoomEvent::RoomEnded { .. }));
    assert!(!server.site.recent_rooms(&pair.grace).await.contains(&code), "an ended room of somebody else");
    assert!(server.site.recent_rooms(&pair.ada).await.contains(&code), "an ended room of one’s own");

    for (cookie, may) in [(&pair.grace, false), (&pair.ada, true)] {
        let opened = server.site.reopen(cookie, pair.code).await;
        assert_eq!(opened, may);
    }
    let (_host, joined) = server.site.join(&pair.ada, pair.code, Role::Host).await;
    assert_eq!(joined.room.ended, None);
    assert!(joined.room.members.is_empty());
    server.site.join(&pair.grace, pair.code, Role::Listener).await;
}

#[tokio::test]
async fn a_room_cannot_be_opened_again_after_its_time_and_its_code_is_free() {
    let server = TestServer::start().await;
    let mut pair = server.site.pair().await;
    pair.host.say(ToRoom::Stop).await;
    assert!(matches!(pair.host.event().await, RoomEvent::RoomEnded { .. }));
    server.clock.advance(Limits::default().room_reopen_ms);
    assert!(!server.site.reopen(&pair.ada, pair.code).await);
    let code = pair.code.to_string();
    eventually(async || !server.site.recent_rooms(&pair.ada).await.contains(&code)).await;
}
