//! Whoever asks can give up, also when the owner lets them in at the same moment.

use super::*;

#[test]
fn who_waits_can_give_up_and_their_other_page_learns_it() {
    let mut stage = asking_with(Policy { max_pages: 2, ..policy() });
    knock_at(&mut stage, 3, 31);
    knock_at(&mut stage, 3, 32);
    let member = only_one(&stage);
    let leave = Event::Commanded { connection: connection(31).id, account: EDSGER, command: Command::Leave };
    assert_eq!(stage.room.foresee(&leave, stage.now), Ok(Foreseen::Change));
    let outcome = stage.append(leave.clone());
    assert_eq!(outcome.closed(), [closed_at(32, Refusal::LeftElsewhere)]);
    assert_eq!(outcome.events(Audience::Member(HOST)), [&RoomEvent::JoinAnswered { members: vec![member] }]);
    assert!(waiting(&stage).is_empty());
    assert_eq!(stage.append(leave).refusal(31), Refusal::NotAMember);
}

#[test]
fn who_gives_up_while_they_are_let_in_has_no_place() {
    let mut stage = asking_with(Policy { max_pages: 2, ..policy() });
    knock_at(&mut stage, 3, 31);
    knock_at(&mut stage, 3, 32);
    let member = only_one(&stage);
    stage.command(1, answer(member, true));
    let leave = |at, account| Event::Commanded { connection: connection(at).id, account, command: Command::Leave };
    assert_eq!(stage.append(leave(33, AccountId::from_bits(4))).refusal(33), Refusal::NotAMember, "it is not theirs");
    assert_eq!(stage.room.foresee(&leave(31, EDSGER), stage.now), Ok(Foreseen::Change));
    let outcome = stage.append(leave(31, EDSGER));
    assert_eq!(outcome.everyone_learns(), [&RoomEvent::MemberLeft { member }]);
    assert!(!stage.room.has_place(EDSGER));
    assert_eq!(stage.append(leave(31, EDSGER)).refusal(31), Refusal::NotAMember);
}

#[test]
fn a_page_that_does_not_take_the_place_does_not_give_up_what_another_page_has_taken() {
    let mut stage = asking_with(Policy { max_pages: 2, ..policy() });
    knock_at(&mut stage, 3, 31);
    knock_at(&mut stage, 3, 32);
    stage.command(1, answer(only_one(&stage), true));
    come(&mut stage, 3, 31);
    stage.lose(31);
    let leave = Event::Commanded { connection: connection(32).id, account: EDSGER, command: Command::Leave };
    assert_eq!(stage.room.foresee(&leave, stage.now), Err(Refusal::NotAMember));
    assert_eq!(stage.append(leave).refusal(32), Refusal::NotAMember);
    assert!(stage.room.has_place(EDSGER));
}
