//! The end of a room, after which it refuses everything.

use heartogether::{
    id::{NodeId, ResumeToken, Seq},
    refusal::Refusal,
    role::{AccountKind, Guests, Role},
    room::{Command, Effect, EndReason, Event, Foreseen, RoomEvent, SignalDirection, StreamState},
};

use crate::scenario::*;

#[test]
fn the_host_stops_the_room_for_everyone() {
    let mut stage = Stage::full_and_live();
    let grace = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    let outcome = stage.command(1, Command::StopRoom);
    assert_eq!(outcome.everyone_learns(), [&RoomEvent::RoomEnded { reason: EndReason::Stopped }]);
    assert_eq!(outcome.wake_at(), Some(stage.now.after_ms(REOPEN_MS)));
    assert_eq!(outcome.dismissed(), [1, 2, 3].map(|at| connection(at).id), "whoever is told of the end is let go");
    for member in [HOST, grace] {
        assert_eq!(stage.view(member).stream(), StreamState::Ended);
        assert_eq!(stage.view(member).ended, Some(EndReason::Stopped));
    }
}

#[test]
fn an_ended_room_refuses_every_request_and_every_command() {
    let mut stage = Stage::full_and_live();
    stage.command(1, Command::StopRoom);
    for command in commands() {
        assert_eq!(stage.command(1, command.clone()).refusal(1), Refusal::RoomEnded, "the host: {command:?}");
        assert_eq!(stage.command(2, command.clone()).refusal(2), Refusal::RoomEnded, "a listener: {command:?}");
        assert_eq!(stage.command(9, command.clone()).refusal(9), Refusal::NotAMember, "a stranger: {command:?}");
    }
    for role in Role::ALL {
        assert_eq!(stage.ask(OWNER, *role, 9, true).refusal(9), Refusal::RoomEnded);
    }
    assert_eq!(stage.resume(OWNER, ResumeToken::from_bits(1), Seq(0), 9).refusal(9), Refusal::RoomEnded);
}

#[test]
fn an_ended_room_passes_no_signals_on() {
    let mut stage = Stage::full_and_live();
    stage.command(1, Command::StopRoom);
    let refused = stage.room.route_signal(connection(2).id, HOST, SignalDirection::FromAnswerer);
    assert_eq!(refused, Err(Refusal::RoomEnded));
}

#[test]
fn an_ended_room_sends_no_events_when_connections_are_lost() {
    let mut stage = Stage::full_and_live();
    stage.command(1, Command::StopRoom);
    for event in [
        Event::ConnectionLost { connection: connection(2).id },
        Event::NodeLost { node: NodeId::from_bits(1) },
        Event::RoomCreated(created()),
        Event::Woke,
    ] {
        let outcome = stage.wait(1).append(event.clone());
        assert!(outcome.is_silent(), "{event:?}");
        assert_eq!(stage.room.ended(), Some(EndReason::Stopped), "{event:?}");
    }
}

#[test]
fn everyone_is_warned_before_the_end_and_told_when_it_is_cancelled() {
    let mut stage = Stage::open();
    stage.host(1);
    let ends_at = stage.now.after_ms(IDLE_MS);
    assert_eq!(stage.wait(IDLE_MS - WARNING_MS - 1).wake().warnings(), []);
    assert_eq!(stage.wait(1).wake().warnings(), [Some(ends_at)]);
    assert_eq!(stage.view(HOST).ends_at, Some(ends_at));
    assert_eq!(stage.wait(1).wake().warnings(), [], "once is enough");
    assert_eq!(stage.command(1, MICROPHONE).warnings(), [None]);
    assert_eq!(stage.view(HOST).ends_at, None);
}

#[test]
fn everyone_is_warned_of_the_end_that_comes_first() {
    let mut stage = Stage::open();
    for _ in 0..11 {
        stage.wait(IDLE_MS / 2).listener(GRACE, 2);
        stage.command(2, Command::Leave);
    }
    let outcome = stage.wait(IDLE_MS / 2 - WARNING_MS).wake();
    assert_eq!(outcome.warnings(), [Some(stage.now.after_ms(WARNING_MS))]);
}

#[test]
fn the_owner_opens_an_ended_room_again_for_ten_minutes() {
    let mut stage = Stage::full_and_live();
    stage.command(2, write(1, "thank you"));
    stage.command(1, Command::RemoveMember { member: FIRST_LISTENER, block_address: false, may_return: false });
    stage.command(1, Command::StopRoom);
    stage.wait(REOPEN_MS - 1).append(reopening(OWNER));
    assert_eq!(stage.room.ended(), None);
    assert_eq!(stage.room.audience_count(), 0);
    let joined = stage.host(11);
    assert_eq!((joined.room.code, joined.room.stream()), (created().code, StreamState::Idle));
    assert_eq!(joined.room.messages.len(), 1, "the chat is kept");
    assert_eq!(stage.ask_to_listen(GRACE, 12).refusal(12), Refusal::Removed);
    stage.listener(EDSGER, 13);
}

#[test]
fn a_room_that_was_opened_again_lives_as_long_as_a_new_one() {
    let mut stage = Stage::open();
    stage.wait(HOST_ABSENT_MS).wake();
    assert_eq!(stage.room.ended(), Some(EndReason::HostAbsent));
    stage.append(reopening(OWNER));
    assert!(stage.wait(IDLE_MS - 1).wake().is_silent());
    assert_eq!(stage.room.ended(), None);
}

#[test]
fn a_host_who_stops_an_expired_room_is_told_once() {
    let mut stage = Stage::open();
    stage.host(1);
    stage.listener(GRACE, 2);
    let outcome = stage.wait(IDLE_MS).command(1, Command::StopRoom);
    assert_eq!(outcome.everyone_learns(), [&RoomEvent::RoomEnded { reason: EndReason::Idle }]);
    assert_eq!(outcome.dismissed(), [1, 2].map(|at| connection(at).id));
    assert!(stage.wake().dismissed().is_empty());
}

#[test]
fn the_effect_of_a_request_to_reopen_is_foreseen() {
    let mut stage = Stage::full_and_live();
    let foresee =
        |stage: &Stage, account, kind| stage.room.foresee(&Event::ReopenRequested { account, kind }, stage.now);
    assert_eq!(foresee(&stage, OWNER, AccountKind::Known), Ok(Foreseen::Nothing), "it is open");
    assert_eq!(
        foresee(&stage, GRACE, AccountKind::Known),
        Err(Refusal::ReopenTooLate),
        "whose it is, nobody else learns"
    );
    stage.command(1, Command::StopRoom);
    assert_eq!(foresee(&stage, OWNER, AccountKind::Known), Ok(Foreseen::Change));
    assert_eq!(foresee(&stage, GRACE, AccountKind::Known), Err(Refusal::ReopenTooLate));
    let guest = AccountKind::Guest(Guests::Listen);
    assert_eq!(foresee(&stage, OWNER, guest), Err(Refusal::GuestsListenOnly));
    stage.append(Event::ReopenRequested { account: OWNER, kind: guest });
    assert_eq!(stage.room.ended(), Some(EndReason::Stopped));
    stage.append(reopening(OWNER));
    assert_eq!(foresee(&stage, OWNER, AccountKind::Known), Ok(Foreseen::Nothing), "twice is as good as once");
}

#[test]
fn only_the_owner_opens_an_ended_room_and_only_in_time() {
    let mut stage = Stage::full_and_live();
    stage.command(1, Command::StopRoom);
    stage.append(reopening(GRACE));
    assert_eq!(stage.room.ended(), Some(EndReason::Stopped));
    let late = stage.wait(REOPEN_MS).append(reopening(OWNER));
    assert_eq!(late.0, [Effect::CloseRoom]);
    assert_eq!(stage.room.ended(), Some(EndReason::Stopped));
    assert_eq!(stage.room.reopenable_until(), None);
}
