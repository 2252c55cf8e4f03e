//! The messages of a lounge: everybody reads them, and authors and the owner change them.

use heartogether::{
    id::{MemberId, MessageNumber},
    refusal::Refusal,
    room::{Answered, ArchivedMessage, Audience, Command, Event, Message, Policy, RoomCreated, RoomEvent},
};

use super::{come, full, policy};
use crate::scenario::*;

fn messages(stage: &Stage, member: MemberId) -> Vec<Message> {
    stage.view(member).messages
}

#[test]
fn everybody_reads_what_is_written_changed_pinned_and_deleted() {
    let (mut stage, members) = full();
    stage.command(2, write(1, "hello"));
    let answer = replies(1, "hello you", MessageNumber(1), Answered::Missing);
    stage.command(3, answer);
    let number = MessageNumber(1);
    stage.command(2, Command::Edit { number, text: words("hello all"), archived: None });
    stage.command(1, Command::Pin { number, pinned: true, archived: None });
    for member in &members {
        let read = messages(&stage, *member);
        assert_eq!(read[0].text, Some(words("hello all")));
        assert_eq!((read[0].version, read[0].pinned, read[0].delivered), (1, true, true));
        assert_eq!(read[1].reply_to, Some(number));
    }
    let outcome = stage.command(1, Command::Delete { number, archived: None });
    assert_eq!(outcome.everyone_learns(), [&RoomEvent::MessageDeleted { number }], "the owner moderates");
    assert_eq!(messages(&stage, members[4])[0].text, None);
    assert_eq!(stage.view(members[4]).members[1].last_message, None);
}

#[test]
fn a_change_that_may_not_be_is_refused() {
    let (mut stage, _) = full();
    stage.command(2, write(1, "hello"));
    let edit = |number, archived| Command::Edit { number: MessageNumber(number), text: words("bye"), archived };
    let delete = |number| Command::Delete { number: MessageNumber(number), archived: None };
    let pin = |number| Command::Pin { number: MessageNumber(number), pinned: true, archived: None };
    assert_eq!(stage.command(3, edit(1, None)).refusal(3), Refusal::NotAllowed);
    assert_eq!(stage.command(1, edit(1, None)).refusal(1), Refusal::NotAllowed, "nor does the owner change words");
    assert_eq!(stage.command(3, delete(1)).refusal(3), Refusal::NotAllowed);
    assert_eq!(stage.command(2, pin(1)).refusal(2), Refusal::NotAllowed);
    assert_eq!(stage.command(2, edit(2, None)).refusal(2), Refusal::MessageNotFound);
    assert_eq!(stage.command(2, edit(2, Some(archived(false)))).refusal(2), Refusal::MessageNotFound);
    stage.command(2, delete(1));
    assert_eq!(stage.command(2, edit(1, None)).refusal(2), Refusal::MessageNotFound);
    assert_eq!(stage.command(1, pin(1)).refusal(1), Refusal::MessageNotFound);
    assert!(stage.command(2, delete(1)).is_silent());
}

/// What the archive knows of Grace's first message.
fn archived(deleted: bool) -> ArchivedMessage {
    let author = MemberId::from_bits(1_003);
    ArchivedMessage { account: GRACE, author, version: 2, deleted, pinned: false }
}

/// A room that knows nothing of Grace's first message any more, and her place.
fn that_has_forgotten() -> (Stage, MemberId) {
    let mut stage = Stage::before_creation();
    let policy = Policy { messages_kept: 1, ..policy() };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    come(&mut stage, 1, 1);
    let grace = come(&mut stage, 2, 2).member;
    stage.command(2, write(1, "hello"));
    stage.command(1, write(1, "hello you"));
    stage.command(1, write(2, "and you"));
    (stage, grace)
}

#[test]
fn what_the_room_has_done_counts_more_than_what_was_read_in_the_archive_before() {
    let (mut stage, grace) = that_has_forgotten();
    let (number, read) = (MessageNumber(1), Some(archived(false)));
    let edit = |said| Command::Edit { number, text: words(said), archived: read };
    for (said, version) in [("bye", 3), ("bye bye", 4)] {
        let edited = RoomEvent::MessageEdited { number, author: grace, version, text: words(said) };
        assert_eq!(stage.command(2, edit(said)).events(Audience::Everyone), [&edited]);
    }
    stage.command(1, Command::Delete { number, archived: read });
    assert_eq!(stage.command(2, edit("hello again")).refusal(2), Refusal::MessageNotFound);
    assert!(stage.command(1, Command::Delete { number, archived: read }).is_silent());
    stage.append(Event::AccountDeleted { account: GRACE });
    assert!(stage.command(1, Command::Delete { number, archived: None }).refusal(1) == Refusal::MessageNotFound);
}

#[test]
fn a_message_that_has_just_been_forgotten_is_as_it_was() {
    let (mut stage, _) = full();
    stage.command(2, write(1, "hello"));
    stage.command(2, Command::Delete { number: MessageNumber(1), archived: None });
    for nonce in 0..policy().messages_kept {
        stage.command(1, write(nonce, "hello you"));
    }
    let (number, read) = (MessageNumber(1), Some(archived(false)));
    let edit = Command::Edit { number, text: words("bye"), archived: read };
    assert_eq!(stage.command(2, edit).refusal(2), Refusal::MessageNotFound);
}

#[test]
fn a_message_that_was_changed_as_often_as_can_be_counted_is_changed_still() {
    let (mut stage, author) = that_has_forgotten();
    let (number, text) = (MessageNumber(1), words("bye"));
    let often = Some(ArchivedMessage { version: u32::MAX, ..archived(false) });
    let outcome = stage.command(2, Command::Edit { number, text: text.clone(), archived: often });
    let edited = RoomEvent::MessageEdited { number, author, version: u32::MAX, text };
    assert_eq!(outcome.events(Audience::Everyone), [&edited]);
}

#[test]
fn a_message_that_only_the_archive_holds_is_changed_like_any() {
    let (mut stage, grace) = that_has_forgotten();
    let (number, known) = (MessageNumber(1), Some(archived(false)));
    let edit = |archived| Command::Edit { number, text: words("bye"), archived };
    assert_eq!(stage.command(2, edit(None)).refusal(2), Refusal::MessageNotFound);
    assert_eq!(stage.command(1, edit(known)).refusal(1), Refusal::NotAllowed);
    assert_eq!(stage.command(2, edit(Some(archived(true)))).refusal(2), Refusal::MessageNotFound);
    let outcome = stage.command(2, edit(known));
    let edited = RoomEvent::MessageEdited { number, author: grace, version: 3, text: words("bye") };
    assert_eq!(outcome.events(Audience::Everyone), [&edited]);
    assert_eq!(stage.view(HOST).members[1].last_message.as_ref().map(ToString::to_string).as_deref(), Some("bye"));
    stage.command(1, Command::Pin { number, pinned: true, archived: known });
    let outcome = stage.command(1, Command::Delete { number, archived: known });
    assert_eq!(outcome.events(Audience::Everyone), [&RoomEvent::MessageDeleted { number }]);
    assert_eq!(stage.view(HOST).members[1].last_message, None);
    assert!(stage.command(1, Command::Delete { number, archived: Some(archived(true)) }).is_silent());
}
