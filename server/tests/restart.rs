//! The server is killed and started again.

use heartogether::{
    engagement::MessageText,
    id::Seq,
    protocol::{Publish, RemoveMember, ToRoom, Write},
    refusal::Refusal,
    role::Role,
    room::{Missed, RoomEvent, RoomView, Source, StreamState},
};
use heartogether_server::storage::database;
use tempfile::TempDir;

use crate::support::{Connection, Process, changed_to, damage_entries, join, resume};

/// Follows the room until it is as expected.
async fn follow(connection: &mut Connection, view: &mut RoomView, is_expected: impl Fn(&RoomView) -> bool) {
    while !is_expected(view) {
        view.apply(&connection.event().await);
    }
}

#[tokio::test]
async fn after_a_kill_everyone_resumes_where_they_were() {
    let data = TempDir::new().expect("a folder for the data");
    let before = Process::start(data.path(), &[]);
    let mut pair = before.site.pair().await;
    pair.host.say(ToRoom::Publish(Publish { source: Source::Display, paused: false })).await;
    assert_eq!(changed_to(&pair.listener.event().await), Some(StreamState::Live));
    drop(before);

    let after = Process::start(data.path(), &[]);
    let mut host = after.site.greet(&pair.ada).await;
    host.send(&resume(pair.code, &pair.as_host, Seq(0))).await;
    let mut view = pair.as_host.room.clone();
    match host.resumed().await.missed {
        Missed::Events(events) => events.iter().for_each(|event| view.apply(event)),
        Missed::Room(room) => view = room,
    }
    follow(&mut host, &mut view, |view| view.stream() == StreamState::Live).await;
    follow(&mut host, &mut view, |view| view.members.iter().all(|listener| !listener.connected)).await;
    assert_eq!(view.members.len(), 1);

    let mut listener = after.site.greet(&pair.grace).await;
    listener.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    let Missed::Events(missed) = listener.resumed().await.missed else { panic!("few events were missed") };
    assert_eq!(missed.last().and_then(changed_to), Some(StreamState::Live));
    follow(&mut host, &mut view, |view| view.members.iter().all(|listener| listener.connected)).await;
    (pair.host, pair.listener) = (host, listener);
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn after_a_kill_messages_are_kept_and_removed_members_stay_out() {
    let data = TempDir::new().expect("a folder for the data");
    let before = Process::start(data.path(), &[]);
    let mut pair = before.site.pair().await;
    let text = MessageText::parse("louder, please").expect("a message of the tests");
    pair.listener.say(ToRoom::Write(Write { nonce: 1, text, pictures: Vec::new(), reply_to: None })).await;
    assert!(matches!(pair.host.event().await, RoomEvent::MessageSent { .. }));
    assert!(matches!(pair.listener.event().await, RoomEvent::MessageSent { .. }));
    let member = pair.as_listener.member;
    pair.host.say(ToRoom::RemoveMember(RemoveMember { member, block_address: false, may_return: false })).await;
    assert_eq!(pair.host.event().await, RoomEvent::MemberLeft { member });
    drop(before);

    let after = Process::start(data.path(), &[]);
    let mut again = after.site.greet(&pair.grace).await;
    again.send(&join(pair.code, Role::Listener)).await;
    assert_eq!(again.refusal().await, Refusal::Removed);
    let (_host, joined) = after.site.join(&pair.ada, pair.code, Role::Host).await;
    let written: Vec<_> =
        joined.room.messages.iter().map(|message| (message.name.as_str(), message.text.as_ref())).collect();
    let text = MessageText::parse("louder, please").expect("a message of the tests");
    assert_eq!(written, [("Grace", Some(&text))]);
    assert!(joined.room.members.is_empty());
}

#[tokio::test]
async fn a_room_that_this_version_does_not_understand_is_there_again_once_one_does() {
    let data = TempDir::new().expect("a folder for the data");
    let before = Process::start(data.path(), &[]);
    let pair = before.site.pair().await;
    drop(before);
    let pool = database::open(&data.path().join("heartogether.db")).await.expect("a database");
    sqlx::raw_sql("UPDATE entries SET version = version + 7; UPDATE snapshots SET version = version + 7")
        .execute(&pool)
        .await
        .expect("of another version");

    let between = Process::start(data.path(), &[]);
    for (cookie, joined) in [(&pair.ada, &pair.as_host), (&pair.grace, &pair.as_listener)] {
        let mut member = between.site.greet(cookie).await;
        member.send(&resume(pair.code, joined, joined.seq)).await;
        assert_eq!(member.refusal().await, Refusal::RoomUnreadable);
    }
    let mut newcomer = between.site.greet(&between.site.sign_in("Linus").await).await;
    newcomer.send(&join(pair.code, Role::Listener)).await;
    assert_eq!(newcomer.refusal().await, Refusal::RoomUnreadable);
    for path in [format!("/api/rooms/{}", pair.code), format!("/listen/{}", pair.code)] {
        let response = between.site.get(&path, Some(pair.grace.as_str())).await;
        assert_eq!(response.status(), 503, "{path}");
        let body = response.text().await.expect("text");
        assert!(body.contains("cannot open the room"), "{path}: {body}");
    }
    drop(between);

    sqlx::raw_sql("UPDATE entries SET version = version - 7; UPDATE snapshots SET version = version - 7")
        .execute(&pool)
        .await
        .expect("of this version again");
    pool.close().await;
    let after = Process::start(data.path(), &[]);
    let mut member = after.site.greet(&pair.grace).await;
    member.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    member.resumed().await;
}

#[tokio::test]
async fn only_a_room_with_a_damaged_log_ends_and_its_members_are_told() {
    let data = TempDir::new().expect("a folder for the data");
    let before = Process::start(data.path(), &[]);
    let pair = before.site.pair().await;
    drop(before);
    let path = data.path().join("heartogether.db");
    let pool = database::open(&path).await.expect("a database");
    let damaged = damage_entries(&pool, &path).await;
    damaged.close().await;
    pool.close().await;

    let after = Process::start(data.path(), &[]);
    for (cookie, joined) in [(&pair.ada, &pair.as_host), (&pair.grace, &pair.as_listener)] {
        let mut member = after.site.greet(cookie).await;
        member.send(&resume(pair.code, joined, joined.seq)).await;
        let refusal = member.refusal().await;
        assert!(matches!(refusal, Refusal::RoomEnded | Refusal::RoomNotFound), "{refusal:?}");
    }
    assert_eq!(after.site.get("/api/health", None).await.status(), 200);
}
