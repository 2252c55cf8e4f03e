//! Every kind of message, from every standing.

use crate::support::refused;
use crate::support::said_in;
use heartogether::id::MessageNumber;
use heartogether::protocol::Edit;
use heartogether::protocol::FromRoom;
use heartogether::protocol::Pin;
use heartogether::protocol::RoomFrame;
use heartogether::protocol::{
    AnswerJoin, AskFirst, Block, Delete, DismissReports, HandOver, MarkRead, NameOneself, NameRoom, ReactTo,
};
use heartogether::{
    engagement::{Emoji, MessageText, Reaction},
    id::{DisplayName, MemberId, NegotiationId, PublicationId, RoomName, Seq},
    protocol::{
        ClientMessage, DeclareSilence, EndPublication, FetchMessages, Hello, Join, Listen, PROTOCOL_VERSION, Ping,
        Publish, React, RemoveMember, ReportMessage, SendSignal, ServerMessage, Signal, ToRoom, Write,
    },
    refusal::Refusal,
    role::Role,
    room::{Joined, RoomEvent, Source},
};
use serde::Serialize;
use serde_json::Value;

use super::{Who, cookie_of, table, written};
use crate::support::{Connection, Pair, Site, TestServer, join, offer};

/// What the listener has written, and nobody but the two of the room may read.
const SECRET: &str = "a secret of this room";

macro_rules! in_room {
    ($message:pat) => {
        ClientMessage::Room(RoomFrame { message: $message, .. })
    };
}

/// Lists every kind of message with an example. A kind that is missing here does not compile.
macro_rules! messages {
    ($($row:literal: $pattern:pat => $example:expr;)*) => {
        /// The message's row in the table.
        pub(super) fn row_of(message: &ClientMessage) -> &'static str {
            match message { $($pattern => $row,)* }
        }

        /// One message for each row.
        pub(super) fn examples(pair: &Pair, who: Who) -> Vec<ClientMessage> {
            let to = match who {
                Who::Owner | Who::HostElsewhere => pair.as_listener.member,
                _ => pair.as_host.member,
            };
            let from_listener = &pair.as_listener;
            vec![$({ let example: fn(&Pair, _, _) -> ClientMessage = $example; example(pair, to, from_listener) }),*]
        }
    };
}

/// What the host sends; where the host sends nothing, something that nobody does.
fn publication(pair: &Pair) -> PublicationId {
    let sent = &pair.as_host.room.publications;
    sent.first().map_or(PublicationId::from_bits(7), |publication| publication.id)
}

const ATTEMPT: NegotiationId = NegotiationId(1);

messages! {
    "hello": ClientMessage::Hello(_) => |_, _, _| ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION });
    "ping": ClientMessage::Ping(_) => |_, _, _| ClientMessage::Ping(Ping { nonce: 1 });
    "resume_rooms": ClientMessage::ResumeRooms(_) =>
        |pair, _, joined: &Joined| crate::support::resume(pair.code, joined, Seq(u64::MAX));
    "join as host": in_room!(ToRoom::Join(Join { role: Role::Host, .. })) =>
        |pair, _, _| said_in(pair.code, ToRoom::Join(Join { role: Role::Host, take_over: true, name: None, returns: false }));
    "join as listener": in_room!(ToRoom::Join(Join { role: Role::Listener, .. })) =>
        |pair, _, _| join(pair.code, Role::Listener);
    "join as participant": in_room!(ToRoom::Join(Join { role: Role::Participant, .. })) =>
        |pair, _, _| join(pair.code, Role::Participant);
    "leave": in_room!(ToRoom::Leave) => |pair, _, _| said_in(pair.code, ToRoom::Leave);
    "publish": in_room!(ToRoom::Publish(_)) =>
        |pair, _, _| said_in(pair.code, ToRoom::Publish(Publish { source: Source::Display, paused: true }));
    "pause": in_room!(ToRoom::Pause) => |pair, _, _| said_in(pair.code, ToRoom::Pause);
    "resume": in_room!(ToRoom::Resume) => |pair, _, _| said_in(pair.code, ToRoom::Resume);
    "interrupt": in_room!(ToRoom::Interrupt) => |pair, _, _| said_in(pair.code, ToRoom::Interrupt);
    "declare_silence": in_room!(ToRoom::DeclareSilence(_)) =>
        |pair, _, _| said_in(pair.code, ToRoom::DeclareSilence(DeclareSilence { silent: true }));
    "listen": in_room!(ToRoom::Listen(_)) =>
        |pair, _, _| said_in(pair.code, ToRoom::Listen(Listen { publication: publication(pair), on: true }));
    "end_publication": in_room!(ToRoom::EndPublication(_)) =>
        |pair, _, _| said_in(pair.code, ToRoom::EndPublication(EndPublication { publication: publication(pair) }));
    "stop": in_room!(ToRoom::Stop) => |pair, _, _| said_in(pair.code, ToRoom::Stop);
    "react": in_room!(ToRoom::React(_)) =>
        |pair, _, _| said_in(pair.code, ToRoom::React(React { reaction: Reaction::Fire }));
    "write": in_room!(ToRoom::Write(_)) => |pair, _, _| said_in(pair.code, message(2, "louder"));
    "edit": in_room!(ToRoom::Edit(_)) =>
        |pair, _, _| said_in(pair.code, ToRoom::Edit(Edit { number: FIRST, text: text("softer") }));
    "delete": in_room!(ToRoom::Delete(_)) => |pair, _, _| said_in(pair.code, ToRoom::Delete(Delete { number: FIRST }));
    "pin": in_room!(ToRoom::Pin(_)) =>
        |pair, _, _| said_in(pair.code, ToRoom::Pin(Pin { number: FIRST, pinned: true }));
    "react_to": in_room!(ToRoom::ReactTo(_)) => |pair, _, _| {
        let emoji = Emoji::parse("🎈").expect("an emoji");
        said_in(pair.code, ToRoom::ReactTo(ReactTo { number: FIRST, emoji, on: true }))
    };
    "report_message": in_room!(ToRoom::ReportMessage(_)) =>
        |pair, _, _| said_in(pair.code, ToRoom::ReportMessage(ReportMessage { number: FIRST, reason: None }));
    "dismiss_reports": in_room!(ToRoom::DismissReports(_)) =>
        |pair, _, _| said_in(pair.code, ToRoom::DismissReports(DismissReports { number: FIRST }));
    "block": in_room!(ToRoom::Block(_)) =>
        |pair, _, joined: &Joined| said_in(pair.code, ToRoom::Block(Block { member: joined.member, blocked: true }));
    "type": in_room!(ToRoom::Type) => |pair, _, _| said_in(pair.code, ToRoom::Type);
    "mark_read": in_room!(ToRoom::MarkRead(_)) =>
        |pair, _, _| said_in(pair.code, ToRoom::MarkRead(MarkRead { up_to: FIRST }));
    "name_oneself": in_room!(ToRoom::NameOneself(_)) => |pair, _, _| {
        said_in(pair.code, ToRoom::NameOneself(NameOneself { name: DisplayName::parse("Countess").expect("a name") }))
    };
    "name_room": in_room!(ToRoom::NameRoom(_)) => |pair, _, _| {
        said_in(pair.code, ToRoom::NameRoom(NameRoom { name: RoomName::parse("The engine room").expect("a name") }))
    };
    "hand_over": in_room!(ToRoom::HandOver(_)) =>
        |pair, _, joined: &Joined| said_in(pair.code, ToRoom::HandOver(HandOver { member: joined.member }));
    "ask_first": in_room!(ToRoom::AskFirst(_)) =>
        |pair, _, _| said_in(pair.code, ToRoom::AskFirst(AskFirst { on: true }));
    "answer_join": in_room!(ToRoom::AnswerJoin(_)) => |pair, _, joined: &Joined|
        said_in(pair.code, ToRoom::AnswerJoin(AnswerJoin { member: joined.member, admit: true }));
    "fetch_messages": in_room!(ToRoom::FetchMessages(_)) => |pair, _, _|
        said_in(pair.code, ToRoom::FetchMessages(FetchMessages { before: MessageNumber(u64::MAX) }));
    "remove_member": in_room!(ToRoom::RemoveMember(_)) => |pair, _, joined: &Joined|
        said_in(pair.code, ToRoom::RemoveMember(RemoveMember { member: joined.member, block_address: false, may_return: false }));
    "signal offer": in_room!(ToRoom::Signal(SendSignal { signal: Signal::Offer { .. }, .. })) =>
        |pair, to, _| signal(pair, to, offer(1));
    "signal answer": in_room!(ToRoom::Signal(SendSignal { signal: Signal::Answer { .. }, .. })) =>
        |pair, to, _| signal(pair, to, crate::support::answer(1));
    "signal candidates": in_room!(ToRoom::Signal(SendSignal { signal: Signal::Candidates { .. }, .. })) =>
        |pair, to, _| signal(pair, to, Signal::Candidates { negotiation: ATTEMPT, candidates: vec![] });
    "signal closed": in_room!(ToRoom::Signal(SendSignal { signal: Signal::Closed { .. }, .. })) =>
        |pair, to, _| signal(pair, to, Signal::Closed { negotiation: ATTEMPT });
    "signal offer_request": in_room!(ToRoom::Signal(SendSignal { signal: Signal::OfferRequest { .. }, .. })) =>
        |pair, to, _| signal(pair, to, Signal::OfferRequest { restarts: None });
}

/// The message that was written first.
const FIRST: MessageNumber = MessageNumber(1);

fn signal(pair: &Pair, to: MemberId, signal: Signal) -> ClientMessage {
    said_in(pair.code, ToRoom::Signal(SendSignal { to, signal }))
}

fn text(text: &str) -> MessageText {
    MessageText::parse(text).expect("a message")
}

fn message(nonce: u32, words: &str) -> ToRoom {
    ToRoom::Write(Write { nonce, text: text(words), pictures: Vec::new(), reply_to: None })
}

/// A room that is live (or paused, where the row is about going on), in which something was written.
async fn live_pair(site: &Site, row: &str) -> Pair {
    let mut pair = site.pair().await;
    let paused = row == "resume";
    pair.host.say(ToRoom::Publish(Publish { source: Source::Display, paused })).await;
    pair.listener.say(message(1, SECRET)).await;
    for connection in [&mut pair.host, &mut pair.listener] {
        for _ in 0..2 {
            if let RoomEvent::PublicationChanged { publication } = connection.event().await {
                pair.as_host.room.publications = vec![publication];
            }
        }
    }
    pair
}

/// What a frame is called in the table.
fn name_of(message: &ServerMessage) -> String {
    if let Some(refusal) = refused(message) {
        return refusal.code().to_owned();
    }
    match message {
        ServerMessage::Room(RoomFrame { message: FromRoom::Event(told), .. }) => tag_of(&told.event),
        ServerMessage::Room(RoomFrame { message: FromRoom::Signal(received), .. }) => tag_of(&received.signal),
        ServerMessage::Room(RoomFrame { message, .. }) => tag_of(message),
        _ => tag_of(message),
    }
}

/// The name of a message's, an event's or a signal's variant on the wire.
fn tag_of(message: &impl Serialize) -> String {
    match serde_json::to_value(message).expect("a message is written") {
        Value::String(tag) => tag,
        Value::Object(tagged) => tagged.keys().next().cloned().unwrap_or_default(),
        other => panic!("{other} has no tag"),
    }
}

/// Whose connection it is said on, if it is not the host's or the listener's own. Whom they are with elsewhere is kept.
async fn stranger(
    site: &Site,
    pair: &mut Pair,
    who: Who,
    row: &str,
    company: &mut Option<Connection>,
) -> Option<Connection> {
    let takes_a_place = row.starts_with("join") || row == "resume_rooms";
    let cookie = match who {
        Who::Owner | Who::Listener if row != "hello" && !takes_a_place => return None,
        Who::HostElsewhere | Who::ListenerElsewhere if row != "hello" && !takes_a_place => {
            let other = site.pair().await;
            let (sender, other) = match who {
                Who::HostElsewhere => (other.host, other.listener),
                _ => (other.listener, other.host),
            };
            *company = Some(other);
            return Some(sender);
        }
        Who::Nobody => return Some(Connection::open(site.socket_request(None)).await),
        _ => cookie_of(site, pair, who).await.expect("everybody else has a session"),
    };
    if row == "hello" {
        return Some(site.connect(&cookie).await);
    }
    let mut connection = site.greet(&cookie).await;
    if who == Who::Removed {
        connection.send(&join(pair.code, Role::Listener)).await;
        assert_eq!(connection.refusal().await, Refusal::Removed);
    }
    Some(connection)
}

/// What everybody sees of the message, and what the table writes for it.
async fn outcome(site: &Site, who: Who, index: usize, row: &str, effects: &str) -> String {
    let mut pair = live_pair(site, row).await;
    let mut company = None;
    let mut sender = stranger(site, &mut pair, who, row, &mut company).await;
    let message = examples(&pair, who).swap_remove(index);
    let speaker = match (&mut sender, who) {
        (Some(sender), _) => sender,
        (None, Who::Owner) => &mut pair.host,
        (None, _) => &mut pair.listener,
    };
    speaker.try_send(&message).await;
    let mut seen = Vec::new();
    let mut note = |name: &str, frames: Vec<ServerMessage>| {
        seen.extend(frames.into_iter().map(|frame| (name.to_owned(), frame)));
    };
    let speakers_name = match (sender.is_some(), who) {
        (true, _) => "sender",
        (false, Who::Owner) => "host",
        (false, _) => "listener",
    };
    let speaker = match (&mut sender, who) {
        (Some(sender), _) => sender,
        (None, Who::Owner) => &mut pair.host,
        (None, _) => &mut pair.listener,
    };
    note(speakers_name, speaker.drain_all().await);
    // The room answers in order: whatever came of the message is with everybody by now.
    site.get(&format!("/api/rooms/{}", pair.code), None).await;
    note("host", pair.host.drain_all().await);
    note("listener", pair.listener.drain_all().await);
    if let Some(sender) = &mut sender {
        note("sender", sender.drain_all().await);
    }
    if !matches!(who, Who::Owner | Who::Listener) {
        assert!(!format!("{seen:?}").contains(SECRET), "{who:?} reads what {row} shows");
    }
    cell(who, speakers_name, &seen, effects)
}

fn cell(who: Who, speaker: &str, seen: &[(String, ServerMessage)], effects: &str) -> String {
    let by_others: Vec<_> = seen.iter().filter(|(name, _)| name != speaker).collect();
    let refusal = seen.iter().filter(|(name, _)| name == speaker).find_map(|(_, frame)| refused(frame));
    let all: Vec<_> = seen.iter().map(|(name, frame)| format!("{name} {}", name_of(frame))).collect();
    let allowed: Vec<_> = effects.split(", ").collect();
    match refusal {
        Some(refusal) if by_others.is_empty() => refusal.code().to_owned(),
        None if who.is_elsewhere() && by_others.is_empty() && speaker == "sender" && !effects.contains("sender") => {
            "unseen".to_owned()
        }
        None if !all.is_empty() && all.iter().all(|effect| allowed.contains(&effect.as_str())) => "yes".to_owned(),
        _ => format!("{refusal:?} and {all:?}"),
    }
}

#[tokio::test]
async fn every_message_is_carried_out_or_refused_as_the_table_says() {
    let mut wrong = Vec::new();
    let rows = table("Messages");
    for (index, row) in rows.iter().enumerate() {
        let server = TestServer::start().await;
        let mut found = row[..2].to_vec();
        for who in Who::ALL {
            found.push(outcome(&server.site, who, index, &row[0], &row[1]).await);
        }
        if found != *row {
            wrong.push(written(&found));
        }
    }
    assert!(wrong.is_empty(), "the server says\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_table_has_a_row_for_every_message() {
    let server = TestServer::start().await;
    let pair = server.site.pair().await;
    let kinds: Vec<_> = examples(&pair, Who::Owner).iter().map(row_of).collect();
    let rows: Vec<_> = table("Messages").iter().map(|row| row[0].clone()).collect();
    assert_eq!(rows, kinds);
}
