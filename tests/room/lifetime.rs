//! What happens in a room without activity.

use heartogether::{
    refusal::Refusal,
    role::Role,
    room::{Audience, Command, Effect, EndReason, Event, Foreseen, RoomEvent, RoomMessage, StreamState},
};

use crate::scenario::*;

const IDLE: RoomEvent = RoomEvent::RoomEnded { reason: EndReason::Idle };
const HOST_ABSENT: RoomEvent = RoomEvent::RoomEnded { reason: EndReason::HostAbsent };

#[test]
fn a_room_without_activity_ends_after_an_hour() {
    let mut stage = Stage::open();
    stage.host(1);
    let outcome = stage.listen_and_wait(IDLE_MS - 1);
    assert!(outcome.is_silent());
    assert_eq!(stage.wait(1).wake().everyone_learns(), [&IDLE]);
    assert_eq!(stage.stream(), StreamState::Ended);
}

#[test]
fn every_activity_extends_the_life_of_a_room() {
    let mut stage = Stage::open();
    stage.host(1);
    stage.wait(IDLE_MS - 1).listener(GRACE, 2);
    assert!(stage.wait(IDLE_MS - 1).wake().is_silent());
    assert_eq!(stage.wait(1).wake().everyone_learns(), [&IDLE]);
}

#[test]
fn an_expired_place_is_free_even_if_the_room_was_not_woken() {
    let mut stage = Stage::full_and_live();
    stage.lose(2);
    stage.wait(LISTENER_GRACE_MS).ask_to_listen(BARBARA, 4).joined(4);
}

#[test]
fn a_stranger_who_is_refused_does_not_keep_a_room_alive() {
    let mut stage = Stage::open();
    stage.host(1);
    stage.wait(IDLE_MS - 1).ask_to_host(GRACE, 2).refusal(2);
    assert_eq!(stage.wait(1).wake().everyone_learns(), [&IDLE]);
}

#[test]
fn a_stranger_who_disconnects_does_not_keep_a_room_alive() {
    let mut stage = Stage::open();
    stage.host(1);
    stage.wait(IDLE_MS - 1).lose(2);
    assert_eq!(stage.wait(1).wake().everyone_learns(), [&IDLE]);
}

#[test]
fn a_host_who_comes_after_the_end_is_too_late_even_if_the_room_was_not_woken() {
    let mut stage = Stage::open();
    let outcome = stage.wait(HOST_ABSENT_MS).ask_to_host(OWNER, 1);
    assert_eq!(outcome.everyone_learns(), [&HOST_ABSENT]);
    assert_eq!(outcome.answers(1), [&RoomMessage::Refused { refusal: Refusal::RoomEnded }]);
}

#[test]
fn a_wake_up_is_not_activity() {
    let mut stage = Stage::open();
    stage.host(1);
    for _ in 0..3 {
        assert!(stage.wait(IDLE_MS / 4).wake().is_silent());
    }
    assert_eq!(stage.wait(IDLE_MS / 4).wake().everyone_learns(), [&IDLE]);
}

#[test]
fn a_live_room_does_not_end_without_activity() {
    let mut stage = Stage::full_and_live();
    assert!(stage.wait(10 * HOST_ABSENT_MS).wake().0.is_empty());
    assert_eq!(stage.room.ended(), None);
}

#[test]
fn a_paused_room_ends_like_any_that_is_not_live() {
    let mut stage = Stage::full_and_live();
    stage.wait(10 * IDLE_MS).command(1, Command::Pause);
    assert!(stage.wait(IDLE_MS - 1).wake().is_silent());
    assert_eq!(stage.wait(1).wake().everyone_learns(), [&IDLE]);
}

#[test]
fn a_room_without_its_host_ends_after_six_hours_even_with_listeners() {
    let mut stage = Stage::open();
    stage.host(1);
    stage.lose(1);
    let lost_at = stage.now;
    stage.listener(GRACE, 2);
    while stage.now.after_ms(IDLE_MS / 2) < lost_at.after_ms(HOST_ABSENT_MS) {
        stage.wait(IDLE_MS / 2);
        stage.command(2, Command::Leave);
        stage.listener(GRACE, 2);
    }
    let outcome = stage.wait(IDLE_MS / 2).wake();
    assert_eq!(stage.now, lost_at.after_ms(HOST_ABSENT_MS));
    assert_eq!(outcome.everyone_learns(), [&HOST_ABSENT]);
    assert_eq!(stage.room.ended(), Some(EndReason::HostAbsent));
}

#[test]
fn a_room_whose_host_never_came_ends_like_one_whose_host_left() {
    let mut stage = Stage::open();
    assert_eq!(stage.wait(IDLE_MS).wake().everyone_learns(), [&IDLE]);
    let mut stage = Stage::open();
    assert_eq!(stage.wait(HOST_ABSENT_MS).wake().everyone_learns(), [&HOST_ABSENT]);
}

#[test]
fn the_room_asks_to_be_woken_for_the_next_thing_due() {
    let mut stage = Stage::open();
    stage.host(1);
    stage.listener(GRACE, 2);
    let due = |stage: &Stage, ms: u64| Some(stage.now.after_ms(ms));
    let outcome = stage.command(1, Command::Interrupt);
    assert_eq!(outcome.wake_at(), due(&stage, IDLE_MS - WARNING_MS), "a warning before the idle end");
    let outcome = stage.command(1, MICROPHONE);
    assert_eq!(outcome.wake_at(), None, "live, and everybody there");
    let outcome = stage.lose(1);
    assert_eq!(outcome.wake_at(), due(&stage, HOST_GRACE_MS), "the host away");
    let outcome = stage.lose(2);
    assert_eq!(outcome.wake_at(), due(&stage, LISTENER_GRACE_MS), "a listener away");
    let outcome = stage.wait(LISTENER_GRACE_MS).wake();
    assert_eq!(outcome.wake_at(), due(&stage, HOST_GRACE_MS - LISTENER_GRACE_MS), "the listener gone");
    let outcome = stage.wait(HOST_GRACE_MS - LISTENER_GRACE_MS).wake();
    assert_eq!(outcome.wake_at(), due(&stage, IDLE_MS - WARNING_MS - HOST_GRACE_MS), "the interruption over");
    let outcome = stage.wait(IDLE_MS - WARNING_MS - HOST_GRACE_MS).wake();
    assert_eq!(outcome.wake_at(), due(&stage, WARNING_MS), "warned of the end");
    let outcome = stage.wait(WARNING_MS).wake();
    assert_eq!(outcome.wake_at(), due(&stage, REOPEN_MS), "ended, and its owner may open it again");
    let outcome = stage.wait(REOPEN_MS).wake();
    assert_eq!((outcome.wake_at(), outcome.0), (None, vec![Effect::CloseRoom]), "over for good");
}

#[test]
fn members_keep_their_places_however_long_the_server_is_down() {
    let down_ms = 10 * HOST_ABSENT_MS;
    let node_lost = || Event::NodeLost { node: connection(1).node };
    let mut stage = Stage::open();
    stage.host(1);
    let grace = stage.listener(GRACE, 2);
    stage.listener(EDSGER, 3);
    stage.lose(3);
    let outcome = stage.wait(down_ms).append(node_lost());
    assert!(outcome.everyone_learns().is_empty(), "a room that was not live has not ended: {outcome:?}");
    assert_eq!(stage.room.audience_count(), 2, "a grace period begins anew");
    stage.wait(LISTENER_GRACE_MS - 1).resume(GRACE, grace.token, grace.seq, 12).resumed(12);
    stage.wait(1).wake();
    assert_eq!(stage.room.audience_count(), 1);

    let mut live = Stage::full_and_live();
    live.wait(down_ms).append(node_lost());
    assert_eq!((live.stream(), live.room.audience_count()), (StreamState::Interrupted, 2));
    live.wait(HOST_GRACE_MS - 1).wake();
    assert_eq!(live.stream(), StreamState::Interrupted, "the host has the whole grace period");

    let mut deserted = Stage::open();
    let outcome = deserted.wait(IDLE_MS).append(node_lost());
    assert_eq!(outcome.everyone_learns(), [&IDLE], "nobody was there");
}

#[test]
fn one_late_entry_catches_up_with_everything_that_was_due() {
    let mut stage = Stage::full_and_live();
    let grace = stage.room.member_at(connection(2).id).expect("Grace is there").id;
    stage.lose(2);
    stage.lose(1);
    let outcome = stage.wait(HOST_GRACE_MS).wake();
    assert_eq!(outcome.host_learns(), [&RoomEvent::MemberLeft { member: grace }]);
    assert_eq!(outcome.everyone_learns(), [&PUBLICATION_ENDED]);
}

#[test]
fn the_maximum_timestamp_causes_no_overflow() {
    let mut stage = Stage::full_and_live();
    stage.lose(2);
    stage.wait(u64::MAX);
    stage.lose(1);
    assert_eq!(stage.wake().wake_at(), None);
    assert_eq!(stage.room.connections(Audience::Role(Role::Host)).count(), 0);
}

impl Stage {
    /// Somebody comes, and then nothing happens for a while.
    fn listen_and_wait(&mut self, ms: u64) -> Outcome {
        self.listener(GRACE, 2);
        self.wait(ms).wake()
    }
}

#[test]
fn refusals_and_commands_without_effect_are_foreseen_while_a_timer_is_due() {
    let mut stage = Stage::full_and_live();
    stage.lose(2);
    stage.wait(LISTENER_GRACE_MS);
    let foresee = |at, command| stage.room.foresee(&commanded(&stage.room, connection(at).id, command), stage.now);
    assert_eq!(foresee(3, Command::Pause), Err(Refusal::NotAllowed));
    assert_eq!(foresee(2, FIRE), Err(Refusal::NotAMember));
    assert_eq!(foresee(1, MICROPHONE), Ok(Foreseen::Nothing));
    assert_eq!(foresee(1, Command::Pause), Ok(Foreseen::Change));
}
