//! An entry is appended, and the pages hear what comes of it.

use heartogether::{
    id::{ConnectionId, MemberId},
    room::{Audience, Command, Effect, Entry, Event, Room, RoomMessage, RoomView, step},
};

use super::{Turn, World};

impl World {
    pub(super) fn append(&mut self, event: Event) {
        let entry = Entry { seq: self.room.seq().next(), at: self.now, event };
        let before = self.room.clone();
        let seated = self.seated.clone();
        let (after, effects) = step(before.clone(), &entry);
        self.room = after.clone();
        self.forget_lost(&entry.event, &effects);
        for effect in &effects {
            match effect {
                Effect::Send { to, message } => self.deliver(*to, message),
                Effect::Disconnect { connection, .. } => self.close(*connection),
                Effect::WakeAt(time) => self.wake_at = Some(*time),
                Effect::Archive(change) => self.archive.apply(change),
                Effect::CloseRoom | Effect::AddToList(_) => {}
            }
        }
        let shown = self.shown();
        self.turns.push(Turn { before, entry, effects, after, seated, shown });
    }

    fn forget_lost(&mut self, event: &Event, effects: &[Effect]) {
        match event {
            Event::ConnectionLost { connection } => self.close(*connection),
            Event::Commanded { connection, command: Command::Leave, .. } if !refuses(effects, *connection) => {
                self.seated.remove(connection);
                for page in self.pages.iter_mut().filter(|page| page.holds(*connection)) {
                    page.seat = None;
                }
            }
            Event::NodeLost { node } => {
                let members = self.turns.last().map(|turn| &turn.after).into_iter().flat_map(Room::members);
                let lost: Vec<_> =
                    members.flat_map(|member| member.connections()).filter(|at| at.node == *node).collect();
                lost.into_iter().for_each(|connection| self.close(connection.id));
            }
            _ => {}
        }
    }

    fn close(&mut self, connection: ConnectionId) {
        self.seated.remove(&connection);
        for page in self.pages.iter_mut().filter(|page| page.holds(connection)) {
            page.connection = None;
        }
    }

    fn deliver(&mut self, to: Audience, message: &RoomMessage) {
        let connections: Vec<_> = match to {
            Audience::Connection(connection) => vec![connection],
            _ => self.room.connections(to).map(|connection| connection.id).collect(),
        };
        for connection in connections {
            if matches!(message, RoomMessage::Joined(_) | RoomMessage::Resumed(_)) {
                self.seated.insert(connection);
            }
            self.pages.iter_mut().filter(|page| page.holds(connection)).for_each(|page| page.hear(message));
        }
    }

    fn shown(&self) -> Vec<(MemberId, RoomView)> {
        let up_to_date = self.pages.iter().filter(|page| page.hears.is_none() && page.connection.is_some());
        let seats = up_to_date.filter_map(|page| page.seat.as_ref()).filter(|seat| seat.attached);
        seats.map(|seat| (seat.member, seat.view.clone())).collect()
    }
}

fn refuses(effects: &[Effect], connection: ConnectionId) -> bool {
    effects.iter().any(|effect| {
        let Effect::Send { to, message } = effect else { return false };
        *to == Audience::Connection(connection) && matches!(**message, RoomMessage::Refused { .. })
    })
}
