//! Changes of messages: shown at once, until the room confirms or refuses them.

use heartogether::{
    engagement::Reaction,
    id::MessageNumber,
    protocol::{Delete, Edit, Pin, ReactTo, ToRoom},
    refusal::Refusal,
    room::{EmojiOnMessage, Message, Missed, RoomEvent},
};
use heartogether_client::{Input, Timer};

use super::*;

const NUMBER: MessageNumber = MessageNumber(1);

fn own_message() -> Vec<Message> {
    vec![message(1, GRACE, "hello")]
}

fn edited(words: &str) -> Input {
    Input::MessageEdited { number: NUMBER, text: text(words) }
}

fn edit(words: &str) -> ToRoom {
    ToRoom::Edit(Edit { number: NUMBER, text: text(words) })
}

fn press() -> Input {
    Input::EmojiPressed { number: NUMBER, emoji: emoji() }
}

fn react(on: bool) -> ToRoom {
    ToRoom::ReactTo(ReactTo { number: NUMBER, emoji: emoji(), on })
}

fn reacted(member: MemberId, on: bool) -> RoomEvent {
    RoomEvent::MessageReacted { number: NUMBER, member, emoji: emoji(), on }
}

fn is_edited(version: u32, words: &str) -> RoomEvent {
    RoomEvent::MessageEdited { number: NUMBER, author: GRACE, version, text: text(words), markup: None }
}

fn first(page: &Page) -> Message {
    page.client.conversation().remove(0).message
}

fn emoji_by(page: &Page) -> Vec<MemberId> {
    first(page).emoji.into_iter().flat_map(|on| on.by).collect()
}

#[test]
fn every_change_is_asked_for_and_shown_at_once() {
    let mut page = page_of(ADA, own_message());
    assert_eq!(said(&page.take(edited("hi"))), [edit("hi")]);
    assert_eq!((first(&page).text, first(&page).version), (Some(text("hi")), 1));
    let pinned = Input::MessagePinned { number: NUMBER, pinned: true };
    assert_eq!(said(&page.take(pinned)), [ToRoom::Pin(Pin { number: NUMBER, pinned: true })]);
    assert!(first(&page).pinned);
    assert_eq!(said(&page.take(press())), [react(true)]);
    assert_eq!(first(&page).emoji, [EmojiOnMessage { emoji: emoji(), by: vec![ADA] }]);
    assert_eq!(said(&page.take(Input::MessageDeleted(NUMBER))), [ToRoom::Delete(Delete { number: NUMBER })]);
    assert_eq!(first(&page).text, None);
}

#[test]
fn words_can_be_taken_away() {
    let mut page = page_of(GRACE, own_message());
    let (number, text) = (NUMBER, MessageText::none());
    let edit = ToRoom::Edit(Edit { number, text: text.clone() });
    assert_eq!(said(&page.take(Input::MessageEdited { number, text: text.clone() })), std::slice::from_ref(&edit));
    assert_eq!(first(&page).text, Some(text.clone()));
    page.refuse(Refusal::MessageEmpty);
    assert_ne!(first(&page).text, Some(text.clone()), "there was nothing else");
    page.take(Input::MessageEdited { number, text: text.clone() });
    page.learn(RoomEvent::MessageEdited { number, author: GRACE, version: 1, text, markup: None });
    page.lose();
    assert!(!said(&page.miss(Vec::new())).contains(&edit));
}

#[test]
fn a_confirmed_change_is_asked_for_no_more() {
    let mut page = page_of(GRACE, own_message());
    page.take(edited("hi"));
    page.learn(is_edited(1, "hi"));
    assert_eq!((first(&page).text, first(&page).version), (Some(text("hi")), 1));
    page.learn(is_edited(2, "hello again"));
    assert_eq!(first(&page).text, Some(text("hello again")), "what comes later counts");
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
}

#[test]
fn a_refused_change_is_taken_back_and_the_member_is_told() {
    for (change, refusal) in [
        (edited("hi"), Refusal::MessageTooLong),
        (edited("hi"), Refusal::NotAllowed),
        (Input::MessageDeleted(NUMBER), Refusal::MessageNotFound),
        (Input::MessagePinned { number: NUMBER, pinned: true }, Refusal::NotAllowed),
        (press(), Refusal::TooManyEmoji),
        (press(), Refusal::EmojiUnknown),
    ] {
        let mut page = page_of(GRACE, own_message());
        page.take(change);
        assert_ne!(first(&page), own_message()[0]);
        page.refuse(refusal);
        assert_eq!(first(&page), own_message()[0], "{refusal:?}");
        assert_eq!(page.client.engagement_notice(), Some(refusal));
        page.lose();
        assert_eq!(said(&page.miss(Vec::new())), []);
        page.take(press());
        assert_eq!(page.client.engagement_notice(), None, "the next change is another matter");
    }
}

#[test]
fn a_refusal_means_the_oldest_request_for_which_it_makes_sense() {
    let mut page = page_of(GRACE, own_message());
    page.take(press());
    page.take(edited("hi"));
    page.take(wrote(text("one")));
    page.refuse(Refusal::MessageTooLong);
    assert_eq!(texts(&page), ["hello", "one"], "no emoji is too long, and the edit is older than the message");
    assert_eq!(emoji_by(&page), [GRACE]);
    page.refuse(Refusal::NotAllowed);
    assert_eq!(emoji_by(&page), [], "it is older than the message");
    page.refuse(Refusal::MemberNotFound);
    assert!(shown(&page).iter().all(|(_, state)| !matches!(state, EntryState::Refused(_))), "it was something else");
}

#[test]
fn what_is_changed_while_away_is_asked_for_on_return() {
    let mut page = page_of(GRACE, own_message());
    page.lose();
    assert_eq!(said(&page.take(edited("hi"))), []);
    assert_eq!(said(&page.take(press())), []);
    assert_eq!((first(&page).text, emoji_by(&page)), (Some(text("hi")), vec![GRACE]));
    assert_eq!(said(&page.miss(Vec::new())), [edit("hi"), react(true)]);
    page.lose();
    assert_eq!(said(&page.miss(vec![reacted(GRACE, true)])), [edit("hi")], "the other one has got there");
    page.learn(is_edited(1, "hi"));
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
}

#[test]
fn a_change_that_is_so_already_is_not_asked_for() {
    let pinned = Message { pinned: true, ..message(1, GRACE, "hello") };
    let mut page = page_of(ADA, vec![pinned]);
    assert_eq!(said(&page.take(Input::MessagePinned { number: NUMBER, pinned: true })), []);
    assert_eq!(said(&page.take(edited("hello"))), []);
    page.lose();
    page.take(edited("hi"));
    let deleted = RoomEvent::MessageDeleted { number: NUMBER };
    assert_eq!(said(&page.miss(vec![deleted])), [], "what is deleted cannot be edited");
}

#[test]
fn an_emoji_pressed_twice_is_away_in_the_end() {
    let mut page = page_of(GRACE, own_message());
    assert_eq!(said(&page.take(press())), [react(true)]);
    assert_eq!(said(&page.take(press())), [react(false)], "the room may have the first one");
    assert_eq!(emoji_by(&page), []);
    page.learn(reacted(EDSGER, true));
    page.learn(reacted(GRACE, true));
    assert_eq!(emoji_by(&page), [EDSGER], "the member does not see it come back");
    page.learn(reacted(GRACE, false));
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
    assert_eq!(emoji_by(&page), [EDSGER]);
}

#[test]
fn of_two_edits_the_later_one_counts() {
    let mut page = page_of(GRACE, own_message());
    page.take(edited("one"));
    page.take(edited("two"));
    page.learn(is_edited(1, "one"));
    assert_eq!(texts(&page), ["two"]);
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), [edit("two")]);
}

#[test]
fn emoji_that_come_too_fast_are_sent_a_moment_later() {
    let mut page = page_of(GRACE, own_message());
    page.take(press());
    assert!(timer(&page.refuse(Refusal::TooManyReactions), Timer::Messages).is_some());
    assert_eq!(page.client.engagement_notice(), None, "nothing is lost");
    assert_eq!(said(&page.fire(Timer::Messages)), [react(true)]);
    page.learn(reacted(GRACE, true));
    assert_eq!(said(&page.fire(Timer::Messages)), []);
}

#[test]
fn a_reaction_that_comes_too_fast_is_none() {
    let mut page = page_of(GRACE, own_message());
    page.take(Input::ReactionPressed(Reaction::Fire));
    page.refuse(Refusal::TooManyReactions);
    assert_eq!(page.client.engagement_notice(), Some(Refusal::TooManyReactions));
    assert_eq!(page.client.chosen_reaction(), None);
}

#[test]
fn a_change_that_came_too_fast_is_sent_a_moment_later() {
    let mut page = page_of(GRACE, own_message());
    page.take(edited("hi"));
    assert!(timer(&page.refuse(Refusal::TooManyMessages), Timer::Messages).is_some());
    assert_eq!(said(&page.fire(Timer::Messages)), [edit("hi")]);
}

#[test]
fn what_was_changed_away_goes_out_no_faster_than_the_room_takes_it() {
    let messages: Vec<_> = (1..=8).map(|number| message(number, GRACE, "hello")).collect();
    let mut page = page_of(GRACE, messages);
    page.lose();
    for number in (1..=8).map(MessageNumber) {
        page.take(Input::MessageDeleted(number));
    }
    let resumed = page.miss(Vec::new());
    assert_eq!(said(&resumed).len(), 5);
    assert!(timer(&resumed, Timer::Messages).is_some());
    for number in (1..=5).map(MessageNumber) {
        page.learn(RoomEvent::MessageDeleted { number });
    }
    assert_eq!(said(&page.fire(Timer::Messages)).len(), 3);
}

#[test]
fn a_change_of_a_message_that_is_not_known_any_more_is_sent_once() {
    let mut page = page_of(GRACE, own_message());
    page.lose();
    page.take(edited("hi"));
    let room = lounge((60..110).map(|number| message(number, EDSGER, "news")).collect());
    assert_eq!(said(&page.resume(Missed::Room(room))), [edit("hi")]);
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
}

#[test]
fn changes_of_messages_that_are_not_known_any_more_are_all_sent() {
    let mut page = page_of(GRACE, (1..=8).map(|number| message(number, GRACE, "hello")).collect());
    page.lose();
    for number in (1..=8).map(MessageNumber) {
        page.take(Input::MessageDeleted(number));
    }
    let room = lounge((60..110).map(|number| message(number, EDSGER, "news")).collect());
    assert_eq!(said(&page.resume(Missed::Room(room))).len(), 5);
    assert_eq!(said(&page.fire(Timer::Messages)).len(), 3);
    assert_eq!(said(&page.fire(Timer::Messages)), []);
}

#[test]
fn an_emoji_of_a_message_that_is_not_known_is_not_asked_for() {
    let mut page = page_of(GRACE, Vec::new());
    assert_eq!(said(&page.take(press())), []);
}
