//! Messages from the first moment until the room has them.

use heartogether::{
    id::{MessageNumber, PictureId},
    protocol::{FromRoom, ToRoom, Write},
    refusal::Refusal,
    room::{Missed, Picture, PictureFormat},
};
use heartogether_client::{
    EntryState::{Kept, Refused, Sending},
    Input, Timer,
};

use super::*;

#[test]
fn a_message_is_shown_at_once_and_keeps_its_number_of_the_page() {
    let mut page = page_of(GRACE, vec![message(1, EDSGER, "hello")]);
    assert_eq!(said(&page.take(wrote(text("one\ntwo")))), [write(FIRST, "one\ntwo")]);
    let nonces = |page: &Page| page.client.conversation().iter().map(|entry| entry.nonce).collect::<Vec<_>>();
    assert_eq!(shown(&page), [("hello".to_owned(), Kept), ("one\ntwo".to_owned(), Sending)]);
    assert_eq!(nonces(&page), [None, Some(FIRST)]);
    page.learn(takes(2, FIRST, "one\ntwo"));
    assert_eq!(shown(&page), [("hello".to_owned(), Kept), ("one\ntwo".to_owned(), Kept)]);
    assert_eq!(nonces(&page), [None, Some(FIRST)]);
    let own: Vec<_> = page.client.conversation().iter().map(|entry| entry.is_own).collect();
    assert_eq!(own, [false, true]);
}

#[test]
fn an_answer_says_what_it_answers() {
    let mut page = page_of(GRACE, vec![message(1, EDSGER, "hello")]);
    let reply_to = Some(MessageNumber(1));
    let commands = page.take(Input::MessageWritten { text: text("hi"), pictures: Vec::new(), reply_to });
    assert_eq!(
        said(&commands),
        [ToRoom::Write(Write { nonce: FIRST, text: text("hi"), pictures: Vec::new(), reply_to })]
    );
    assert_eq!(page.client.conversation()[1].message.reply_to, reply_to);
    let named = page.client.conversation()[1].message.name.clone();
    assert_eq!((page.client.conversation()[1].message.author, named), (GRACE, name("Somebody")));
}

#[test]
fn a_message_shows_its_pictures_at_once_and_a_refused_picture_means_the_oldest_with_pictures() {
    let mut page = page_of(GRACE, Vec::new());
    let picture = Picture { id: PictureId::from_bits(1), format: PictureFormat::Webp, width: 3, height: 2 };
    page.take(wrote(text("one")));
    let shows = Input::MessageWritten { text: MessageText::none(), pictures: vec![picture], reply_to: None };
    let sent = Write { nonce: FIRST + 1, text: MessageText::none(), pictures: vec![picture], reply_to: None };
    assert_eq!(said(&page.take(shows)), [ToRoom::Write(sent)]);
    assert_eq!(page.client.conversation()[1].message.pictures, [picture]);
    page.refuse(Refusal::PictureNotFound);
    let states: Vec<_> = shown(&page).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, [Sending, Refused(Refusal::PictureNotFound)]);
}

#[test]
fn what_was_written_while_away_is_sent_in_order_and_nothing_twice() {
    let mut page = page_of(GRACE, Vec::new());
    page.take(wrote(text("one")));
    page.lose();
    page.take(wrote(text("two")));
    page.take(wrote(text("three")));
    let again = page.miss(vec![takes(1, FIRST, "one")]);
    assert_eq!(said(&again), [write(FIRST + 1, "two"), write(FIRST + 2, "three")]);
    page.hear(from_room(FromRoom::MessageKept { nonce: FIRST + 1 }));
    page.learn(takes(2, FIRST + 2, "three"));
    assert_eq!(shown(&page), [("one".to_owned(), Kept), ("three".to_owned(), Kept)]);
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
}

#[test]
fn a_refused_message_waits_for_the_member_and_holds_up_no_other() {
    let mut page = page_of(GRACE, Vec::new());
    page.take(wrote(text("long")));
    page.take(wrote(text("short")));
    page.refuse(Refusal::MessageTooLong);
    let long = |state| ("long".to_owned(), state);
    assert_eq!(shown(&page), [long(Refused(Refusal::MessageTooLong)), ("short".to_owned(), Sending)]);
    page.lose();
    assert_eq!(said(&page.miss(vec![takes(1, FIRST + 1, "short")])), [], "it is not sent again by itself");
    assert_eq!(shown(&page), [("short".to_owned(), Kept), long(Refused(Refusal::MessageTooLong))]);
    assert_eq!(said(&page.take(Input::MessageRetried(FIRST))), [write(FIRST, "long")]);
    assert_eq!(shown(&page), [("short".to_owned(), Kept), long(Sending)]);
    page.refuse(Refusal::MessageTooLong);
    page.take(Input::MessageDiscarded(FIRST));
    assert_eq!(texts(&page), ["short"]);
    assert_eq!(said(&page.take(Input::MessageRetried(FIRST))), [], "it is gone");
}

#[test]
fn a_message_that_the_room_has_after_all_was_not_the_refused_one() {
    let mut page = page_of(GRACE, Vec::new());
    page.take(wrote(text("one")));
    page.refuse(Refusal::NotAllowed);
    page.learn(takes(1, FIRST, "one"));
    assert_eq!(shown(&page), [("one".to_owned(), Kept)]);
}

#[test]
fn a_missing_answered_message_means_the_oldest_answer() {
    let mut page = page_of(GRACE, vec![message(1, EDSGER, "hello")]);
    page.take(wrote(text("one")));
    page.take(Input::MessageWritten { text: text("two"), pictures: Vec::new(), reply_to: Some(MessageNumber(1)) });
    page.refuse(Refusal::MessageNotFound);
    let states: Vec<_> = shown(&page).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, [Kept, Sending, Refused(Refusal::MessageNotFound)]);
}

#[test]
fn a_frame_that_the_server_cannot_read_is_not_sent_for_ever() {
    let mut page = page_of(GRACE, Vec::new());
    page.take(wrote(text("one")));
    page.refuse(Refusal::FrameMalformed);
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
    assert_eq!(shown(&page), [("one".to_owned(), Refused(Refusal::FrameMalformed))]);
}

#[test]
fn messages_that_come_too_fast_go_out_one_after_the_other() {
    let mut page = page_of(GRACE, Vec::new());
    page.take(wrote(text("one")));
    assert!(timer(&page.refuse(Refusal::TooManyMessages), Timer::Messages).is_some());
    assert_eq!(said(&page.take(wrote(text("two")))), [], "it waits its turn");
    assert_eq!(page.client.engagement_notice(), Some(Refusal::TooManyMessages));
    assert_eq!(said(&page.fire(Timer::Messages)), [write(FIRST, "one")]);
    page.learn(takes(1, FIRST, "one"));
    assert_eq!(said(&page.fire(Timer::Messages)), [write(FIRST + 1, "two")]);
}

#[test]
fn messages_of_other_pages_of_the_member_are_their_own() {
    let page = page_of(GRACE, vec![message(1, GRACE, "from elsewhere")]);
    let entry = page.client.conversation().remove(0);
    assert_eq!((entry.is_own, entry.nonce), (true, Some(1_000_001)));
}

#[test]
fn after_a_long_sleep_nothing_is_doubled() {
    let mut page = page_of(GRACE, vec![message(1, EDSGER, "hello")]);
    page.take(wrote(text("one")));
    page.lose();
    let room = lounge((2..52).map(|number| message(number, EDSGER, "news")).collect());
    let again = page.resume(Missed::Room(room));
    assert_eq!(said(&again), [write(FIRST, "one")], "it may be older than the news");
    page.hear(from_room(FromRoom::MessageKept { nonce: FIRST }));
    assert!(shown(&page).iter().all(|(_, state)| *state == Kept));
}
