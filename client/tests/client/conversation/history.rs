//! Older messages, and messages that were missed.

use heartogether::{
    engagement::Emoji,
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
    let before = messages.last().map_or(MessageNumber(1), |message| message.number.next());
    comes(page, before.0, messages, has_earlier)
}

/// The messages before a number come.
fn comes(page: &mut Page, before: u64, messages: Vec<Message>, has_earlier: bool) -> Vec<Output> {
    page.hear(from_room(FromRoom::Messages(Messages { before: MessageNumber(before), messages, has_earlier })))
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
    comes(&mut page, 20, vec![Message { text: None, ..message(1, EDSGER, "news") }], false);
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

/// The numbers of the past that is shown.
fn past(page: &Page) -> Vec<u64> {
    let past = page.client.past();
    assert!(page.client.is_past(&past) && (past.is_empty() || !page.client.is_past(&past[1..])), "it is what it is");
    past.iter().map(|entry| entry.message.number.0).collect()
}

/// A page that looks at message 500 of 2,000.
fn looking_back() -> Page {
    let mut page = page_with(history(1_950..2_000));
    assert_eq!(said(&page.take(Input::MessageSought(MessageNumber(500)))), [fetch(526)]);
    comes(&mut page, 526, history(476..526), true);
    assert_eq!(past(&page), (476..526).collect::<Vec<_>>());
    page
}

#[test]
fn a_message_far_back_comes_with_what_stands_around_it_and_the_newest_messages_stay() {
    let mut page = looking_back();
    assert_eq!(numbers(&page), (1_950..2_000).collect::<Vec<_>>());
    assert!(page.client.has_earlier_messages());
    page.learn(says(2_000, EDSGER, "news"));
    assert_eq!(numbers(&page).last(), Some(&2_000));
    assert_eq!(past(&page).last(), Some(&525));
    assert_eq!(said(&page.take(Input::LatestMessagesPressed)), [], "they are here");
    assert!(past(&page).is_empty());
}

#[test]
fn older_and_later_messages_come_from_there() {
    let mut page = looking_back();
    assert_eq!(said(&page.take(Input::EarlierMessagesPressed)), [fetch(476)]);
    assert_eq!(said(&page.take(Input::LaterMessagesPressed)), [], "one page at a time");
    comes(&mut page, 476, history(426..476), true);
    assert_eq!(said(&page.take(Input::LaterMessagesPressed)), [fetch(576)]);
    comes(&mut page, 526, history(476..526), true);
    assert_eq!(past(&page).last(), Some(&525), "that was the answer to an earlier question");
    comes(&mut page, 576, history(526..576), true);
    assert_eq!(said(&page.take(Input::LaterMessagesPressed)), [fetch(626)]);
    assert_eq!(past(&page), (426..576).collect::<Vec<_>>());
}

#[test]
fn the_past_and_the_newest_messages_are_one_once_they_meet() {
    let mut page = page_with(history(100..150));
    page.take(Input::MessageSought(MessageNumber(30)));
    comes(&mut page, 56, history(6..56), true);
    assert_eq!(said(&page.take(Input::LaterMessagesPressed)), [fetch(100)], "no message comes twice");
    comes(&mut page, 100, history(50..100), true);
    assert_eq!((past(&page), numbers(&page)), (vec![], (6..150).collect::<Vec<_>>()));
    assert_eq!(said(&page.take(Input::EarlierMessagesPressed)), [fetch(6)]);
    comes(&mut page, 6, history(1..6), false);
    assert!(!page.client.has_earlier_messages());
}

#[test]
fn a_message_just_before_the_newest_ones_is_no_past() {
    let mut page = page_with(history(100..150));
    assert_eq!(said(&page.take(Input::MessageSought(MessageNumber(90)))), [fetch(100)]);
    comes(&mut page, 100, history(50..100), true);
    assert_eq!((past(&page), numbers(&page)), (vec![], (50..150).collect::<Vec<_>>()));
}

#[test]
fn a_message_that_is_here_is_not_asked_for() {
    let mut page = looking_back();
    assert_eq!(said(&page.take(Input::MessageSought(MessageNumber(480)))), []);
    assert_eq!(past(&page).len(), 50);
    assert_eq!(said(&page.take(Input::MessageSought(MessageNumber(1_960)))), []);
    assert!(past(&page).is_empty(), "it is among the newest ones");
}

#[test]
fn a_message_that_is_gone_is_said_to_be() {
    let mut page = page_with(history(1_950..2_000));
    page.take(Input::MessageSought(MessageNumber(500)));
    comes(&mut page, 526, history(400..450), true);
    assert_eq!(page.client.engagement_notice(), Some(Refusal::MessageNotFound));
    assert!(past(&page).is_empty());
    assert_eq!(said(&page.take(Input::MessageSought(MessageNumber(501)))), [fetch(527)]);
    assert_eq!(page.client.engagement_notice(), None);
}

#[test]
fn messages_of_deleted_accounts_leave_no_gap() {
    let mut page = looking_back();
    assert_eq!(said(&page.take(Input::LaterMessagesPressed)), [fetch(576)]);
    comes(&mut page, 576, history(476..526), true);
    assert_eq!(said(&page.take(Input::LaterMessagesPressed)), [fetch(626)], "there is none of them");
    comes(&mut page, 626, history(577..579), true);
    assert_eq!(past(&page), (476..526).chain(577..579).collect::<Vec<_>>());
}

#[test]
fn what_is_sought_last_is_shown() {
    let mut page = page_with(history(1_950..2_000));
    page.take(Input::EarlierMessagesPressed);
    assert_eq!(said(&page.take(Input::MessageSought(MessageNumber(500)))), [fetch(526)]);
    assert_eq!(said(&page.take(Input::MessageSought(MessageNumber(500)))), [], "it is on its way");
    assert_eq!(said(&page.take(Input::MessageSought(MessageNumber(800)))), [fetch(826)]);
    comes(&mut page, 1_950, history(1_900..1_950), true);
    comes(&mut page, 526, history(476..526), true);
    assert_eq!((past(&page), numbers(&page)[0]), (vec![], 1_950), "nobody wants these any more");
    comes(&mut page, 826, history(776..826), true);
    assert_eq!(past(&page)[0], 776);
    page.take(Input::MessageSought(MessageNumber(500)));
    page.take(Input::LatestMessagesPressed);
    comes(&mut page, 526, history(476..526), true);
    assert!(past(&page).is_empty());
}

#[test]
fn what_becomes_of_messages_of_the_past_is_seen() {
    let mut page = looking_back();
    let number = MessageNumber(500);
    page.take(Input::EmojiPressed { number, emoji: Emoji::parse("👍").expect("an emoji") });
    page.learn(RoomEvent::MessagePinned { number: MessageNumber(501), pinned: true });
    page.lose();
    page.miss(vec![RoomEvent::MessageDeleted { number: MessageNumber(502) }]);
    let shown = page.client.past();
    let of = |number: u64| shown.iter().find(|entry| entry.message.number.0 == number).expect("a message");
    assert_eq!(of(500).message.emoji.len(), 1);
    assert!(of(501).message.pinned);
    assert_eq!(of(502).message.text, None);
}

#[test]
fn a_message_that_is_sought_comes_over_the_next_connection() {
    let mut page = page_with(history(1_950..2_000));
    page.take(Input::MessageSought(MessageNumber(500)));
    page.lose();
    page.resume(Missed::Room(latest(history(2_950..3_000))));
    assert_eq!(said(&page.fire(Timer::EarlierMessages)), [fetch(526)]);
    comes(&mut page, 526, history(476..526), true);
    assert_eq!((past(&page)[0], numbers(&page)[0]), (476, 2_950));
    page.take(Input::LaterMessagesPressed);
    page.lose();
    page.resume(Missed::Room(latest(history(2_950..3_000))));
    assert!(past(&page).is_empty(), "somebody may have changed them");
    assert_eq!(said(&page.fire(Timer::EarlierMessages)), []);
}
