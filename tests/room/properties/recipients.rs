//! Who is told what.

use std::collections::BTreeSet;

use heartogether::{
    id::ConnectionId,
    room::{Audience, Command, Effect, Event, RoomEvent, RoomMessage},
};
use proptest::prelude::*;

use crate::history::Turn;

/// Follows one turn's orders, and checks that each reaches somebody who has a place at that moment, or who was told to wait for one.
pub(super) fn check_recipients(turn: &Turn, waiting: &mut BTreeSet<ConnectionId>) -> Result<(), TestCaseError> {
    let mut seated = turn.seated.clone();
    let asked = asking(&turn.entry.event);
    match &turn.entry.event {
        Event::ConnectionLost { connection } => seated.retain(|held| held != connection),
        Event::NodeLost { node } => {
            let held = turn.before.members().flat_map(|member| member.connections());
            let lost: BTreeSet<_> = held.filter(|at| at.node == *node).map(|at| at.id).collect();
            seated.retain(|connection| !lost.contains(connection));
        }
        Event::Commanded { connection, command: Command::Leave, .. } if turn.before.ended().is_none() => {
            seated.retain(|held| held != connection)
        }
        _ => {}
    }
    for effect in &turn.effects {
        match effect {
            Effect::Send { to: Audience::Connection(connection), message } => {
                let moves = matches!(&**message, RoomMessage::Event(told) if told.event == RoomEvent::SoundMoved);
                let lets_in = matches!(&**message, RoomMessage::Admitted) && waiting.contains(connection);
                let is_meant = Some(*connection) == asked || moves && seated.contains(connection) || lets_in;
                prop_assert!(is_meant, "{:?}", message);
                if matches!(**message, RoomMessage::Waiting) {
                    waiting.insert(*connection);
                }
                if matches!(**message, RoomMessage::Joined(_) | RoomMessage::Resumed(_)) {
                    seated.insert(*connection);
                }
            }
            Effect::Send { to, message } => {
                for connection in turn.after.connections(*to) {
                    prop_assert!(seated.contains(&connection.id), "{:?} to {:?}", message, connection);
                }
            }
            Effect::Disconnect { connection, .. } => {
                prop_assert!(seated.remove(connection) || waiting.remove(connection), "{:?}", connection);
            }
            Effect::WakeAt(_) | Effect::CloseRoom | Effect::Archive(_) => {}
        }
    }
    Ok(())
}

fn asking(event: &Event) -> Option<ConnectionId> {
    match event {
        Event::JoinRequested(request) => Some(request.connection.id),
        Event::ResumeRequested(request) => Some(request.connection.id),
        Event::Commanded { connection, .. } => Some(*connection),
        _ => None,
    }
}
