//! The messages of a lounge: everybody reads them, and authors and the owner change them.

use heartogether::{
    engagement::Emoji,
    id::{MemberId, MessageNumber},
    limits::{EMOJI_PER_MESSAGE, Limits},
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
    stage.command(2, Command::Edit { number, text: words("hello all"), markup: None, archived: None });
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
    let edit =
        |number, archived| Command::Edit { number: MessageNumber(number), text: words("bye"), markup: None, archived };
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
    ArchivedMessage { account: GRACE, author, version: 2, deleted, pinned: false, emoji: 0 }
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
    let edit = |said| Command::Edit { number, text: words(said), markup: None, archived: read };
    for (said, version) in [("bye", 3), ("bye bye", 4)] {
        let edited = RoomEvent::MessageEdited { number, author: grace, version, text: words(said), markup: None };
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
    let edit = Command::Edit { number, text: words("bye"), markup: None, archived: read };
    assert_eq!(stage.command(2, edit).refusal(2), Refusal::MessageNotFound);
}

#[test]
fn a_message_that_was_changed_as_often_as_can_be_counted_is_changed_still() {
    let (mut stage, author) = that_has_forgotten();
    let (number, text) = (MessageNumber(1), words("bye"));
    let often = Some(ArchivedMessage { version: u32::MAX, ..archived(false) });
    let outcome = stage.command(2, Command::Edit { number, text: text.clone(), markup: None, archived: often });
    let edited = RoomEvent::MessageEdited { number, author, version: u32::MAX, text, markup: None };
    assert_eq!(outcome.events(Audience::Everyone), [&edited]);
}

#[test]
fn a_message_that_only_the_archive_holds_is_changed_like_any() {
    let (mut stage, grace) = that_has_forgotten();
    let (number, known) = (MessageNumber(1), Some(archived(false)));
    let edit = |archived| Command::Edit { number, text: words("bye"), markup: None, archived };
    assert_eq!(stage.command(2, edit(None)).refusal(2), Refusal::MessageNotFound);
    assert_eq!(stage.command(1, edit(known)).refusal(1), Refusal::NotAllowed);
    assert_eq!(stage.command(2, edit(Some(archived(true)))).refusal(2), Refusal::MessageNotFound);
    let outcome = stage.command(2, edit(known));
    let edited = RoomEvent::MessageEdited { number, author: grace, version: 3, text: words("bye"), markup: None };
    assert_eq!(outcome.events(Audience::Everyone), [&edited]);
    stage.command(1, Command::Pin { number, pinned: true, archived: known });
    let outcome = stage.command(1, Command::Delete { number, archived: known });
    assert_eq!(outcome.events(Audience::Everyone), [&RoomEvent::MessageDeleted { number }]);
    assert_eq!(stage.view(HOST).members[1].last_message, None);
    assert!(stage.command(1, Command::Delete { number, archived: Some(archived(true)) }).is_silent());
}

#[test]
fn a_message_has_lines_and_4000_characters_and_one_to_a_host_has_50_in_one_line() {
    let long = format!("- one\n  - two\n\n{}", "x".repeat(4_000 - 15));
    let mut stage = Stage::before_creation();
    let lounge = Policy::lounge(&Limits::default());
    stage.append(Event::RoomCreated(RoomCreated { policy: lounge, ..created() }));
    come(&mut stage, 1, 1);
    stage.command(1, write(1, &long));
    assert_eq!(messages(&stage, HOST)[0].text, Some(words(&long)));
    assert_eq!(stage.view(HOST).members[0].last_message, None, "a list of members is not one of messages");
    let mut stage = Stage::full_and_live();
    assert_eq!(stage.command(2, write(1, &long)).refusal(2), Refusal::MessageTooLong);
    assert_eq!(stage.command(2, write(1, &"x".repeat(51))).refusal(2), Refusal::MessageTooLong);
    stage.command(2, write(1, "louder,\n\n   please"));
    assert_eq!(messages(&stage, HOST)[0].text, Some(words("louder, please")));
    let edit = |said: &str| Command::Edit { number: MessageNumber(1), text: words(said), markup: None, archived: None };
    assert_eq!(stage.command(2, edit(&"x".repeat(51))).refusal(2), Refusal::MessageTooLong);
}

#[test]
fn members_put_emoji_on_messages_and_take_them_away() {
    let (mut stage, members) = full();
    stage.command(2, write(1, "hello"));
    let number = MessageNumber(1);
    let react = |sign: &str, on| Command::ReactTo { number, emoji: emoji(sign), on, archived: None };
    let reacted = |member, sign: &str, on| RoomEvent::MessageReacted { number, member, emoji: emoji(sign), on };
    assert_eq!(stage.command(3, react("👍", true)).everyone_learns(), [&reacted(members[2], "👍", true)]);
    assert!(stage.command(3, react("👍", true)).is_silent());
    stage.command(4, react("👍", true));
    stage.command(4, react("🎈", true));
    let shown = |stage: &Stage| {
        let message = messages(stage, HOST).remove(0);
        message.emoji.into_iter().map(|on| (on.emoji.to_string(), on.by)).collect::<Vec<_>>()
    };
    let balloon = ("🎈".to_owned(), vec![members[3]]);
    assert_eq!(shown(&stage), [("👍".to_owned(), vec![members[2], members[3]]), balloon.clone()]);
    let mut again = messages(&stage, HOST).remove(0);
    again.react(members[2], &emoji("👍"), true);
    assert_eq!(again, messages(&stage, HOST)[0], "twice is once");
    stage.command(3, react("👍", false));
    stage.command(4, react("👍", false));
    assert_eq!(shown(&stage), [balloon]);
    assert!(stage.command(4, react("👍", false)).is_silent());
    stage.command(2, Command::Delete { number, archived: None });
    assert_eq!(stage.command(3, react("👍", true)).refusal(3), Refusal::MessageNotFound);
    assert_eq!(shown(&stage), [], "nothing is left on a deleted message");
    let mut deleted = messages(&stage, HOST).remove(0);
    deleted.react(members[2], &emoji("👍"), true);
    assert_eq!(deleted, messages(&stage, HOST)[0]);
}

#[test]
fn a_message_has_twenty_different_emoji_at_most() {
    let (mut stage, _) = full();
    stage.command(2, write(1, "hello"));
    let number = MessageNumber(1);
    let all: Vec<_> = emojis::iter().take(EMOJI_PER_MESSAGE + 1).map(|known| emoji(known.as_str())).collect();
    let react = |emoji: &Emoji, archived| Command::ReactTo { number, emoji: emoji.clone(), on: true, archived };
    for known in &all[..EMOJI_PER_MESSAGE] {
        stage.command(1, react(known, None));
    }
    assert_eq!(stage.command(1, react(&all[EMOJI_PER_MESSAGE], None)).refusal(1), Refusal::TooManyEmoji);
    stage.command(2, react(&all[0], None));
    assert_eq!(messages(&stage, HOST)[0].emoji[0].by.len(), 2, "one more of the same is taken");
    let (mut stage, _) = that_has_forgotten();
    let full = Some(ArchivedMessage { emoji: EMOJI_PER_MESSAGE as u32, ..archived(false) });
    assert_eq!(stage.command(1, react(&all[0], full)).refusal(1), Refusal::TooManyEmoji);
    assert_eq!(stage.command(1, react(&all[0], Some(archived(false)))).events(Audience::Everyone).len(), 1);
}
