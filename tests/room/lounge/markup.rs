//! What the server has made of the markup in messages: it stays with its text, and goes with it.

use heartogether::{
    id::{AccountId, MemberId, MessageNumber, ResumeToken},
    room::{
        ArchiveChange, Command, Effect, Event, Joined, Markup, Message, Missed, Resumed, RoomEvent, RoomMessage,
        SequencedEvent,
    },
    time::Timestamp,
};

use super::full;
use crate::scenario::*;

const NUMBER: MessageNumber = MessageNumber(1);

fn markup(html: &str) -> Markup {
    Markup { html: html.to_owned(), version: 1 }
}

fn writes(html: &str) -> Command {
    let Command::Write { nonce, text, reply_to, answered, is_archived, .. } = write(1, "**hello**") else {
        panic!("a message is written")
    };
    Command::Write { nonce, text, pictures: Vec::new(), reply_to, answered, is_archived, markup: Some(markup(html)) }
}

fn edits(text: &str, html: Option<&str>) -> Command {
    Command::Edit { number: NUMBER, text: words(text), markup: html.map(markup), archived: None }
}

fn first(stage: &Stage, member: MemberId) -> Message {
    stage.view(member).messages[0].clone()
}

/// Five members, of whom the second has written with markup.
fn written() -> (Stage, Vec<MemberId>) {
    let (mut stage, members) = full();
    let outcome = stage.command(2, writes("<p><strong>hello</strong></p>"));
    let [RoomEvent::MessageSent { message }] = outcome.everyone_learns()[..] else { panic!("all are told") };
    assert_eq!(message.markup, Some(markup("<p><strong>hello</strong></p>")));
    let archived = |effect: &Effect| matches!(effect, Effect::Archive(ArchiveChange::Write { message: archived, .. }) if archived == message);
    assert!(outcome.0.iter().any(archived), "the archive has it");
    (stage, members)
}

#[test]
fn the_entry_brings_the_markup_and_an_edit_brings_another() {
    let (mut stage, members) = written();
    let outcome = stage.command(2, edits("*hello*", Some("<p><em>hello</em></p>")));
    let is_archived = |effect: &Effect| {
        let Effect::Archive(ArchiveChange::Edit { markup: archived, .. }) = effect else { return false };
        *archived == Some(markup("<p><em>hello</em></p>"))
    };
    assert!(outcome.0.iter().any(is_archived));
    assert_eq!(first(&stage, members[3]).markup, Some(markup("<p><em>hello</em></p>")));
    stage.command(2, edits("hello", None));
    assert_eq!(first(&stage, members[3]).markup, None, "a text without markup has none");
}

#[test]
fn markup_goes_when_its_message_is_deleted() {
    let (mut stage, members) = written();
    stage.command(2, edits("*hello*", Some("<p><em>hello</em></p>")));
    stage.command(1, Command::Delete { number: NUMBER, archived: None });
    let message = first(&stage, members[3]);
    assert_eq!((message.text, message.markup), (None, None));
    let room = serde_json::to_string(&stage.room).expect("JSON");
    assert!(!room.contains("strong") && !room.contains("<em>"), "nor is it in what members may have missed: {room}");
    stage.command(2, edits("hello", Some("<p>hello</p>")));
    assert_eq!(first(&stage, members[3]).markup, None);
}

#[test]
fn markup_goes_with_the_account_of_its_author() {
    let (mut stage, _) = written();
    stage.append(Event::AccountDeleted { account: AccountId::from_bits(2) });
    let room = serde_json::to_string(&stage.room).expect("JSON");
    assert!(!room.contains("strong"), "{room}");
}

#[test]
fn a_broadcast_shows_messages_as_they_are_typed() {
    let mut stage = Stage::full_and_live();
    stage.command(2, writes("<p><strong>hello</strong></p>"));
    stage.command(2, edits("*hello*", Some("<p><em>hello</em></p>")));
    let message = first(&stage, HOST);
    assert_eq!((message.text, message.markup), (Some(words("*hello*")), None));
}

#[test]
fn the_edge_reaches_the_markup_in_everything_that_goes_out() {
    let (stage, members) = written();
    let room = stage.view(members[3]);
    let event = RoomEvent::MessageSent { message: room.messages[0].clone() };
    let edited = RoomEvent::MessageEdited {
        number: NUMBER,
        author: members[1],
        version: 1,
        text: words("hello"),
        markup: Some(markup("<p>hello</p>")),
    };
    let (seq, now) = (stage.room.seq(), Timestamp::default());
    let (sound_elsewhere, ice_servers) = (false, None);
    let resumed = |missed| {
        let (blocked, ice_servers) = (Vec::new(), None);
        RoomMessage::Resumed(Resumed { seq, now, missed, blocked, sound_elsewhere, ice_servers })
    };
    let (token, member) = (ResumeToken::from_bits(1), members[3]);
    let joined =
        Joined { member, token, seq, now, room: room.clone(), blocked: Vec::new(), sound_elsewhere, ice_servers };
    for (mut message, count) in [
        (RoomMessage::Joined(joined), 1),
        (resumed(Missed::Room(room)), 1),
        (resumed(Missed::Events(vec![event.clone(), edited.clone()])), 2),
        (RoomMessage::Event(SequencedEvent { seq, event }), 1),
        (RoomMessage::Event(SequencedEvent { seq, event: edited }), 1),
    ] {
        assert_eq!(message.markups_mut().filter(|markup| markup.is_some()).count(), count, "{message:?}");
    }
}
