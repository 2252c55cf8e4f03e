//! Reactions and messages to the host.

use heartogether::{
    engagement::Reaction,
    id::{AccountId, MemberId, MessageNumber, Seq},
    limits::MESSAGES_AT_ONCE,
    refusal::Refusal,
    role::Role,
    room::{
        ArchiveChange, Audience, Command, Event, Foreseen, Message, Missed, Policy, Reading, RoomCreated, RoomEvent,
    },
};

use crate::scenario::*;

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.text.as_ref().map_or("", |text| text.as_str())).collect()
}

fn message_of(events: &[&RoomEvent]) -> Message {
    match events {
        [RoomEvent::MessageSent { message }] => message.clone(),
        other => panic!("one message was expected: {other:?}"),
    }
}

#[test]
fn only_the_host_receives_a_reaction() {
    let mut stage = Stage::full_and_live();
    let outcome = stage.wait(5).command(2, FIRE);
    let member = FIRST_LISTENER;
    assert_eq!(outcome.host_learns(), [&RoomEvent::Reacted { member, reaction: Reaction::Fire, at: stage.now }]);
    assert!(outcome.everyone_learns().is_empty());
    let listener = stage.view(HOST).members[0].clone();
    assert_eq!((listener.last_reaction, listener.active_at), (Some(Reaction::Fire), stage.now));
}

#[test]
fn a_message_reaches_the_host_and_its_author() {
    let mut stage = Stage::full_and_live();
    let outcome = stage.wait(5).command(2, write(7, "louder, please"));
    let message = message_of(&outcome.host_learns());
    assert_eq!((message.author, message.nonce, message.sent_at), (FIRST_LISTENER, 7, stage.now));
    assert!(message.delivered, "the host's page is there");
    assert_eq!(message_of(&outcome.events(Audience::Member(FIRST_LISTENER))), message);
    assert!(outcome.everyone_learns().is_empty());
    let listener = stage.view(HOST).members[0].clone();
    assert_eq!(listener.last_message.map(|text| text.to_string()), Some("louder, please".to_owned()));
}

#[test]
fn a_message_sent_twice_is_written_once() {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(7, "louder, please"));
    assert!(stage.command(2, write(7, "louder, please")).is_silent());
    assert_eq!(stage.view(HOST).messages.len(), 1);
    stage.command(3, write(7, "softer, please"));
    assert_eq!(texts(&stage.view(HOST).messages), ["louder, please", "softer, please"]);
}

#[test]
fn a_listener_sees_their_own_messages_on_a_new_page_and_after_leaving() {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(1, "of Grace"));
    stage.command(3, write(1, "of Edsger"));
    assert_eq!(texts(&stage.listener(GRACE, 4).room.messages), ["of Grace"]);
    stage.command(4, Command::Leave);
    assert_eq!(texts(&stage.listener(GRACE, 5).room.messages), ["of Grace"]);
}

#[test]
fn messages_to_a_disconnected_host_are_delivered_when_the_host_is_back() {
    let mut stage = Stage::full_and_live();
    let token = stage.ask(OWNER, Role::Host, 4, true).joined(4).token;
    let last_seq = stage.room.seq();
    stage.lose(4);
    let sent = message_of(&stage.command(2, write(1, "are you there?")).events(Audience::Member(FIRST_LISTENER)));
    assert!(!sent.delivered);
    let outcome = stage.resume(OWNER, token, last_seq, 5);
    let delivered = RoomEvent::MessagesDelivered { up_to: sent.number };
    assert_eq!(outcome.events(Audience::Member(FIRST_LISTENER)), [&delivered]);
    assert_eq!(outcome.host_learns(), [&delivered]);
    let Missed::Events(missed) = outcome.resumed(5).missed else { panic!("little was missed") };
    assert!(missed.contains(&RoomEvent::MessageSent { message: sent }));
    assert!(stage.view(FIRST_LISTENER).messages[0].delivered);
}

#[test]
fn a_new_page_of_the_host_has_the_latest_messages_and_the_archive_has_all() {
    let mut stage = Stage::full_and_live();
    let count = MESSAGES_AT_ONCE as u64 + 10;
    for nonce in 0..count {
        let outcome = stage.command(2, write(nonce as u32, &format!("number {nonce}")));
        let message = message_of(&outcome.host_learns());
        assert_eq!(message.number, MessageNumber(nonce + 1));
        assert_eq!(outcome.archived(), [&ArchiveChange::Write { account: GRACE, message }]);
    }
    let joined = stage.ask(OWNER, Role::Host, 4, true).joined(4);
    assert_eq!(texts(&joined.room.messages).first(), Some(&"number 10"));
    assert_eq!(texts(&joined.room.messages).len(), MESSAGES_AT_ONCE);
    assert!(joined.room.has_earlier_messages);
}

#[test]
fn the_host_reads_all_messages_and_a_listener_their_own() {
    let stage = Stage::full_and_live();
    assert_eq!(stage.room.reading_at(connection(1).id), Ok(Reading::All));
    assert_eq!(stage.room.reading_at(connection(2).id), Ok(Reading::Own(GRACE)));
    assert_eq!(stage.room.reading_at(connection(9).id), Err(Refusal::NotAMember));
}

#[test]
fn the_oldest_messages_are_dropped_first_and_readers_are_told_that_older_ones_exist() {
    let mut stage = Stage::full_and_live();
    let most = created().policy.messages_kept;
    for nonce in 0..most {
        stage.command(2, write(nonce, &format!("number {nonce}")));
    }
    assert!(!stage.view(HOST).has_earlier_messages);
    stage.command(3, write(1, "one more"));
    let view = stage.view(HOST);
    assert_eq!((view.messages.len(), texts(&view.messages)[0]), (most as usize, "number 1"));
    let member = |at| stage.room.member_at(connection(at).id).expect("somebody is there").id;
    let has_earlier = [HOST, member(2), member(3)].map(|member| stage.view(member).has_earlier_messages);
    assert_eq!(has_earlier, [true, true, false], "the archive has one of Grace's and none of Edsger's");
    stage.append(Event::AccountDeleted { account: GRACE });
    assert!(!stage.view(HOST).has_earlier_messages, "what is deleted is not there");
}

#[test]
fn a_message_that_the_room_has_forgotten_is_not_written_again() {
    let mut stage = Stage::full_and_live();
    let again = Command::Write {
        nonce: 7,
        text: words("louder, please"),
        pictures: Vec::new(),
        reply_to: None,
        answered: None,
        is_archived: true,
        markup: None,
    };
    assert_eq!(
        stage.room.foresee(&commanded(&stage.room, connection(2).id, again.clone()), stage.now),
        Ok(Foreseen::Nothing)
    );
    assert!(stage.command(2, again).is_silent());
    assert!(stage.view(HOST).messages.is_empty());
}

#[test]
fn a_message_that_waits_for_the_host_is_delivered_although_the_room_has_forgotten_it() {
    let mut stage = Stage::full_and_live();
    stage.lose(1);
    stage.command(3, write(1, "are you there?"));
    for nonce in 0..created().policy.messages_kept {
        stage.command(2, write(nonce, "hello"));
    }
    let edsger = stage.room.member_at(connection(3).id).expect("Edsger is there").id;
    let outcome = stage.ask_to_host(OWNER, 4);
    let up_to = MessageNumber(u64::from(created().policy.messages_kept) + 1);
    assert!(outcome.events(Audience::Member(edsger)).contains(&&RoomEvent::MessagesDelivered { up_to }));
    assert_eq!(outcome.archived(), [&ArchiveChange::Deliver { up_to }]);
}

#[test]
fn author_and_host_are_told_of_changes_and_deletions_of_a_message() {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(1, "louder, please"));
    stage.command(2, Command::Leave);
    // Who comes back has another place, and owns what they wrote.
    let author = stage.listener(GRACE, 4).member;
    let (number, text) = (MessageNumber(1), words("softer, please"));
    let outcome = stage.command(4, Command::Edit { number, text: text.clone(), markup: None, archived: None });
    let edited = RoomEvent::MessageEdited { number, author, version: 1, text, markup: None };
    assert_eq!(outcome.host_learns(), [&edited]);
    assert_eq!(outcome.events(Audience::Member(author)), [&edited]);
    assert_eq!(texts(&stage.view(HOST).messages), ["softer, please"]);
    let outcome = stage.command(4, Command::Delete { number, archived: None });
    assert_eq!(outcome.host_learns(), [&RoomEvent::MessageDeleted { number }]);
    assert_eq!(outcome.events(Audience::Member(author)), [&RoomEvent::MessageDeleted { number }]);
    assert_eq!(stage.view(author).messages[0].text, None);
    assert_eq!(stage.command(3, Command::Delete { number, archived: None }).refusal(3), Refusal::NotAllowed);
}

#[test]
fn a_missed_message_that_was_deleted_is_sent_without_its_text() {
    let mut stage = Stage::open();
    let host = stage.host(1);
    stage.listener(GRACE, 2);
    stage.command(2, write(1, "a slip of the pen"));
    let number = MessageNumber(1);
    stage.command(2, Command::Edit { number, text: words("another slip"), markup: None, archived: None });
    let before = stage.view(HOST);
    stage.listener(GRACE, 3);
    stage.command(3, Command::Delete { number, archived: None });
    assert!(!serde_json::to_string(&stage.room).expect("a room is written").contains("slip"));
    let Missed::Events(missed) = stage.resume(OWNER, host.token, host.seq, 4).resumed(4).missed else {
        panic!("little was missed")
    };
    for mut page in [host.room, before] {
        missed.iter().for_each(|event| page.apply(event));
        assert_eq!(page, stage.view(HOST), "{missed:?}");
    }
}

#[test]
fn a_removed_listener_cannot_come_back_in_any_way() {
    let mut stage = Stage::full_and_live();
    let token = stage.listener(GRACE, 4).token;
    let outcome =
        stage.command(1, Command::RemoveMember { member: FIRST_LISTENER, block_address: false, may_return: false });
    assert_eq!(outcome.host_learns(), [&RoomEvent::MemberLeft { member: FIRST_LISTENER }]);
    assert_eq!(outcome.closed(), [(connection(4).id, Refusal::Removed)]);
    assert_eq!(stage.ask_to_listen(GRACE, 5).refusal(5), Refusal::Removed);
    assert_eq!(stage.resume(GRACE, token, Seq(1), 5).refusal(5), Refusal::Removed);
    stage.listener(BARBARA, 6);
}

#[test]
fn a_member_who_has_just_left_can_be_removed() {
    let mut stage = Stage::full_and_live();
    stage.command(2, Command::Leave);
    assert!(
        stage
            .command(1, Command::RemoveMember { member: FIRST_LISTENER, block_address: false, may_return: false })
            .is_silent()
    );
    assert_eq!(stage.ask_to_listen(GRACE, 5).refusal(5), Refusal::Removed);
}

#[test]
fn neither_the_host_nor_an_unknown_member_can_be_removed() {
    for member in [HOST, MemberId::from_bits(99)] {
        let mut stage = Stage::full_and_live();
        let outcome = stage.command(1, Command::RemoveMember { member, block_address: false, may_return: false });
        assert_eq!(outcome.refusal(1), Refusal::MemberNotFound);
        stage.listener(GRACE, 4);
    }
}

#[test]
fn messages_that_the_archive_has_dropped_are_not_announced_and_their_authors_are_dropped() {
    let mut stage = Stage::before_creation();
    let policy = Policy { max_members: u32::MAX, messages_kept: 1, messages_archived: 3, ..created().policy };
    stage.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    let grace = stage.listener(GRACE, 2);
    stage.command(2, write(1, "louder, please"));
    let reads_more = |stage: &Stage| stage.view(grace.member).has_earlier_messages;
    let mut has_earlier = Vec::new();
    let mut sizes = Vec::new();
    for number in 100..130 {
        stage.listener(AccountId::from_bits(number), number);
        stage.command(number, write(1, "softer, please"));
        stage.command(number, Command::Leave);
        has_earlier.push(reads_more(&stage));
        sizes.push(kept_of_chat(&stage));
    }
    assert_eq!(has_earlier[..4], [true, true, false, false], "the first one went when the fourth came");
    assert_eq!(sizes[10], sizes[29], "however many have written");
    stage.host(1);
    assert!(stage.view(HOST).has_earlier_messages);
}

/// How much the room keeps of what was said.
fn kept_of_chat(stage: &Stage) -> usize {
    let room = serde_json::to_value(&stage.room).expect("a room is written");
    let of = |field: &str| room["chat"][field].to_string().matches("000").count();
    ["archived", "waiting"].map(of).iter().sum()
}
