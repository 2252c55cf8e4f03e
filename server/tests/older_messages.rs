//! Messages that the room has forgotten: the archive keeps them, and members can read, change and answer them like any
//! other message.

use std::{path::Path, sync::Arc};

use heartogether::{
    engagement::MessageText,
    id::{AccountId, MemberId, MessageNumber, RoomCode, RoomId},
    limits::Limits,
    protocol::{Delete, Edit, FetchMessages, FromRoom, Join, Pin, ToRoom, Write},
    refusal::Refusal,
    role::Role,
    room::{Message, Policy, RoomCreated, RoomEvent, SequencedEvent},
    rules::RoomKind,
};
use heartogether_server::{
    clock::ManualClock,
    storage::{
        database,
        keys::SqlKeys,
        log::{RoomLog, SqlLog},
        messages::NONCE_KEPT_MS,
        sealing::Sealer,
    },
};

use crate::support::{Connection, Pair, TestServer, resume, said_in};

/// More than a room keeps.
const MANY: u32 = 60;

/// Nobody is too fast, and the room outlasts days.
pub(crate) fn patient() -> Limits {
    Limits {
        messages_per_second: 10_000,
        messages_burst: 10_000,
        messages_per_account: 100_000,
        messages_per_address: 100_000,
        requests_per_second: 10_000,
        requests_burst: 10_000,
        frames_per_second: 10_000,
        frames_burst: 10_000,
        room_idle_ms: 10 * NONCE_KEPT_MS,
        room_host_absent_ms: 10 * NONCE_KEPT_MS,
        listener_grace_ms: 10 * NONCE_KEPT_MS,
        ..Limits::default()
    }
}

fn words(text: &str) -> MessageText {
    MessageText::parse(text).expect("a message of the tests")
}

pub(crate) fn write(nonce: u32, text: &str) -> ToRoom {
    ToRoom::Write(Write { nonce, text: words(text), pictures: Vec::new(), reply_to: None })
}

fn edit(number: u64, text: &str) -> ToRoom {
    ToRoom::Edit(Edit { number: MessageNumber(number), text: words(text) })
}

const fn delete(number: u64) -> ToRoom {
    ToRoom::Delete(Delete { number: MessageNumber(number) })
}

const fn pin(number: u64, pinned: bool) -> ToRoom {
    ToRoom::Pin(Pin { number: MessageNumber(number), pinned })
}

/// Writes so many messages, of which the first has the first number.
pub(crate) async fn write_many(writer: &mut Connection, nonces: std::ops::Range<u32>, text: &str) {
    for nonce in nonces {
        writer.say(write(nonce, &format!("{text} {nonce}"))).await;
        while !matches!(writer.event().await, RoomEvent::MessageSent { message } if message.nonce == nonce) {}
    }
}

/// The older messages that somebody reads, oldest first, after what the room has said meanwhile. A connection's commands are
/// carried out one after the other, so whatever it asked for before is done by then.
async fn settle(reader: &mut Connection, before: u64) -> (Vec<FromRoom>, Vec<Message>) {
    reader.say(ToRoom::FetchMessages(FetchMessages { before: MessageNumber(before) })).await;
    let mut said = Vec::new();
    loop {
        match reader.hear().await {
            FromRoom::Messages(page) => {
                assert_eq!(page.before.0, before, "the answer says to what");
                return (said, page.messages);
            }
            other => said.push(other),
        }
    }
}

/// The older messages that somebody reads, oldest first.
pub(crate) async fn read(reader: &mut Connection, before: u64) -> Vec<Message> {
    settle(reader, before).await.1
}

/// One message as somebody reads it in the archive.
async fn find(reader: &mut Connection, number: u64) -> Message {
    read(reader, number + 1).await.pop().filter(|message| message.number.0 == number).expect("the message")
}

/// What the room says to whoever sends it a message.
async fn answers(connection: &mut Connection, message: ToRoom) -> Vec<FromRoom> {
    settle(connection, 0).await;
    connection.say(message).await;
    settle(connection, 0).await.0
}

async fn is_refused(connection: &mut Connection, message: ToRoom) -> Refusal {
    match answers(connection, message).await[..] {
        [FromRoom::Refused { refusal }] => refusal,
        ref other => panic!("expected a refusal, got {other:?}"),
    }
}

/// What a message brings about for who sends it.
async fn brings_about(connection: &mut Connection, message: ToRoom) -> Vec<RoomEvent> {
    let event = |said| match said {
        FromRoom::Event(SequencedEvent { event, .. }) => event,
        other => panic!("expected an event, got {other:?}"),
    };
    answers(connection, message).await.into_iter().map(event).collect()
}

/// Whether a message that is sent again is known, and nothing else comes of it.
async fn is_kept(connection: &mut Connection, nonce: u32) -> bool {
    let said = answers(connection, write(nonce, &format!("number {nonce}"))).await;
    said == [FromRoom::MessageKept { nonce }]
}

/// Grace has written more than the room keeps.
async fn much_is_written() -> (TestServer, Pair) {
    let server = TestServer::start_with(patient(), &[]).await;
    let mut pair = server.site.pair().await;
    write_many(&mut pair.listener, 1..MANY + 1, "number").await;
    (server, pair)
}

#[tokio::test]
async fn only_the_author_changes_and_deletes_a_message_that_the_room_has_forgotten() {
    let (server, mut pair) = much_is_written().await;
    let (mut other, _) = server.site.join(&server.site.sign_in("Linus").await, pair.code, Role::Listener).await;
    for stranger in [&mut pair.host, &mut other] {
        assert_eq!(is_refused(stranger, edit(1, "mine")).await, Refusal::NotAllowed);
        assert_eq!(is_refused(stranger, delete(1)).await, Refusal::NotAllowed);
        assert_eq!(is_refused(stranger, pin(1, true)).await, Refusal::NotAllowed);
    }
    let author = pair.as_listener.member;
    for (version, text) in [(1, "softer"), (2, "softer yet")] {
        let edited =
            RoomEvent::MessageEdited { number: MessageNumber(1), author, version, text: words(text), markup: None };
        assert_eq!(brings_about(&mut pair.listener, edit(1, text)).await, [edited]);
        let seen = find(&mut pair.host, 1).await;
        assert_eq!((seen.version, seen.text, seen.name.as_str()), (version, Some(words(text)), "Grace"));
    }
    let deleted = RoomEvent::MessageDeleted { number: MessageNumber(2) };
    assert_eq!(brings_about(&mut pair.listener, delete(2)).await, [deleted]);
    assert_eq!(find(&mut pair.host, 2).await.text, None);
    assert_eq!(brings_about(&mut pair.listener, delete(2)).await, [], "what is deleted is deleted once");
    assert_eq!(is_refused(&mut pair.listener, edit(2, "back again")).await, Refusal::MessageNotFound);
    for number in [0, 1_000, u64::MAX] {
        assert_eq!(is_refused(&mut pair.listener, edit(number, "nothing")).await, Refusal::MessageNotFound);
    }
    settle(&mut pair.host, 0).await;
    pair.is_undisturbed().await;
}

#[tokio::test]
async fn a_message_that_the_room_has_forgotten_can_be_answered() {
    let (_server, mut pair) = much_is_written().await;
    let answer = Write { nonce: 99, text: words("that one"), pictures: Vec::new(), reply_to: Some(MessageNumber(2)) };
    pair.listener.say(ToRoom::Write(answer)).await;
    let RoomEvent::MessageSent { message } = pair.listener.event().await else { panic!("a message") };
    assert_eq!(message.reply_to, Some(MessageNumber(2)));
    let seen = find(&mut pair.host, message.number.0).await;
    assert_eq!((seen.reply_to, seen.text), (message.reply_to, message.text));
}

#[tokio::test]
async fn an_answer_to_what_is_deleted_or_was_never_written_is_refused() {
    let (_server, mut pair) = much_is_written().await;
    let answer = |nonce, number| {
        ToRoom::Write(Write {
            nonce,
            text: words("that one"),
            pictures: Vec::new(),
            reply_to: Some(MessageNumber(number)),
        })
    };
    for forgotten in [1, u64::from(MANY)] {
        brings_about(&mut pair.listener, delete(forgotten)).await;
    }
    for number in [0, 1, u64::from(MANY), 1_000, u64::MAX] {
        assert_eq!(is_refused(&mut pair.listener, answer(99, number)).await, Refusal::MessageNotFound, "{number}");
    }
    let (said, deleted) = (brings_about(&mut pair.listener, answer(99, 2)).await, delete(2));
    assert!(matches!(&said[..], [RoomEvent::MessageSent { .. }]), "{said:?}");
    brings_about(&mut pair.listener, deleted).await;
    assert_eq!(answers(&mut pair.listener, answer(99, 2)).await, [FromRoom::MessageKept { nonce: 99 }]);
}

#[tokio::test]
async fn a_message_that_is_sent_again_within_a_day_is_not_written_again() {
    let (server, mut pair) = much_is_written().await;
    assert!(is_kept(&mut pair.listener, 1).await);
    assert!(is_kept(&mut pair.listener, MANY).await, "which the room itself knows");
    assert_eq!(find(&mut pair.host, u64::from(MANY)).await.nonce, MANY);
    // Everybody's connection is silent for too long, and everybody comes back.
    for (passed, is_known) in [(NONCE_KEPT_MS - 1_000_000, true), (1_100_000, false)] {
        server.clock.advance(passed);
        // The server may not have noticed yet.
        pair.host = server.site.greet(&pair.ada).await;
        let take_over = ToRoom::Join(Join { role: Role::Host, take_over: true, name: None, returns: false });
        pair.host.send(&said_in(pair.code, take_over)).await;
        pair.host.joined().await;
        (pair.listener, _) = server.site.join(&pair.grace, pair.code, Role::Listener).await;
        assert_eq!(is_kept(&mut pair.listener, 1).await, is_known);
    }
}

#[tokio::test]
async fn a_restarted_server_knows_earlier_messages() {
    let (mut server, mut pair) = much_is_written().await;
    brings_about(&mut pair.listener, edit(1, "softer")).await;
    let last = read(&mut pair.listener, u64::MAX).await.pop().expect("a message");
    let site = server.again(&[]).await;
    let mut host = site.greet(&pair.ada).await;
    host.send(&resume(pair.code, &pair.as_host, pair.as_host.seq)).await;
    host.resumed().await;
    let mut listener = site.greet(&pair.grace).await;
    listener.send(&resume(pair.code, &pair.as_listener, pair.as_listener.seq)).await;
    listener.resumed().await;
    assert!(is_kept(&mut listener, 1).await);
    assert_eq!(find(&mut host, 1).await.text, Some(words("softer")));
    let edited = brings_about(&mut listener, edit(1, "softer yet")).await;
    assert!(matches!(edited[..], [RoomEvent::MessageEdited { version: 2, .. }]), "{edited:?}");
    brings_about(&mut listener, delete(2)).await;
    let [first, second] = read(&mut host, 3).await.try_into().expect("two messages");
    assert_eq!((first.text, second.text), (Some(words("softer yet")), None));
    let written = brings_about(&mut listener, write(1_000, "one more")).await;
    assert!(
        matches!(&written[..], [RoomEvent::MessageSent { message }] if message.number == last.number.next()),
        "{written:?}"
    );
}

/// Puts a lounge that keeps so many messages into the data of a server that does not run: no page opens one yet.
async fn create_lounge(path: &Path, owner: AccountId, messages_kept: u32) -> RoomCode {
    let pool = database::open(path).await.expect("the database");
    let sealer = Arc::new(Sealer::new(Arc::new(SqlKeys::new(pool.clone()))));
    let log = SqlLog::new(pool, Arc::new(ManualClock::at(crate::provider::BEGINNING)), sealer);
    let broadcast = Policy::broadcast(&patient());
    let code = "ABC234".parse().expect("a code");
    let created = RoomCreated {
        id: RoomId::from_bits(1),
        code,
        owner,
        owner_member: MemberId::from_bits(1),
        owner_name: "Ada".parse().expect("a name"),
        name: None,
        policy: Policy { kind: RoomKind::Lounge, max_members: 5, max_publications: 5, messages_kept, ..broadcast },
    };
    log.create(created).await.expect("created");
    log.stop().await;
    code
}

/// Ada and Grace in a lounge of Ada's that keeps so many messages.
async fn in_a_lounge(messages_kept: u32) -> (TestServer, Connection, Connection) {
    let mut server = TestServer::start_with(patient(), &[]).await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let me: serde_json::Value = server.site.get("/auth/me", Some(&ada)).await.json().await.expect("JSON");
    let owner = me["id"].as_str().expect("an id").parse().expect("an account's id");
    server.stop().await;
    let code = create_lounge(&server.database(), owner, messages_kept).await;
    let site = server.again(&[]).await;
    let (owner, _) = site.join(&ada, code, Role::Participant).await;
    let (other, _) = site.join(&grace, code, Role::Participant).await;
    (server, owner, other)
}

#[tokio::test]
async fn a_message_that_waits_for_the_archive_is_not_written_again() {
    let (server, _, mut grace) = in_a_lounge(0).await;
    let pool = database::open(&server.database()).await.expect("the same database");
    let hold = "CREATE TRIGGER hold BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'not now'); END";
    sqlx::query(hold).execute(&pool).await.expect("the archive fails");
    write_many(&mut grace, 1..2, "number").await;
    grace.say(write(1, "number 1")).await;
    sqlx::query("DROP TRIGGER hold").execute(&pool).await.expect("the archive works");
    let (said, written) = settle(&mut grace, u64::MAX).await;
    assert_eq!(said, [FromRoom::MessageKept { nonce: 1 }]);
    assert_eq!(written.iter().map(|message| message.nonce).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn in_a_lounge_the_owner_deletes_and_pins_old_messages_of_others() {
    let (_server, mut owner, mut other) = in_a_lounge(50).await;
    write_many(&mut other, 1..MANY + 1, "number").await;

    let (number, text) = (MessageNumber(1), "number 1");
    assert_eq!(is_refused(&mut other, pin(1, true)).await, Refusal::NotAllowed);
    assert_eq!(is_refused(&mut owner, edit(1, "mine")).await, Refusal::NotAllowed);
    for pinned in [true, false, true] {
        let changed = RoomEvent::MessagePinned { number, pinned };
        assert_eq!(brings_about(&mut owner, pin(1, pinned)).await, [changed]);
        assert_eq!(brings_about(&mut owner, pin(1, pinned)).await, []);
        let seen = find(&mut other, 1).await;
        assert_eq!((seen.pinned, seen.text), (pinned, Some(words(text))));
    }
    assert_eq!(brings_about(&mut owner, delete(1)).await, [RoomEvent::MessageDeleted { number }]);
    assert_eq!(find(&mut other, 1).await.text, None);
    assert_eq!(is_refused(&mut owner, pin(1, true)).await, Refusal::MessageNotFound);
    assert_eq!(brings_about(&mut owner, pin(1, false)).await, [RoomEvent::MessagePinned { number, pinned: false }]);
}
