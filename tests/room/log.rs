//! The room as a log: places, beginnings and repetitions.

use heartogether::{
    id::Seq,
    refusal::Refusal,
    room::{Entry, Event, Room, step},
    time::Timestamp,
};

use crate::scenario::*;

#[test]
fn a_room_is_empty_before_its_first_entry() {
    let room = Room::default();
    assert_eq!((room.id(), room.code(), room.owner(), room.ended()), (None, None, None, None));
    assert_eq!((room.seq(), room.audience_count()), (Seq(0), 0));
    assert_eq!(room.view(HOST), None);
}

#[test]
fn events_before_the_creation_are_refused_without_effect() {
    let mut stage = Stage::before_creation();
    assert_eq!(stage.ask_to_listen(GRACE, 1).refusal(1), Refusal::RoomNotFound);
    assert_eq!(stage.lose(1).0, []);
    assert_eq!(stage.wake().0, []);
    stage.append(Event::RoomCreated(created()));
    stage.host(1);
}

#[test]
fn a_room_is_created_once() {
    let mut stage = Stage::full_and_live();
    let before = stage.view(HOST);
    let again = heartogether::room::RoomCreated { owner: BARBARA, owner_name: name("Mallory"), ..created() };
    assert!(stage.append(Event::RoomCreated(again)).is_silent());
    assert_eq!(stage.view(HOST), before);
    assert_eq!(stage.room.owner(), Some(OWNER));
}

#[test]
fn an_entry_that_the_room_already_has_changes_nothing() {
    let stage = Stage::full_and_live();
    for seq in 0..=stage.room.seq().0 {
        let event = commanded(&stage.room, connection(1).id, heartogether::room::Command::StopRoom);
        let (room, effects) = step(stage.room.clone(), &Entry { seq: Seq(seq), at: stage.now, event });
        assert_eq!(room, stage.room);
        assert_eq!(effects, []);
    }
}

#[test]
fn an_entry_with_an_earlier_time_does_no_harm() {
    let mut stage = Stage::full_and_live();
    stage.lose(2);
    stage.now = Timestamp::from_millis(0);
    assert!(stage.wake().is_silent());
    assert_eq!(stage.room.audience_count(), 2);
}
