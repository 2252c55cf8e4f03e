//! What the edge is ordered to do.

use serde::{Deserialize, Serialize};

use super::Member;
use crate::{
    id::{ConnectionId, MemberId, Seq},
    protocol::{Refused, RoomEvent, SequencedEvent, ServerMessage},
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
    /// The host.
    Host,
    /// Everyone in the room.
    Everyone,
}

impl Audience {
    /// Whether a member belongs to it.
    pub fn includes(self, member: &Member) -> bool {
        match self {
            Self::Connection(connection) => member.connection().is_some_and(|at| at.id == connection),
            Self::Member(id) => member.id == id,
            Self::Host => member.role == Role::Host,
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
        message: Box<ServerMessage>,
    },
    /// Close a connection, saying why.
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
    pub(crate) fn of(seq: Seq) -> Self {
        Self { seq, orders: Vec::new() }
    }

    pub(crate) fn send(&mut self, to: Audience, message: ServerMessage) {
        self.orders.push(Effect::Send { to, message: Box::new(message) });
    }

    pub(crate) fn refuse(&mut self, connection: ConnectionId, refusal: Refusal) {
        self.send(Audience::Connection(connection), ServerMessage::Refused(Refused { refusal }));
    }

    pub(crate) fn announce(&mut self, to: Audience, event: RoomEvent) {
        self.send(to, ServerMessage::RoomEvent(SequencedEvent { seq: self.seq, event }));
    }

    pub(crate) fn disconnect(&mut self, connection: ConnectionId, refusal: Refusal) {
        self.orders.push(Effect::Disconnect { connection, refusal: Some(refusal) });
    }

    /// Closes a member's connection after the room's last words.
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
                ServerMessage::RoomEvent(event) => Some((*to, event)),
                _ => None,
            },
            _ => None,
        })
    }

    /// Whether somebody was told no: what was asked for did not happen.
    pub(crate) fn refuse_something(&self) -> bool {
        let is_refusal = |effect: &Effect| matches!(effect, Effect::Send { message, .. } if matches!(**message, ServerMessage::Refused(_)));
        self.orders.iter().any(is_refusal)
    }

    pub(crate) fn into_orders(self) -> Vec<Effect> {
        self.orders
    }
}
