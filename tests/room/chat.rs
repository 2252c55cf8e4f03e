//! Reactions and messages to the host.

use heartogether::{
    engagement::Reaction,
    id::{MemberId, Seq},
    limits::{MESSAGES_AT_ONCE, MESSAGES_KEPT},
    protocol::{Message, Missed, RoomEvent},
    refusal::Refusal,
    role::Role,
    room::{Audience, Command},
};

use crate::scenario::*;

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.text.as_str()).collect()
}

fn message_of(events: &[&RoomEvent]) -> Message {
    match events {
        [RoomEvent::MessageSent { message }] => message.clone(),
        other => panic!("one message was expected: {other:?}"),
    }
}

#[test]
fn a_reaction_reaches_the_host_and_nobody_else() {
    let mut stage = Stage::full_and_live();
    let outcome = stage.wait(5).command(2, FIRE);
    let member = FIRST_LISTENER;
    assert_eq!(outcome.host_learns(), [&RoomEvent::Reacted { member, reaction: Reaction::Fire, at: stage.now }]);
    assert!(outcome.everyone_learns().is_empty());
    let listener = stage.view(HOST).listeners[0].clone();
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
    let listener = stage.view(HOST).listeners[0].clone();
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
fn a_listener_sees_their_own_messages_also_from_a_new_page_and_after_they_had_left() {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(1, "of Grace"));
    stage.command(3, write(1, "of Edsger"));
    assert_eq!(texts(&stage.listener(GRACE, 4).room.messages), ["of Grace"]);
    stage.command(4, Command::Leave);
    assert_eq!(texts(&stage.listener(GRACE, 5).room.messages), ["of Grace"]);
}

#[test]
fn what_was_written_while_the_host_was_away_is_delivered_when_the_host_is_back() {
    let mut stage = Stage::full_and_live();
    let token = stage.ask(OWNER, Role::Host, 4, true).joined(4).token;
    let last_seq = stage.room.seq();
    stage.lose(4);
    let sent = message_of(&stage.command(2, write(1, "are you there?")).events(Audience::Member(FIRST_LISTENER)));
    assert!(!sent.delivered);
    let outcome = stage.resume(OWNER, token, last_seq, 5);
    let delivered = RoomEvent::MessagesDelivered { up_to: sent.seq };
    assert_eq!(outcome.events(Audience::Member(FIRST_LISTENER)), [&delivered]);
    assert_eq!(outcome.host_learns(), [&delivered]);
    let Missed::Events(missed) = outcome.resumed(5).missed else { panic!("little was missed") };
    assert!(missed.contains(&RoomEvent::MessageSent { message: sent }));
    assert!(stage.view(FIRST_LISTENER).messages[0].delivered);
}

#[test]
fn a_new_page_of_the_host_has_the_latest_messages_and_older_ones_on_demand() {
    let mut stage = Stage::full_and_live();
    let count = MESSAGES_AT_ONCE + 10;
    for nonce in 0..count {
        stage.command(2, write(nonce as u32, &format!("number {nonce}")));
    }
    let joined = stage.ask(OWNER, Role::Host, 4, true).joined(4);
    assert_eq!(texts(&joined.room.messages).first(), Some(&"number 10"));
    assert_eq!(texts(&joined.room.messages).len(), MESSAGES_AT_ONCE);
    assert!(joined.room.has_earlier_messages);

    let oldest = joined.room.messages[0].seq;
    let older = stage.room.messages_before(connection(4).id, oldest).expect("the host may read");
    assert_eq!(texts(&older.messages).first(), Some(&"number 0"));
    assert_eq!((older.messages.len(), older.has_earlier), (10, false));
}

#[test]
fn nobody_but_the_host_fetches_messages() {
    let stage = Stage::full_and_live();
    assert_eq!(stage.room.messages_before(connection(2).id, Seq(1_000)), Err(Refusal::NotAllowed));
    assert_eq!(stage.room.messages_before(connection(9).id, Seq(1_000)), Err(Refusal::NotAMember));
}

#[test]
fn the_oldest_messages_go_first() {
    let mut stage = Stage::full_and_live();
    for nonce in 0..=MESSAGES_KEPT {
        stage.command(2, write(nonce as u32, &format!("number {nonce}")));
    }
    let (mut oldest, mut kept) = (Seq(u64::MAX), Vec::new());
    loop {
        let page = stage.room.messages_before(connection(1).id, oldest).expect("the host may read");
        kept.splice(0..0, page.messages.clone());
        oldest = page.messages[0].seq;
        if !page.has_earlier {
            break;
        }
    }
    assert_eq!(kept.len(), MESSAGES_KEPT);
    assert_eq!(kept[0].text.as_str(), "number 1");
}

#[test]
fn a_removed_listener_is_gone_and_stays_out_on_every_way_in() {
    let mut stage = Stage::full_and_live();
    let token = stage.listener(GRACE, 4).token;
    let outcome = stage.command(1, Command::RemoveListener { member: FIRST_LISTENER, block_address: false });
    assert_eq!(outcome.host_learns(), [&RoomEvent::ListenerLeft { member: FIRST_LISTENER }]);
    assert_eq!(outcome.closed(), [(connection(4).id, Refusal::Removed)]);
    assert_eq!(stage.ask_to_listen(GRACE, 5).refusal(5), Refusal::Removed);
    assert_eq!(stage.resume(GRACE, token, Seq(1), 5).refusal(5), Refusal::Removed);
    stage.listener(BARBARA, 6);
}

#[test]
fn who_has_just_left_can_still_be_removed() {
    let mut stage = Stage::full_and_live();
    stage.command(2, Command::Leave);
    assert!(stage.command(1, Command::RemoveListener { member: FIRST_LISTENER, block_address: false }).is_silent());
    assert_eq!(stage.ask_to_listen(GRACE, 5).refusal(5), Refusal::Removed);
}

#[test]
fn the_host_cannot_be_removed_and_neither_can_nobody() {
    for member in [HOST, MemberId::from_bits(99)] {
        let mut stage = Stage::full_and_live();
        let outcome = stage.command(1, Command::RemoveListener { member, block_address: false });
        assert_eq!(outcome.refusal(1), Refusal::MemberNotFound);
        stage.listener(GRACE, 4);
    }
}
