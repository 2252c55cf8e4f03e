//! What programs of members do, and whoever runs the server: neither has a connection.

use heartogether::{
    id::{AccountId, ConnectionId, MessageNumber},
    refusal::Refusal,
    room::{Audience, Command, Effect, EndReason, Event, Foreseen, RoomEvent},
};

use super::{come, full};
use crate::scenario::*;

fn by_program(account: u128, command: Command) -> Event {
    Event::CommandedByProgram { account: AccountId::from_bits(account), command }
}

#[test]
fn a_program_writes_as_its_member_who_need_not_be_there() {
    let (mut stage, members) = full();
    stage.lose(3);
    let event = by_program(3, write(7, "it rains"));
    assert_eq!(stage.room.foresee(&event, stage.now), Ok(Foreseen::Change));
    let outcome = stage.append(event.clone());
    let [RoomEvent::MessageSent { message }] = outcome.everyone_learns()[..] else { panic!("all are told") };
    assert_eq!((message.author, message.number, message.nonce), (members[2], MessageNumber(1), 7));
    let account = AccountId::from_bits(3);
    assert_eq!(stage.room.written(account, 7).map(|written| written.number), Some(MessageNumber(1)));
    assert_eq!(stage.room.written(account, 8), None);
    // The same message again is the same message, by whichever way it comes.
    assert_eq!(stage.room.foresee(&event, stage.now), Ok(Foreseen::Nothing));
    assert!(stage.append(event).is_silent());
    come(&mut stage, 3, 33);
    assert!(stage.command(33, write(7, "it rains")).is_silent());
    stage.command(33, write(8, "it still rains"));
    assert_eq!(stage.view(members[0]).messages.len(), 2);
}

#[test]
fn a_program_may_do_what_its_member_may_and_nothing_but_write() {
    let (mut stage, _) = full();
    stage.command(4, Command::Leave);
    let mut refused = |account, command, refusal| {
        let event = by_program(account, command);
        assert_eq!(stage.room.foresee(&event, stage.now), Err(refusal));
        let before = stage.room.clone();
        assert!(stage.append(event).is_silent());
        assert_eq!(stage.room.view(HOST), before.view(HOST));
    };
    refused(4, write(1, "hello"), Refusal::NotAMember);
    refused(9, write(1, "hello"), Refusal::NotAMember);
    refused(2, Command::Leave, Refusal::NotAllowed);
    refused(1, Command::StopRoom, Refusal::NotAllowed);
    let unanswerable = replies(1, "so it is", MessageNumber(9), heartogether::room::Answered::Missing);
    refused(2, unanswerable, Refusal::MessageNotFound);
    stage.command(1, Command::StopRoom);
    assert_eq!(stage.room.foresee(&by_program(2, write(1, "hello")), stage.now), Err(Refusal::RoomEnded));
}

#[test]
fn members_read_wherever_their_pages_are() {
    let (mut stage, _) = full();
    stage.lose(3);
    assert_eq!(stage.room.reading_by(AccountId::from_bits(3)), Ok(heartogether::room::Reading::All));
    assert_eq!(stage.room.reading_by(AccountId::from_bits(9)), Err(Refusal::NotAMember));
    stage.command(1, Command::StopRoom);
    assert_eq!(stage.room.reading_by(AccountId::from_bits(3)), Err(Refusal::RoomEnded));
}

#[test]
fn a_room_that_the_operator_closes_is_over_for_good() {
    let (mut stage, _) = full();
    let outcome = stage.append(Event::ClosedByOperator);
    assert_eq!(outcome.everyone_learns(), [&RoomEvent::RoomEnded { reason: EndReason::Stopped }]);
    assert!(outcome.0.contains(&Effect::CloseRoom));
    assert_eq!(stage.room.foresee(&Event::ClosedByOperator, stage.now), Ok(Foreseen::Nothing));
    let reopening = reopening(OWNER);
    assert_eq!(stage.room.foresee(&reopening, stage.now), Err(Refusal::ReopenTooLate));
    let (mut ended, _) = full();
    ended.command(1, Command::StopRoom);
    let outcome = ended.append(Event::ClosedByOperator);
    assert!(outcome.everyone_learns().is_empty() && outcome.0.contains(&Effect::CloseRoom));
}

#[test]
fn a_banned_account_is_put_out_and_kept_out_and_its_own_room_ends() {
    let (mut stage, members) = full();
    let account = AccountId::from_bits(3);
    let outcome = stage.append(Event::AccountBanned { account });
    assert_eq!(outcome.closed(), [(ConnectionId::from_bits(3), Refusal::Removed)]);
    assert!(!stage.is_member(members[2]));
    assert!(outcome.everyone_learns().contains(&&RoomEvent::MemberLeft { member: members[2] }));
    assert_eq!(stage.ask(account, heartogether::role::Role::Participant, 33, false).refusal(33), Refusal::Removed);
    assert_eq!(stage.room.foresee(&Event::AccountBanned { account }, stage.now), Ok(Foreseen::Nothing));
    // One who never was there does not come either.
    let stranger = AccountId::from_bits(9);
    stage.append(Event::AccountBanned { account: stranger });
    assert_eq!(stage.ask(stranger, heartogether::role::Role::Participant, 9, false).refusal(9), Refusal::Removed);
    let outcome = stage.append(Event::AccountBanned { account: AccountId::from_bits(1) });
    assert_eq!(outcome.events(Audience::Everyone).last(), Some(&&RoomEvent::RoomEnded { reason: EndReason::Stopped }));
    assert!(outcome.0.contains(&Effect::CloseRoom));
}
