//! Reactions, messages and removals, over connections that come and go.

use heartogether::{
    engagement::{MessageText, Reaction},
    id::{MemberId, MessageNumber},
    protocol::{ClientMessage, FetchMessages, FromRoom, React, RemoveMember, RoomFrame, ToRoom, Write},
    refusal::Refusal,
    role::Role,
    room::{EndReason, Message, Messages, Missed, RoomEvent, RoomView, StreamState},
    time::Timestamp,
};
use heartogether_client::{Input, MessageState, Output, Timer};

use crate::scenario::*;

fn text(text: &str) -> MessageText {
    MessageText::parse(text).expect("a message of the tests")
}

fn message(number: u64, author: MemberId, nonce: u32, delivered: bool) -> Message {
    Message {
        number: MessageNumber(number),
        author,
        name: name("Grace"),
        nonce,
        text: Some(text("louder")),
        sent_at: Timestamp::from_millis(number),
        delivered,
        version: 0,
        reply_to: None,
        pinned: false,
    }
}

fn written(nonce: u32, words: &str) -> ClientMessage {
    to_room(ToRoom::Write(Write { nonce, text: text(words), reply_to: None }))
}

fn nonce_of(message: &ClientMessage) -> Option<u32> {
    match message {
        ClientMessage::Room(RoomFrame { message: ToRoom::Write(written), .. }) => Some(written.nonce),
        _ => None,
    }
}

fn states(page: &Page) -> Vec<MessageState> {
    page.client.own_messages().map(|message| message.state).collect()
}

fn known(page: &Page) -> Vec<u64> {
    page.client.messages().map(|message| message.number.0).collect()
}

fn removal(member: MemberId) -> ClientMessage {
    to_room(ToRoom::RemoveMember(RemoveMember { member, block_address: false }))
}

#[test]
fn a_reaction_goes_out_and_is_shown_as_chosen() {
    let mut page = Page::hearing(StreamState::Live);
    let commands = page.take(Input::ReactionPressed(Reaction::Fire));
    assert_eq!(sent(&commands), [to_room(ToRoom::React(React { reaction: Reaction::Fire }))]);
    assert_eq!(page.client.chosen_reaction(), Some(Reaction::Fire));
}

#[test]
fn a_reaction_without_a_connection_is_of_a_moment_that_has_passed() {
    let mut page = Page::hearing(StreamState::Live);
    page.lose();
    assert!(page.take(Input::ReactionPressed(Reaction::Fire)).is_empty());
    assert_eq!(page.client.chosen_reaction(), None);
}

#[test]
fn a_reaction_that_is_refused_is_not_shown_as_chosen() {
    let mut page = Page::hearing(StreamState::Live);
    for reaction in [Reaction::Heart, Reaction::Fire, Reaction::Party] {
        page.take(Input::ReactionPressed(reaction));
    }
    page.refuse(Refusal::TooManyReactions);
    page.refuse(Refusal::TooManyReactions);
    assert_eq!(page.client.chosen_reaction(), Some(Reaction::Heart), "the one before those that were refused");
    page.refuse(Refusal::TooManyReactions);
    assert_eq!(page.client.chosen_reaction(), None);
}

#[test]
fn reactions_that_come_in_rise_at_the_host_but_not_those_of_before_a_resume() {
    let mut page = Page::hosting(&[GRACE]);
    let reacted = RoomEvent::Reacted { member: GRACE, reaction: Reaction::Party, at: Timestamp::from_millis(1) };
    assert!(page.learn(reacted.clone()).contains(&Output::ShowReaction(Reaction::Party)));
    page.lose();
    assert!(!page.miss(vec![reacted]).contains(&Output::ShowReaction(Reaction::Party)));
}

#[test]
fn a_message_is_sending_then_sent_then_delivered() {
    let mut page = Page::hearing(StreamState::Live);
    let commands = page.take(Input::MessageWritten(text("louder")));
    assert_eq!(sent(&commands), [written(5, "louder")]);
    assert_eq!(states(&page), [MessageState::Sending]);
    page.learn(RoomEvent::MessageSent { message: message(11, GRACE, 5, false) });
    assert_eq!(states(&page), [MessageState::Sent]);
    page.learn(RoomEvent::MessagesDelivered { up_to: MessageNumber(11) });
    assert_eq!(states(&page), [MessageState::Delivered]);
}

#[test]
fn a_message_that_may_be_lost_is_sent_again_under_the_same_number() {
    let mut page = Page::hearing(StreamState::Live);
    page.take(Input::MessageWritten(text("one")));
    page.lose();
    assert!(sent(&page.take(Input::MessageWritten(text("two")))).is_empty());
    let again = said(&page.miss(vec![]));
    let numbers = again.iter().filter_map(|message| match message {
        ToRoom::Write(message) => Some((message.nonce, message.text.to_string())),
        _ => None,
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [(5, "one".to_owned()), (6, "two".to_owned())]);
}

#[test]
fn a_message_that_arrived_before_the_connection_was_lost_is_not_sent_again() {
    let mut page = Page::hearing(StreamState::Live);
    page.take(Input::MessageWritten(text("one")));
    page.lose();
    let again = page.miss(vec![RoomEvent::MessageSent { message: message(11, GRACE, 5, true) }]);
    assert!(sent(&again).is_empty());
    assert_eq!(states(&page), [MessageState::Delivered]);
}

#[test]
fn a_message_that_came_too_fast_goes_out_a_moment_later() {
    let mut page = Page::hearing(StreamState::Live);
    page.take(Input::MessageWritten(text("louder")));
    let commands = page.refuse(Refusal::TooManyMessages);
    assert!(matches!(commands[..], [.., Output::StartTimer { timer: Timer::Messages, .. }]));
    assert_eq!(page.client.engagement_notice(), Some(Refusal::TooManyMessages));
    assert_eq!(sent(&page.fire(Timer::Messages)).len(), 1);
    page.learn(RoomEvent::MessageSent { message: message(11, GRACE, 5, true) });
    assert_eq!(page.client.engagement_notice(), None);
    assert!(sent(&page.fire(Timer::Messages)).is_empty());
}

#[test]
fn what_is_written_while_another_message_waits_goes_out_after_it() {
    let mut page = Page::hearing(StreamState::Live);
    page.take(Input::MessageWritten(text("one")));
    page.refuse(Refusal::TooManyMessages);
    assert!(sent(&page.take(Input::MessageWritten(text("two")))).is_empty());
    assert_eq!(page.client.engagement_notice(), Some(Refusal::TooManyMessages));
    let message_of = |nonce, said| to_room(ToRoom::Write(Write { nonce, text: text(said), reply_to: None }));
    assert_eq!(sent(&page.fire(Timer::Messages)), [message_of(5, "one")]);
    page.learn(RoomEvent::MessageSent { message: message(11, GRACE, 5, true) });
    assert_eq!(sent(&page.fire(Timer::Messages)), [message_of(6, "two")]);
    assert_eq!(sent(&page.take(Input::MessageWritten(text("three")))), [message_of(7, "three")], "nothing waits");
}

#[test]
fn what_was_written_offline_goes_out_no_faster_than_the_room_takes_it() {
    let mut page = Page::hearing(StreamState::Live);
    page.lose();
    for number in 0..300 {
        page.take(Input::MessageWritten(text(&format!("number {number}"))));
    }
    let resumed = page.miss(vec![]);
    assert_eq!(sent(&resumed).len(), 5);
    assert!(resumed.iter().any(|command| matches!(command, Output::StartTimer { timer: Timer::Messages, .. })));
    let again = page.fire(Timer::Messages);
    assert_eq!(sent(&again).len(), 1);
    assert!(again.iter().any(|command| matches!(command, Output::StartTimer { timer: Timer::Messages, .. })));
}

#[test]
fn too_many_reactions_are_said_kindly_until_the_next() {
    let mut page = Page::hearing(StreamState::Live);
    page.refuse(Refusal::TooManyReactions);
    assert_eq!(page.client.engagement_notice(), Some(Refusal::TooManyReactions));
    page.take(Input::ReactionPressed(Reaction::Heart));
    assert_eq!(page.client.engagement_notice(), None);
}

#[test]
fn a_new_page_of_the_host_knows_the_messages_and_fetches_older_ones() {
    let mut page = Page::new(heartogether::role::Role::Host, false, 100);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.welcome();
    let mut room = view(StreamState::Idle, &[GRACE]);
    room.messages = vec![message(8, GRACE, 2, true), message(9, GRACE, 3, true)];
    room.has_earlier_messages = true;
    page.hear(joined(HOST, 10, room));
    assert_eq!(page.client.messages().count(), 2);
    assert!(page.client.has_earlier_messages());

    let fetch = sent(&page.take(Input::EarlierMessagesPressed));
    assert_eq!(fetch, [to_room(ToRoom::FetchMessages(FetchMessages { before: MessageNumber(8) }))]);
    let messages = vec![message(4, GRACE, 1, true)];
    page.hear(from_room(FromRoom::Messages(Messages { messages, has_earlier: false })));
    assert_eq!(known(&page), [4, 8, 9]);
    assert!(!page.client.has_earlier_messages());
}

#[test]
fn a_host_who_missed_much_can_fetch_what_came_between() {
    let mut page = Page::hosting(&[GRACE]);
    page.learn(RoomEvent::MessageSent { message: message(11, GRACE, 1, true) });
    let (mut room, mut joining) = (view(StreamState::Idle, &[GRACE]), view(StreamState::Idle, &[GRACE]));
    room.messages = vec![message(90, GRACE, 8, true), message(91, GRACE, 9, true)];
    room.has_earlier_messages = true;
    page.lose();
    page.resume(Missed::Room(room));
    assert_eq!(known(&page), [90, 91]);
    assert!(page.client.has_earlier_messages());
    let fetch = sent(&page.take(Input::EarlierMessagesPressed));
    assert_eq!(fetch, [to_room(ToRoom::FetchMessages(FetchMessages { before: MessageNumber(90) }))]);
    page.hear(from_room(FromRoom::Messages(Messages {
        messages: vec![message(11, GRACE, 1, true)],
        has_earlier: false,
    })));

    joining.messages = vec![message(91, GRACE, 9, true), message(92, GRACE, 10, true)];
    joining.has_earlier_messages = true;
    page.lose();
    page.resume(Missed::Room(joining));
    assert_eq!(known(&page), [11, 90, 91, 92], "nothing is missing");
    assert!(!page.client.has_earlier_messages());
}

#[test]
fn a_host_who_missed_more_messages_than_the_room_shows_at_once_has_them_all() {
    let mut page = Page::hosting(&[GRACE]);
    page.learn(RoomEvent::MessageSent { message: message(11, GRACE, 1, true) });
    page.lose();
    let missed = (12..76).map(|seq| RoomEvent::MessageSent { message: message(seq, GRACE, seq as u32, true) });
    page.miss(missed.collect());
    assert_eq!(known(&page), (11..76).collect::<Vec<_>>());
    assert!(!page.client.has_earlier_messages());
}

#[test]
fn a_listener_sees_their_own_messages_again_though_the_room_keeps_only_what_others_wrote() {
    let mut page = Page::new(Role::Listener, false, 1);
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    let room = RoomView { has_earlier_messages: true, ..view_of(GRACE, StreamState::Idle) };
    let before = MessageNumber(u64::MAX);
    let fetch = to_room(ToRoom::FetchMessages(FetchMessages { before }));
    assert!(sent(&page.hear(joined(GRACE, 100, room.clone()))).contains(&fetch));
    page.hear(from_room(FromRoom::Messages(Messages {
        messages: vec![message(3, GRACE, 9, true)],
        has_earlier: false,
    })));
    assert_eq!(states(&page), [MessageState::Delivered]);
    page.lose();
    assert!(sent(&page.resume(Missed::Room(room))).contains(&fetch));
}

#[test]
fn a_message_that_the_archive_has_already_is_not_sent_for_ever() {
    let mut page = Page::hearing(StreamState::Live);
    let written = sent(&page.take(Input::MessageWritten(text("louder"))));
    let nonce = written.iter().find_map(nonce_of).expect("a message");
    page.lose();
    let room = RoomView { has_earlier_messages: true, ..view_of(GRACE, StreamState::Live) };
    page.resume(Missed::Room(room));
    assert_eq!(states(&page), [MessageState::Sending]);
    let asked = sent(&page.hear(from_room(FromRoom::MessageKept { nonce })));
    assert!(matches!(&asked[..], [ClientMessage::Room(frame)] if matches!(frame.message, ToRoom::FetchMessages(_))));
    assert_eq!(states(&page), []);
    page.hear(from_room(FromRoom::Messages(Messages {
        messages: vec![message(3, GRACE, nonce, true)],
        has_earlier: false,
    })));
    assert_eq!(states(&page), [MessageState::Delivered]);
    page.lose();
    assert_eq!(sent(&page.reconnect()).iter().find_map(nonce_of), None);
}

#[test]
fn what_became_of_older_messages_while_the_connection_was_away_is_known() {
    let mut page = Page::hearing(StreamState::Live);
    page.learn(RoomEvent::MessageSent { message: message(60, GRACE, 9, false) });
    let messages = vec![message(4, GRACE, 1, false), message(5, GRACE, 2, false)];
    page.hear(from_room(FromRoom::Messages(Messages { messages, has_earlier: false })));
    assert_eq!(states(&page), [MessageState::Sent; 3]);
    page.lose();
    let (up_to, deleted) = (MessageNumber(60), MessageNumber(5));
    page.miss(vec![RoomEvent::MessagesDelivered { up_to }, RoomEvent::MessageDeleted { number: deleted }]);
    assert_eq!(states(&page), [MessageState::Delivered; 2]);
}

#[test]
fn a_message_that_is_told_of_again_stays_as_it_was_edited() {
    let mut page = Page::hearing(StreamState::Live);
    let told = RoomEvent::MessageSent { message: message(11, GRACE, 9, false) };
    let (number, author) = (MessageNumber(11), GRACE);
    page.learn(told.clone());
    page.learn(RoomEvent::MessageEdited { number, author, version: 1, text: text("quieter") });
    page.lose();
    page.miss(vec![told]);
    let texts: Vec<_> = page.client.own_messages().map(|message| message.text).collect();
    assert_eq!(texts, [text("quieter")]);
}

#[test]
fn a_removal_can_be_taken_back_for_five_seconds() {
    let mut page = Page::live(&[GRACE]);
    let commands = page.take(Input::RemovePressed(GRACE));
    assert_eq!(commands, [Output::StartTimer { timer: Timer::Removal(GRACE), after_ms: 5_000 }]);
    assert!(page.client.is_removing(GRACE));
    assert_eq!(page.take(Input::UndoPressed(GRACE)), [Output::StopTimer(Timer::Removal(GRACE))]);
    assert!(!page.client.is_removing(GRACE));
    assert!(sent(&page.fire(Timer::Removal(GRACE))).is_empty());
}

#[test]
fn the_end_of_the_room_ends_a_removal() {
    let mut page = Page::live(&[GRACE]);
    page.take(Input::RemovePressed(GRACE));
    let commands = page.learn(RoomEvent::RoomEnded { reason: EndReason::Stopped });
    assert!(commands.contains(&Output::StopTimer(Timer::Removal(GRACE))));
    assert!(!page.client.is_removing(GRACE));
    assert!(sent(&page.take(Input::Left)).is_empty(), "nobody is removed from the next one");
}

#[test]
fn a_removal_is_carried_out_and_the_sound_to_them_ends() {
    let mut page = Page::live(&[GRACE]);
    page.take(Input::RemovePressed(GRACE));
    assert_eq!(sent(&page.fire(Timer::Removal(GRACE))), [removal(GRACE)]);
    assert_eq!(closed(&page.learn_all(leaves(GRACE))), [100]);
    page.lose();
    assert!(!sent(&page.miss(vec![])).contains(&removal(GRACE)), "it has happened");
}

#[test]
fn a_removal_that_is_due_while_the_connection_is_away_is_asked_for_when_it_is_back() {
    let mut page = Page::live(&[GRACE]);
    page.take(Input::RemovePressed(GRACE));
    page.lose();
    assert!(sent(&page.fire(Timer::Removal(GRACE))).is_empty());
    assert!(sent(&page.miss(vec![])).contains(&removal(GRACE)));
}

#[test]
fn who_leaves_while_being_removed_is_kept_out_all_the_same() {
    let mut page = Page::live(&[GRACE]);
    page.take(Input::RemovePressed(GRACE));
    page.learn_all(leaves(GRACE));
    assert_eq!(sent(&page.fire(Timer::Removal(GRACE))), [removal(GRACE)]);
}

#[test]
fn everybody_at_the_address_goes_too_where_the_host_chooses_so_in_time() {
    let block = Input::AddressBlockPressed(GRACE);
    for (presses, block_address) in [(1, true), (2, false)] {
        let mut page = Page::live(&[GRACE]);
        assert_eq!(page.take(block.clone()), [], "nobody is being removed");
        page.take(Input::RemovePressed(GRACE));
        for _ in 0..presses {
            let commands = page.take(block.clone());
            assert_eq!(commands, [Output::StartTimer { timer: Timer::Removal(GRACE), after_ms: 5_000 }]);
        }
        assert_eq!(page.client.is_blocking_address(GRACE), block_address);
        let removal = to_room(ToRoom::RemoveMember(RemoveMember { member: GRACE, block_address }));
        assert_eq!(sent(&page.fire(Timer::Removal(GRACE))), [removal]);
        assert_eq!(page.take(block.clone()), [], "it is too late");
    }
}

#[test]
fn a_page_that_goes_away_takes_nothing_back() {
    for last in [Input::Hidden, Input::Left] {
        let mut page = Page::live(&[GRACE]);
        page.take(Input::RemovePressed(GRACE));
        assert!(sent(&page.take(last)).contains(&removal(GRACE)));
    }
}

#[test]
fn a_removed_listener_is_told_so_and_does_not_come_back_by_itself() {
    let mut page = Page::hearing(StreamState::Live);
    let commands = page.refuse(Refusal::Removed);
    assert_eq!(closed(&commands), [100]);
    assert_eq!(page.client.listener_state().name(), "refused");
    page.lose();
    assert!(page.fire(Timer::Reconnect).is_empty());
}

#[test]
fn a_host_whose_room_is_open_again_begins_anew() {
    let mut page = Page::live(&[GRACE]);
    page.learn(RoomEvent::RoomEnded { reason: heartogether::room::EndReason::Stopped });
    assert_eq!(page.client.host_state().name(), "ended");
    page.take(Input::RetryPressed);
    assert!(matches!(introduced(&page.take(Input::SocketOpened))[..], [ToRoom::Join(_)]));
    page.hear(joined(HOST, 20, view(StreamState::Idle, &[])));
    assert_eq!(page.client.host_state().name(), "idle");
}
