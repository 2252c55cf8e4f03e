//! A room's end, after which it only refuses.

use heartogether::{
    id::{NodeId, ResumeToken, Seq},
    refusal::Refusal,
    role::Role,
    room::{Command, Event},
    wire::{EndReason, RoomEvent, Signal, StreamState},
};

use crate::stage::*;

#[test]
fn the_host_stops_the_room_for_everyone() {
    let mut stage = Stage::full_and_live();
    let grace = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    let outcome = stage.command(1, Command::StopRoom);
    assert_eq!(outcome.everyone_learns(), [&RoomEvent::RoomEnded { reason: EndReason::Stopped }]);
    assert_eq!(outcome.wake_at(), None);
    for member in [HOST, grace] {
        assert_eq!(stage.view(member).stream, StreamState::Ended);
        assert_eq!(stage.view(member).ended, Some(EndReason::Stopped));
    }
}

#[test]
fn an_ended_room_refuses_every_request_and_every_command() {
    let mut stage = Stage::full_and_live();
    stage.command(1, Command::StopRoom);
    for command in COMMANDS {
        assert_eq!(stage.command(1, command).refusal(1), Refusal::RoomEnded, "the host: {command:?}");
        assert_eq!(stage.command(2, command).refusal(2), Refusal::RoomEnded, "a listener: {command:?}");
        assert_eq!(stage.command(9, command).refusal(9), Refusal::NotAMember, "a stranger: {command:?}");
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
    let refused = stage.room.route_signal(connection(2).id, HOST, &Signal::OfferRequest { restarts: None });
    assert_eq!(refused, Err(Refusal::RoomEnded));
}

#[test]
fn an_ended_room_says_nothing_however_much_is_lost_and_however_late_it_gets() {
    let mut stage = Stage::full_and_live();
    stage.command(1, Command::StopRoom);
    for event in [
        Event::ConnectionLost { connection: connection(2).id },
        Event::NodeLost { node: NodeId::from_bits(1) },
        Event::RoomCreated(created()),
        Event::Woke,
    ] {
        let outcome = stage.wait(HOST_ABSENT_MS).append(event.clone());
        assert_eq!(outcome.0, [], "{event:?}");
        assert_eq!(stage.room.ended(), Some(EndReason::Stopped), "{event:?}");
    }
}
