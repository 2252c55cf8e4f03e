//! Older messages, and messages that were missed.

use heartogether::{
    id::MessageNumber,
    protocol::{FetchMessages, FromRoom, ToRoom},
    refusal::Refusal,
    room::{Messages, Missed, RoomView},
};
use heartogether_client::{Input, Output, Timer};

use super::*;

/// Messages of others under these numbers.
fn history(numbers: std::ops::Range<u64>) -> Vec<Message> {
    numbers.map(|number| message(number, EDSGER, "news")).collect()
}

fn fetch(before: u64) -> ToRoom {
    ToRoom::FetchMessages(FetchMessages { before: MessageNumber(before) })
}

fn latest(messages: Vec<Message>) -> RoomView {
    RoomView { has_earlier_messages: true, ..lounge(messages) }
}

fn page_with(messages: Vec<Message>) -> Page {
    let mut page = page_of(GRACE, Vec::new());
    page.lose();
    page.resume(Missed::Room(latest(messages)));
    page
}

/// A page of older messages comes.
fn comes_older(page: &mut Page, messages: Vec<Message>, has_earlier: bool) -> Vec<Output> {
    page.hear(from_room(FromRoom::Messages(Messages { messages, has_earlier })))
}

#[test]
fn older_messages_come_one_page_at_a_time() {
    let mut page = page_with(history(100..150));
    assert_eq!(said(&page.take(Input::EarlierMessagesPressed)), [fetch(100)]);
    assert_eq!(said(&page.take(Input::EarlierMessagesPressed)), [], "it is on its way");
    comes_older(&mut page, history(50..100), true);
    assert_eq!(numbers(&page), (50..150).collect::<Vec<_>>());
    assert_eq!(said(&page.take(Input::EarlierMessagesPressed)), [fetch(50)]);
    comes_older(&mut page, history(1..50), false);
    assert!(!page.client.has_earlier_messages());
    assert_eq!(said(&page.take(Input::EarlierMessagesPressed)), [], "there are no more");
    assert_eq!(numbers(&page), (1..150).collect::<Vec<_>>());
}

#[test]
fn a_page_of_messages_that_was_asked_for_comes_over_the_next_connection() {
    let mut page = page_with(history(100..150));
    page.take(Input::EarlierMessagesPressed);
    page.lose();
    assert!(timer(&page.miss(Vec::new()), Timer::EarlierMessages).is_some());
    assert_eq!(said(&page.fire(Timer::EarlierMessages)), [fetch(100)]);
    comes_older(&mut page, history(50..100), true);
    page.lose();
    page.take(Input::EarlierMessagesPressed);
    page.miss(Vec::new());
    assert_eq!(said(&page.fire(Timer::EarlierMessages)), [fetch(50)], "it was asked for while away");
}

#[test]
fn who_goes_back_too_fast_waits_a_moment() {
    let mut page = page_with(history(100..150));
    page.take(Input::EarlierMessagesPressed);
    assert!(timer(&page.refuse(Refusal::TooManyFrames), Timer::EarlierMessages).is_some());
    assert_eq!(said(&page.fire(Timer::EarlierMessages)), [fetch(100)]);
    comes_older(&mut page, history(50..100), true);
    assert_eq!(said(&page.fire(Timer::EarlierMessages)), []);
}

#[test]
fn after_a_long_sleep_the_missed_messages_can_be_fetched() {
    let mut page = page_of(GRACE, history(1..30));
    page.lose();
    page.resume(Missed::Room(latest(history(200..250))));
    assert_eq!(numbers(&page), (200..250).collect::<Vec<_>>(), "no gap is shown");
    assert!(page.client.has_earlier_messages());
    for before in [200, 150, 100, 50] {
        assert_eq!(said(&page.take(Input::EarlierMessagesPressed)), [fetch(before)]);
        let first = (before - 50).max(1);
        comes_older(&mut page, history(first..before), first > 1);
    }
    assert_eq!(numbers(&page), (1..250).collect::<Vec<_>>(), "nothing is doubled, and nothing is missing");
}

#[test]
fn after_a_long_sleep_no_message_is_shown_that_was_changed_meanwhile() {
    let mut page = page_of(GRACE, history(1..30));
    page.lose();
    page.resume(Missed::Room(latest(history(20..70))));
    assert_eq!(numbers(&page), (20..70).collect::<Vec<_>>(), "somebody may have deleted an older one");
    assert_eq!(said(&page.take(Input::EarlierMessagesPressed)), [fetch(20)]);
    comes_older(&mut page, vec![Message { text: None, ..message(1, EDSGER, "news") }], false);
    assert_eq!(texts(&page)[0], "");
}

#[test]
fn after_a_short_sleep_the_known_messages_stay() {
    let mut page = page_of(GRACE, history(1..30));
    page.lose();
    page.miss(vec![says(30, EDSGER, "news"), RoomEvent::MessageDeleted { number: MessageNumber(1) }]);
    assert_eq!(numbers(&page), (1..31).collect::<Vec<_>>());
    assert_eq!(texts(&page)[0], "");
}

#[test]
fn a_page_that_would_leave_a_gap_is_asked_for_anew() {
    let mut page = page_with(history(100..150));
    page.take(Input::EarlierMessagesPressed);
    assert_eq!(said(&page.hear(joined(GRACE, 90, latest(history(300..350))))), [], "the page is on its way");
    assert_eq!(said(&comes_older(&mut page, history(50..100), true)), [fetch(300)]);
    assert_eq!(numbers(&page), (300..350).collect::<Vec<_>>());
    comes_older(&mut page, history(250..300), true);
    assert_eq!(numbers(&page), (250..350).collect::<Vec<_>>());
}

#[test]
fn messages_that_nobody_looked_for_are_dropped_once_they_are_many() {
    let mut page = page_of(GRACE, history(1..30));
    for number in 30..2_000 {
        page.learn(says(number, EDSGER, "news"));
    }
    assert!((500..550).contains(&numbers(&page).len()), "{} messages", numbers(&page).len());
    assert_eq!(numbers(&page).last(), Some(&1_999));
    assert!(page.client.has_earlier_messages());
    let oldest = numbers(&page)[0];
    assert_eq!(said(&page.take(Input::EarlierMessagesPressed)), [fetch(oldest)]);
}

#[test]
fn messages_to_which_the_visitor_has_gone_back_stay() {
    let mut page = page_with(history(1_950..2_000));
    for before in (1_000..=1_950).rev().step_by(50) {
        page.take(Input::EarlierMessagesPressed);
        comes_older(&mut page, history(before - 50..before), true);
    }
    let known = numbers(&page).len();
    assert!(known > 900);
    for number in 2_000..2_100 {
        page.learn(says(number, EDSGER, "news"));
    }
    assert!((known..known + 50).contains(&numbers(&page).len()), "{known}");
}

#[test]
fn a_page_that_nobody_asked_for_is_ignored() {
    let mut page = page_with(history(100..150));
    comes_older(&mut page, history(1..20), false);
    assert_eq!(numbers(&page), (100..150).collect::<Vec<_>>());
    assert!(page.client.has_earlier_messages());
}
