//! What the edge is ordered to do.

use serde::{Deserialize, Serialize};

use super::{ArchiveChange, Member, RoomEvent, RoomMessage, SequencedEvent};
use crate::{
    id::{ConnectionId, MemberId, Seq},
    refusal::Refusal,
    role::Role,
    time::Timestamp,
};

/// Whom a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// One connection, a member's or not.
    Connection(ConnectionId),
    /// One member.
    Member(MemberId),
    /// Everyone of a role.
    Role(Role),
    /// Everyone in the room.
    Everyone,
}

impl Audience {
    /// Whether a member belongs to it.
    pub fn includes(self, member: &Member) -> bool {
        match self {
            Self::Connection(connection) => member.connection().is_some_and(|at| at.id == connection),
            Self::Member(id) => member.id == id,
            Self::Role(role) => member.role == role,
            Self::Everyone => true,
        }
    }

    /// Whether a member belongs to it on whatever connection.
    pub(crate) fn outlasts_connections_of(self, member: &Member) -> bool {
        !matches!(self, Self::Connection(_)) && self.includes(member)
    }
}

/// An order to the edge.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send a message.
    Send {
        /// To whom.
        to: Audience,
        /// What.
        message: Box<RoomMessage>,
    },
    /// Change the archive of messages.
    Archive(ArchiveChange),
    /// Take a connection out of this room, saying why. Its other rooms keep it.
    Disconnect {
        /// Which.
        connection: ConnectionId,
        /// Why; `None` at the room's end, which its members have just been told of.
        refusal: Option<Refusal>,
    },
    /// The room is over for good: forget its log, and let its code be drawn again.
    CloseRoom,
    /// Append [`Event::Woke`](super::Event::Woke) at this time. It replaces the time asked for before.
    WakeAt(Timestamp),
}

/// The effects of one step, in order.
#[derive(Debug)]
pub(crate) struct Effects {
    seq: Seq,
    orders: Vec<Effect>,
}

impl Effects {
    /// The effects of the entry at `seq`: none yet.
    pub(crate) const fn of(seq: Seq) -> Self {
        Self { seq, orders: Vec::new() }
    }

    pub(crate) fn send(&mut self, to: Audience, message: RoomMessage) {
        self.orders.push(Effect::Send { to, message: Box::new(message) });
    }

    pub(crate) fn refuse(&mut self, connection: ConnectionId, refusal: Refusal) {
        self.send(Audience::Connection(connection), RoomMessage::Refused { refusal });
    }

    pub(crate) fn announce(&mut self, to: Audience, event: RoomEvent) {
        self.send(to, RoomMessage::Event(SequencedEvent { seq: self.seq, event }));
    }

    /// Announces the same to several audiences.
    pub(crate) fn announce_to(&mut self, audiences: Vec<Audience>, event: &RoomEvent) {
        audiences.into_iter().for_each(|to| self.announce(to, event.clone()));
    }

    pub(crate) fn archive(&mut self, change: ArchiveChange) {
        self.orders.push(Effect::Archive(change));
    }

    pub(crate) fn disconnect(&mut self, connection: ConnectionId, refusal: Refusal) {
        self.orders.push(Effect::Disconnect { connection, refusal: Some(refusal) });
    }

    /// Lets a member's connection go after the room's last words.
    pub(crate) fn dismiss(&mut self, connection: ConnectionId) {
        self.orders.push(Effect::Disconnect { connection, refusal: None });
    }

    pub(crate) fn close_room(&mut self) {
        self.orders.push(Effect::CloseRoom);
    }

    pub(crate) fn wake_at(&mut self, time: Timestamp) {
        self.orders.push(Effect::WakeAt(time));
    }

    /// What happened in the room, with those whom it concerns.
    pub(crate) fn events(&self) -> impl Iterator<Item = (Audience, &SequencedEvent)> {
        self.orders.iter().filter_map(|effect| match effect {
            Effect::Send { to, message } => match message.as_ref() {
                RoomMessage::Event(event) => Some((*to, event)),
                _ => None,
            },
            _ => None,
        })
    }

    /// Whether somebody was told no: what was asked for did not happen.
    pub(crate) fn refuse_something(&self) -> bool {
        let is_refusal = |effect: &Effect| matches!(effect, Effect::Send { message, .. } if matches!(**message, RoomMessage::Refused { .. }));
        self.orders.iter().any(is_refusal)
    }

    pub(crate) fn into_orders(self) -> Vec<Effect> {
        self.orders
    }
}
