//! Who is writing, and how far the member has read.

use heartogether::{
    id::MessageNumber,
    limits::TYPING_MS,
    protocol::{FromRoom, MarkRead, Moment, ToRoom},
    refusal::Refusal,
    room::RoomEvent,
};
use heartogether_client::{Input, Timer};

use super::*;

fn is_typing(page: &mut Page, member: MemberId) -> Vec<heartogether_client::Output> {
    page.hear(from_room(FromRoom::Moment(Moment::Typing { member })))
}

fn mark(number: u64) -> ToRoom {
    ToRoom::MarkRead(MarkRead { up_to: MessageNumber(number) })
}

fn see(number: u64) -> Input {
    Input::Seen(MessageNumber(number))
}

#[test]
fn somebody_is_writing_until_the_time_is_over() {
    let mut page = page_of(GRACE, Vec::new());
    assert_eq!(timer(&is_typing(&mut page, EDSGER), Timer::Typing(EDSGER)), Some(TYPING_MS));
    is_typing(&mut page, ADA);
    assert_eq!(timer(&is_typing(&mut page, EDSGER), Timer::Typing(EDSGER)), Some(TYPING_MS), "the time begins again");
    assert_eq!(page.client.typing(), [EDSGER, ADA]);
    page.fire(Timer::Typing(EDSGER));
    assert_eq!(page.client.typing(), [ADA]);
}

#[test]
fn whoever_has_sent_their_message_or_is_gone_does_not_write() {
    for event in [says(1, EDSGER, "hello"), connected(EDSGER, false), RoomEvent::MemberLeft { member: EDSGER }] {
        let mut page = page_of(GRACE, Vec::new());
        is_typing(&mut page, EDSGER);
        page.learn(event);
        assert_eq!(page.client.typing(), []);
    }
}

#[test]
fn nobody_is_told_that_they_write_themselves() {
    let mut page = page_of(GRACE, Vec::new());
    is_typing(&mut page, GRACE);
    assert_eq!(page.client.typing(), []);
}

#[test]
fn the_room_is_told_seldom_that_the_member_writes() {
    let mut page = page_of(GRACE, Vec::new());
    let commands = page.take(Input::Typed);
    assert_eq!((said(&commands), timer(&commands, Timer::TypingPause)), (vec![ToRoom::Type], Some(3_000)));
    assert_eq!(page.take(Input::Typed), []);
    page.fire(Timer::TypingPause);
    assert_eq!(said(&page.take(Input::Typed)), [ToRoom::Type]);
    page.fire(Timer::TypingPause);
    page.lose();
    assert_eq!(page.take(Input::Typed), [], "it would come too late");
    assert_eq!(said(&page.miss(Vec::new())), []);
}

#[test]
fn the_room_is_told_once_a_second_how_far_the_member_has_read() {
    let mut page = page_of(GRACE, Vec::new());
    let commands = page.take(see(3));
    assert_eq!((said(&commands), timer(&commands, Timer::Seen)), (vec![mark(3)], Some(1_000)));
    assert_eq!(page.take(see(4)), []);
    assert_eq!(page.take(see(2)), []);
    assert_eq!(page.client.read_up_to(), MessageNumber(4), "never back");
    assert_eq!(said(&page.fire(Timer::Seen)), [mark(4)]);
    assert_eq!(said(&page.fire(Timer::Seen)), []);
    assert_eq!(said(&page.take(see(4))), [], "it is told already");
}

#[test]
fn what_was_seen_on_another_page_need_not_be_told() {
    let mut page = page_of(GRACE, Vec::new());
    page.hear(from_room(FromRoom::Moment(Moment::Read { up_to: MessageNumber(5) })));
    assert_eq!(page.client.read_up_to(), MessageNumber(5));
    assert_eq!(said(&page.take(see(5))), []);
    assert_eq!(said(&page.take(see(6))), [mark(6)]);
}

#[test]
fn what_was_seen_is_told_again_on_the_next_connection() {
    let mut page = page_of(GRACE, Vec::new());
    page.take(see(3));
    page.fire(Timer::Seen);
    page.lose();
    page.take(see(4));
    assert_eq!(said(&page.miss(Vec::new())), [mark(4)]);
}

#[test]
fn moments_that_come_too_fast_are_no_trouble() {
    let mut page = page_of(GRACE, Vec::new());
    page.take(Input::Typed);
    assert_eq!(said(&page.refuse(Refusal::TooManyReactions)), []);
    assert_eq!(page.client.engagement_notice(), None);
}
