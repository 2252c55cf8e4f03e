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
