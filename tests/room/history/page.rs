//! A page, and what it does with what it hears.

use heartogether::{
    id::{ConnectionId, MemberId, ResumeToken, Seq},
    room::{ConnectionRef, Missed, RoomMessage, RoomView},
};

#[derive(Default)]
pub(super) struct Page {
    pub(super) connection: Option<ConnectionRef>,
    /// How many messages still arrive; `None` for all.
    pub(super) hears: Option<u8>,
    pub(super) seat: Option<Seat>,
}

pub(super) struct Seat {
    pub(super) member: MemberId,
    pub(super) token: ResumeToken,
    pub(super) last_seq: Seq,
    pub(super) view: RoomView,
    /// Whether the connection of now has been told of the place.
    pub(super) attached: bool,
}

impl Page {
    pub(super) fn holds(&self, connection: ConnectionId) -> bool {
        self.connection.is_some_and(|held| held.id == connection)
    }

    /// Frames arrive in order: what is lost is the end of all that was sent, never a part in between.
    pub(super) fn cut(&mut self, hears: u8) {
        self.hears = Some(self.hears.map_or(hears, |left| left.min(hears)));
    }

    /// Does what a client does with a message.
    pub(super) fn hear(&mut self, message: &RoomMessage) {
        match &mut self.hears {
            Some(0) => return,
            Some(left) => *left -= 1,
            None => {}
        }
        match (message, &mut self.seat) {
            (RoomMessage::Joined(joined), seat) => {
                let (member, token, last_seq) = (joined.member, joined.token, joined.seq);
                *seat = Some(Seat { member, token, last_seq, view: joined.room.clone(), attached: true });
            }
            (RoomMessage::Resumed(resumed), Some(seat)) => {
                seat.attached = true;
                seat.last_seq = resumed.seq;
                match &resumed.missed {
                    Missed::Room(room) => seat.view = room.clone(),
                    Missed::Events(events) => events.iter().for_each(|event| seat.view.apply(event)),
                }
            }
            (RoomMessage::Event(event), Some(seat)) => {
                seat.last_seq = event.seq;
                seat.view.apply(&event.event);
            }
            _ => {}
        }
    }
}
