//! The room in numbers.

use heartogether::{
    id::NodeId,
    room::{Census, Command, Event, RoomKind},
};

use crate::scenario::*;

const HERE: NodeId = NodeId::from_bits(1);
const ELSEWHERE: NodeId = NodeId::from_bits(2);

#[test]
fn members_links_and_publications_are_counted() {
    let mut stage = Stage::full_and_live();
    let full =
        Census { kind: RoomKind::Broadcast, is_live: true, connected: 3, links: 2, live: 1, ..Census::default() };
    assert_eq!(stage.room.census(HERE), full);
    assert_eq!(stage.room.census(ELSEWHERE), Census { connected: 0, ..full }, "they are connected to another node");
    let elsewhere = Census { kind: full.kind, connected: full.connected, ..Census::default() };
    assert_eq!(full.of_connections(), elsewhere, "another node counts the room");
    stage.append(Event::ConnectionLost { connection: connection(2).id });
    assert_eq!(stage.room.census(HERE), Census { connected: 2, away: 1, ..full }, "a link outlives a connection");
    stage.command(1, Command::Pause);
    let paused = Census { connected: 2, away: 1, live: 0, paused: 1, ..full };
    assert_eq!(stage.room.census(HERE), paused);
    stage.command(1, Command::Resume);
    stage.append(Event::ConnectionLost { connection: connection(1).id });
    let without_host = stage.room.census(HERE);
    assert_eq!((without_host.connected, without_host.away), (1, 2));
    assert_eq!((without_host.live, without_host.interrupted), (0, 1));
}

#[test]
fn a_room_that_has_ended_or_not_begun_counts_for_nothing() {
    assert_eq!(Stage::before_creation().room.census(HERE), Census::default());
    let mut stage = Stage::full_and_live();
    stage.command(1, Command::StopRoom);
    assert_eq!(stage.room.census(HERE), Census::default());
}
