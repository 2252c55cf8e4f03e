//! What came later: each addition has files of its own, and left those from before as they were.

use heartogether::{
    engagement::Emoji,
    id::{NameMark, PictureId, RoomName},
    room::{AskingTerms, PictureRemoved},
};

use super::*;

/// What came with lounges, without changing the shape of what was there before.
fn events_of_lounges() -> Vec<Event> {
    let of_grace = |command| Event::Commanded { connection: ConnectionId::from_bits(2), account: GRACE, command };
    let (number, member) = (MessageNumber(1), MemberId::from_bits(12));
    let known = ArchivedMessage { account: GRACE, author: member, version: 2, deleted: false, pinned: true, emoji: 3 };
    let emoji = Emoji::parse("🎈").expect("an emoji");
    let commands = [
        Command::ReactTo { number, emoji: emoji.clone(), on: true, archived: None },
        Command::ReactTo { number, emoji, on: false, archived: Some(known) },
        Command::NameOneself { name: name("Countess"), mark: NameMark::from_bits(7) },
        Command::NameRoom { name: room_name() },
        Command::HandOver { member },
        Command::RemoveMember { member, block_address: false, may_return: true },
    ];
    let Event::RoomCreated(created) = makes(RoomKind::Lounge, 50) else { panic!("a room is created") };
    let policy = Policy { message_chars: 4_000, max_pages: 8, page_grace_ms: Some(120_000), ..created.policy.clone() };
    let made = Event::RoomCreated(RoomCreated { name: Some(room_name()), policy, ..created });
    let Event::JoinRequested(request) = marked(asks(GRACE, "Grace", None, Role::Participant, 2)) else {
        panic!("a request for a place")
    };
    let marks = Marks { name: Some(NameMark::from_bits(8)), ..request.marks };
    let joins = Event::JoinRequested(JoinRequested { marks, ..request });
    [made, joins].into_iter().chain(commands.map(of_grace)).collect()
}

fn room_name() -> RoomName {
    RoomName::parse("The engine room").expect("a name")
}

/// A lounge in which each of them has happened.
fn lounge() -> Room {
    let mut events = events_of_lounges();
    let rest = events.split_off(2);
    events.extend([
        asks(ADA, "Ada", None, Role::Participant, 1),
        asks(ADA, "Ada", None, Role::Participant, 5),
        writes(GRACE, 2, 1),
    ]);
    played(events.into_iter().chain(rest).collect())
}

#[tokio::test]
async fn what_came_with_lounges_is_stored_as_it_was_at_first() {
    let events = events_of_lounges();
    events.iter().for_each(is_listed);
    check(&format!("event-{EVENT_VERSION}-lounges"), &events).await;
    check_room("-lounges", lounge()).await;
}

/// What came with markup, without changing the shape of what was there before.
fn events_with_markup() -> Vec<Event> {
    [writes(GRACE, 2, 1), edits(GRACE, 2)].map(with_markup).into()
}

#[tokio::test]
async fn what_came_with_markup_is_stored_as_it_was_at_first() {
    check(&format!("event-{EVENT_VERSION}-markup"), &events_with_markup()).await;
    let joins = asks(GRACE, "Grace", None, Role::Participant, 2);
    let events = [makes(RoomKind::Lounge, 50), joins].into_iter().chain(events_with_markup());
    check_room("-markup", played(events.collect())).await;
}

/// What came with reports of messages.
fn events_of_reports() -> Vec<Event> {
    let says = |connection: u128, account, command| Event::Commanded {
        connection: ConnectionId::from_bits(connection),
        account,
        command,
    };
    let number = MessageNumber(1);
    let known = ArchivedMessage {
        account: GRACE,
        author: MemberId::from_bits(12),
        version: 0,
        deleted: false,
        pinned: false,
        emoji: 0,
    };
    let reason = Some(text("rude"));
    vec![
        says(5, AccountId::from_bits(3), Command::ReportMessage { number, reason, archived: Some(known) }),
        says(1, ADA, Command::ReportMessage { number, reason: None, archived: None }),
        says(1, ADA, Command::DismissReports { number: MessageNumber(2) }),
    ]
}

#[tokio::test]
async fn what_came_with_reports_is_stored_as_it_was_at_first() {
    let events = events_of_reports();
    events.iter().for_each(is_listed);
    check(&format!("event-{EVENT_VERSION}-reports"), &events).await;
    let before = [
        makes(RoomKind::Lounge, 50),
        asks(ADA, "Ada", None, Role::Participant, 1),
        asks(GRACE, "Grace", None, Role::Participant, 2),
        asks(AccountId::from_bits(3), "Linus", None, Role::Participant, 5),
        writes(GRACE, 2, 1),
    ];
    check_room("-reports", played(before.into_iter().chain(events).collect())).await;
}

/// What came with programs and operators, without changing the shape of what was there before.
#[tokio::test]
async fn what_is_done_without_a_connection_is_stored_as_it_was_at_first() {
    let (text, answered) = (text(WORDS), Some(Answered::Missing));
    let (pictures, reply_to) = (Vec::new(), Some(MessageNumber(1)));
    let command = Command::Write { nonce: 1, text, pictures, reply_to, answered, is_archived: false, markup: None };
    let events = [
        Event::CommandedByProgram { account: GRACE, command },
        Event::ClosedByOperator,
        Event::AccountBanned { account: GRACE },
    ];
    events.iter().for_each(is_listed);
    check(&format!("event-{EVENT_VERSION}-programs"), &events).await;
}

/// What came with sound in lounges, without changing the shape of what was there before.
fn events_of_sound() -> Vec<Event> {
    let edsger = AccountId::from_bits(6);
    let of = |account, number, command| {
        let connection = ConnectionId::from_bits(number);
        Event::Commanded { connection, account, command }
    };
    let publication = PublicationId::from_bits(70);
    let listen = |on| of(edsger, 6, Command::Listen { publication, on });
    let Event::RoomCreated(created) = makes(RoomKind::Lounge, 50) else { panic!("a room is created") };
    let policy =
        Policy { max_direct_listeners: Some(2), max_pages: 8, page_grace_ms: Some(120_000), ..created.policy.clone() };
    vec![
        Event::RoomCreated(RoomCreated { policy, ..created }),
        asks(GRACE, "Grace", None, Role::Participant, 2),
        asks(edsger, "Edsger", None, Role::Participant, 6),
        of(GRACE, 2, Command::Publish { id: publication, source: Source::Microphone, paused: false }),
        listen(true),
        listen(false),
        of(edsger, 6, Command::EndPublication { publication }),
        listen(true),
    ]
}

#[tokio::test]
async fn what_came_with_sound_in_lounges_is_stored_as_it_was_at_first() {
    let events = events_of_sound();
    events.iter().for_each(is_listed);
    check(&format!("event-{EVENT_VERSION}-sound"), &events).await;
    let room = played(events);
    assert_eq!(room.publications()[0].listeners.len(), 1);
    check_room("-sound", room).await;
}

/// What came with the removal of pictures, without changing the shape of what was there before.
#[tokio::test]
async fn what_came_with_removals_of_pictures_is_stored_as_it_was_at_first() {
    let (number, picture) = (MessageNumber(1), PictureId::from_bits(80));
    let author = MemberId::from_bits(12);
    let known = ArchivedMessage { account: GRACE, author, version: 1, deleted: false, pinned: false, emoji: 0 };
    let removal = PictureRemoved { number, picture, is_all: false, archived: None };
    let events =
        [removal, PictureRemoved { is_all: true, archived: Some(known), ..removal }].map(Event::PictureRemoved);
    events.iter().for_each(is_listed);
    check(&format!("event-{EVENT_VERSION}-pictures"), &events).await;
}

/// What came with asking the owner before somebody comes in.
fn events_of_admission() -> Vec<Event> {
    let says = |command| Event::Commanded { connection: ConnectionId::from_bits(1), account: ADA, command };
    let asks_to_come_in = |account, called, at| asks(account, called, None, Role::Participant, at);
    let answer = |member, admit| says(Command::AnswerJoin { member: MemberId::from_bits(member), admit });
    vec![
        says(Command::AskFirst { on: true }),
        asks_to_come_in(GRACE, "Grace", 2),
        asks_to_come_in(AccountId::from_bits(3), "Linus", 5),
        answer(12, true),
        answer(99, false),
    ]
}

#[tokio::test]
async fn what_came_with_asking_first_is_stored_as_it_was_at_first() {
    let events = events_of_admission();
    events.iter().for_each(is_listed);
    check(&format!("event-{EVENT_VERSION}-admission"), &events).await;
    let before = [makes(RoomKind::Lounge, 50), asks(ADA, "Ada", None, Role::Participant, 1)];
    let room = played(before.into_iter().chain(events).collect());
    assert!(room.asks_first() && room.has_place(GRACE) && !room.has_place(AccountId::from_bits(3)));
    check_room("-admission", room).await;
}

/// What came with the terms on which the owner is asked.
#[tokio::test]
async fn what_came_with_terms_of_asking_is_stored_as_it_was_at_first() {
    let says = |command| Event::Commanded { connection: ConnectionId::from_bits(1), account: ADA, command };
    let terms = AskingTerms { request_ms: 604_800_000, declined_ms: 600_000 };
    let linus = asks(AccountId::from_bits(3), "Linus", None, Role::Participant, 5);
    let answer = Command::AnswerJoin { member: MemberId::from_bits(12), admit: false };
    let events =
        [says(Command::AskFirstUnder(terms)), asks(GRACE, "Grace", None, Role::Participant, 2), linus, says(answer)];
    events.iter().for_each(is_listed);
    check(&format!("event-{EVENT_VERSION}-terms"), &events).await;
    let before = [makes(RoomKind::Lounge, 50), asks(ADA, "Ada", None, Role::Participant, 1)];
    let room = played(before.into_iter().chain(events).collect());
    assert!(room.data_of(GRACE).is_some_and(|data| data.declined_until.is_some()));
    check_room("-terms", room).await;
}
