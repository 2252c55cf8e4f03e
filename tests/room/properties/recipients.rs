//! Who is told what.

use std::collections::BTreeSet;

use heartogether::{
    id::{ConnectionId, MemberId},
    room::{Audience, Command, Effect, Event, Missed, Room, RoomEvent, RoomMessage, RoomView},
};
use proptest::prelude::*;

use crate::history::Turn;

/// What was so in the turns before.
#[derive(Default)]
pub(super) struct Recipients {
    /// The connections that were told to wait.
    waiting: BTreeSet<ConnectionId>,
    /// Those who were the owner.
    owners: BTreeSet<MemberId>,
}

impl Recipients {
    /// Follows one turn's orders, and checks that each reaches somebody who has a place at that moment, or who was told to wait for
    /// one and is still there.
    pub(super) fn check(&mut self, turn: &Turn) -> Result<(), TestCaseError> {
        let mut seated = turn.seated.clone();
        let asked = asking(&turn.entry.event);
        let lost = lost(turn);
        seated.retain(|connection| !lost.contains(connection));
        self.waiting.retain(|connection| !lost.contains(connection));
        self.owners.extend(owner(&turn.before).into_iter().chain(owner(&turn.after)));
        for effect in &turn.effects {
            match effect {
                Effect::Send { to: Audience::Connection(connection), message } => {
                    let moves = matches!(&**message, RoomMessage::Event(told) if told.event == RoomEvent::SoundMoved);
                    let lets_in = matches!(&**message, RoomMessage::Admitted) && self.waiting.contains(connection);
                    let is_meant = Some(*connection) == asked || moves && seated.contains(connection) || lets_in;
                    prop_assert!(is_meant, "{:?}", message);
                    if matches!(**message, RoomMessage::Waiting) {
                        self.waiting.insert(*connection);
                    }
                    if matches!(**message, RoomMessage::Joined(_) | RoomMessage::Resumed(_)) {
                        seated.insert(*connection);
                        self.check_welcome(turn, *connection, message)?;
                    }
                }
                Effect::Send { to, message } => {
                    for connection in turn.after.connections(*to) {
                        prop_assert!(seated.contains(&connection.id), "{:?} to {:?}", message, connection);
                    }
                    check_requests(turn, *to, message)?;
                }
                Effect::Disconnect { connection, .. } => {
                    prop_assert!(seated.remove(connection) || self.waiting.remove(connection), "{:?}", connection);
                }
                Effect::WakeAt(_) | Effect::CloseRoom | Effect::Archive(_) | Effect::AddToList(_) => {}
            }
        }
        Ok(())
    }

    /// Whoever gets a place finds only as the owner who waits, and hears of it later only if they were the owner then.
    fn check_welcome(&self, turn: &Turn, at: ConnectionId, message: &RoomMessage) -> Result<(), TestCaseError> {
        let member = turn.after.member_at(at).map(|member| member.id);
        let check_view = |view: &RoomView| {
            prop_assert!(view.waiting.is_empty() || member == owner(&turn.after), "{:?}", view.waiting);
            Ok(())
        };
        match message {
            RoomMessage::Joined(joined) => check_view(&joined.room),
            RoomMessage::Resumed(resumed) => match &resumed.missed {
                Missed::Room(view) => check_view(view),
                Missed::Events(events) => {
                    let was_owner = member.is_some_and(|member| self.owners.contains(&member));
                    prop_assert!(was_owner || !events.iter().any(is_of_request), "{:?}", events);
                    Ok(())
                }
            },
            _ => Ok(()),
        }
    }
}

/// Of who asks to come in, and of answers, the owner's pages alone are told. Who was the owner until now is told that nobody waits.
fn check_requests(turn: &Turn, to: Audience, message: &RoomMessage) -> Result<(), TestCaseError> {
    let RoomMessage::Event(told) = message else { return Ok(()) };
    if !is_of_request(&told.event) {
        return Ok(());
    }
    let Audience::Member(told_to) = to else { panic!("{to:?} is told {told:?}") };
    let is_answer = matches!(told.event, RoomEvent::JoinAnswered { .. });
    let may_know = Some(told_to) == owner(&turn.after) || is_answer && Some(told_to) == owner(&turn.before);
    prop_assert!(may_know, "{:?} to {:?}", told, to);
    Ok(())
}

const fn is_of_request(event: &RoomEvent) -> bool {
    matches!(event, RoomEvent::JoinAsked { .. } | RoomEvent::JoinAnswered { .. })
}

fn owner(room: &Room) -> Option<MemberId> {
    room.members().find(|member| Some(member.account) == room.owner()).map(|owner| owner.id)
}

/// The connections that an entry takes from their pages before anybody is told of it.
fn lost(turn: &Turn) -> BTreeSet<ConnectionId> {
    match &turn.entry.event {
        Event::ConnectionLost { connection } => BTreeSet::from([*connection]),
        Event::NodeLost { node } => turn.before.pages().filter(|page| page.node == *node).map(|page| page.id).collect(),
        Event::Commanded { connection, command: Command::Leave, .. } if turn.before.ended().is_none() => {
            BTreeSet::from([*connection])
        }
        _ => BTreeSet::new(),
    }
}

fn asking(event: &Event) -> Option<ConnectionId> {
    match event {
        Event::JoinRequested(request) => Some(request.connection.id),
        Event::ResumeRequested(request) => Some(request.connection.id),
        Event::Commanded { connection, .. } => Some(*connection),
        _ => None,
    }
}
