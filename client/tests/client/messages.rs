//! Messages, over connections that come and go.

use heartogether::{
    engagement::MessageText,
    id::{MemberId, MessageNumber},
    protocol::{ClientMessage, FetchMessages, FromRoom, RoomFrame, ToRoom, Write},
    refusal::Refusal,
    role::Role,
    room::{Message, Messages, Missed, RoomEvent, RoomView, StreamState},
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
        pictures: Vec::new(),
        emoji: Vec::new(),
        markup: None,
    }
}

fn written(nonce: u32, words: &str) -> ClientMessage {
    to_room(ToRoom::Write(Write { nonce, text: text(words), pictures: Vec::new(), reply_to: None }))
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

#[test]
fn a_message_is_sending_then_sent_then_delivered() {
    let mut page = Page::hearing(StreamState::Live);
    let commands = page.take(wrote(text("louder")));
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
    page.take(wrote(text("one")));
    page.lose();
    assert!(sent(&page.take(wrote(text("two")))).is_empty());
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
    page.take(wrote(text("one")));
    page.lose();
    let again = page.miss(vec![RoomEvent::MessageSent { message: message(11, GRACE, 5, true) }]);
    assert!(sent(&again).is_empty());
    assert_eq!(states(&page), [MessageState::Delivered]);
}

#[test]
fn a_message_that_came_too_fast_goes_out_a_moment_later() {
    let mut page = Page::hearing(StreamState::Live);
    page.take(wrote(text("louder")));
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
    page.take(wrote(text("one")));
    page.refuse(Refusal::TooManyMessages);
    assert!(sent(&page.take(wrote(text("two")))).is_empty());
    assert_eq!(page.client.engagement_notice(), Some(Refusal::TooManyMessages));
    let message_of =
        |nonce, said| to_room(ToRoom::Write(Write { nonce, text: text(said), pictures: Vec::new(), reply_to: None }));
    assert_eq!(sent(&page.fire(Timer::Messages)), [message_of(5, "one")]);
    page.learn(RoomEvent::MessageSent { message: message(11, GRACE, 5, true) });
    assert_eq!(sent(&page.fire(Timer::Messages)), [message_of(6, "two")]);
    assert_eq!(sent(&page.take(wrote(text("three")))), [message_of(7, "three")], "nothing waits");
}

#[test]
fn what_was_written_offline_goes_out_no_faster_than_the_room_takes_it() {
    let mut page = Page::hearing(StreamState::Live);
    page.lose();
    for number in 0..300 {
        page.take(wrote(text(&format!("number {number}"))));
    }
    let resumed = page.miss(vec![]);
    assert_eq!(sent(&resumed).len(), 5);
    assert!(resumed.iter().any(|command| matches!(command, Output::StartTimer { timer: Timer::Messages, .. })));
    let again = page.fire(Timer::Messages);
    assert_eq!(sent(&again).len(), 1);
    assert!(again.iter().any(|command| matches!(command, Output::StartTimer { timer: Timer::Messages, .. })));
}

#[test]
fn a_new_page_of_the_host_knows_the_messages_and_fetches_older_ones() {
    let mut page = Page::new(Role::Host, false, 100);
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
    page.hear(from_room(FromRoom::Messages(Messages { messages, ..Messages::default() })));
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
        ..Messages::default()
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
        ..Messages::default()
    })));
    assert_eq!(states(&page), [MessageState::Delivered]);
    page.lose();
    assert!(sent(&page.resume(Missed::Room(room))).contains(&fetch));
}

#[test]
fn a_message_that_the_archive_has_already_is_not_sent_for_ever() {
    let mut page = Page::hearing(StreamState::Live);
    let written = sent(&page.take(wrote(text("louder"))));
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
        ..Messages::default()
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
    page.hear(from_room(FromRoom::Messages(Messages { messages, ..Messages::default() })));
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
    page.learn(RoomEvent::MessageEdited { number, author, version: 1, text: text("quieter"), markup: None });
    page.lose();
    page.miss(vec![told]);
    let texts: Vec<_> = page.client.own_messages().map(|message| message.text).collect();
    assert_eq!(texts, [text("quieter")]);
}
