//! Whom the member has blocked: said until the server has it, and told anew on each connection.

use heartogether::{
    protocol::{Block, FromRoom, Moment},
    refusal::Refusal,
};

use super::*;

fn block(blocked: bool) -> ToRoom {
    ToRoom::Block(Block { member: EDSGER, blocked })
}

fn press(blocked: bool) -> Input {
    Input::MemberBlocked { member: EDSGER, blocked }
}

fn told(members: Vec<MemberId>) -> FromRoom {
    FromRoom::Blocked { members }
}

#[test]
fn whom_the_member_blocks_is_told_by_the_server() {
    let mut page = page_of(GRACE, Vec::new());
    assert_eq!(said(&page.take(press(true))), [block(true)]);
    assert!(page.client.blocked().is_empty());
    page.hear(from_room(told(vec![EDSGER])));
    assert_eq!(page.client.blocked(), [EDSGER]);
    assert_eq!(said(&page.take(press(true))), [], "it is so");
    assert_eq!(said(&page.take(press(false))), [block(false)]);
    page.hear(from_room(told(Vec::new())));
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
    assert!(page.client.blocked().is_empty());
}

#[test]
fn blocking_is_said_again_until_it_is_done_or_refused() {
    let mut page = page_of(GRACE, Vec::new());
    page.take(press(true));
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), [block(true)]);
    page.refuse(Refusal::TooManyBlocked);
    assert_eq!(page.client.engagement_notice(), Some(Refusal::TooManyBlocked));
    page.lose();
    assert_eq!(said(&page.miss(Vec::new())), []);
}

#[test]
fn nobody_sees_a_blocked_member_writing() {
    let mut page = page_of(GRACE, Vec::new());
    for member in [EDSGER, ADA] {
        page.hear(from_room(FromRoom::Moment(Moment::Typing { member })));
    }
    page.hear(from_room(told(vec![EDSGER])));
    assert_eq!(page.client.typing(), [ADA]);
}
