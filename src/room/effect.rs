//! Effects: what the server must do after an entry, and whether an event would have any.

use serde::{Deserialize, Serialize};

use super::{ArchiveChange, Member, RoomEvent, RoomMessage, SequencedEvent};
use crate::{
    id::{AccountId, ConnectionId, MemberId, Seq},
    refusal::Refusal,
    role::Role,
    time::Timestamp,
};

/// The receivers of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// One connection, a member's or not.
    Connection(ConnectionId),
    /// One member.
    Member(MemberId),
    /// All members with this role.
    Role(Role),
    /// All members of the room.
    Everyone,
}

impl Audience {
    /// Whether a member is one of the receivers.
    pub fn includes(self, member: &Member) -> bool {
        match self {
            Self::Connection(connection) => member.is_at(connection),
            Self::Member(id) => member.id == id,
            Self::Role(role) => member.role == role,
            Self::Everyone => true,
        }
    }

    /// Whether a member is one of the receivers, on any connection.
    pub(crate) fn outlasts_connections_of(self, member: &Member) -> bool {
        !matches!(self, Self::Connection(_)) && self.includes(member)
    }
}

/// Something that the server must do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send a message.
    Send {
        /// The receiver.
        to: Audience,
        /// The message.
        message: Box<RoomMessage>,
    },
    /// Change the archive of messages.
    Archive(ArchiveChange),
    /// Add the room to an account's list of rooms, and tell its pages: it has a place that none of them has asked for just now.
    AddToList(AccountId),
    /// Detach a connection from this room, with a reason. The connection stays in its other rooms.
    Disconnect {
        /// The connection.
        connection: ConnectionId,
        /// Why; `None` at the room's end, which its members have just been told of.
        refusal: Option<Refusal>,
    },
    /// The room has ended for good: delete its log and free its code.
    CloseRoom,
    /// Append [`Event::Woke`](super::Event::Woke) at this time. It replaces the time asked for before.
    WakeAt(Timestamp),
}

/// The effect of an event that the room accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreseen {
    /// The event changes something.
    Change,
    /// The event changes nothing, because it was done before.
    Nothing,
}

impl Foreseen {
    pub(super) const fn if_changed(changes: bool) -> Self {
        if changes { Self::Change } else { Self::Nothing }
    }
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

    /// Sends the same message to several audiences.
    pub(crate) fn announce_to(&mut self, audiences: Vec<Audience>, event: &RoomEvent) {
        audiences.into_iter().for_each(|to| self.announce(to, event.clone()));
    }

    pub(crate) fn archive(&mut self, change: ArchiveChange) {
        self.orders.push(Effect::Archive(change));
    }

    pub(crate) fn add_to_list(&mut self, account: AccountId) {
        self.orders.push(Effect::AddToList(account));
    }

    pub(crate) fn disconnect(&mut self, connection: ConnectionId, refusal: Refusal) {
        self.orders.push(Effect::Disconnect { connection, refusal: Some(refusal) });
    }

    /// Detaches a member's connection after the room's last message.
    pub(crate) fn dismiss(&mut self, connection: ConnectionId) {
        self.orders.push(Effect::Disconnect { connection, refusal: None });
    }

    pub(crate) fn close_room(&mut self) {
        self.orders.push(Effect::CloseRoom);
    }

    pub(crate) fn wake_at(&mut self, time: Timestamp) {
        self.orders.push(Effect::WakeAt(time));
    }

    /// An event of the room, with its receivers.
    pub(crate) fn events(&self) -> impl Iterator<Item = (Audience, &SequencedEvent)> {
        self.orders.iter().filter_map(|effect| match effect {
            Effect::Send { to, message } => match message.as_ref() {
                RoomMessage::Event(event) => Some((*to, event)),
                _ => None,
            },
            _ => None,
        })
    }

    /// Whether a request was refused, so that it had no effect.
    pub(crate) fn refuse_something(&self) -> bool {
        let is_refusal = |effect: &Effect| matches!(effect, Effect::Send { message, .. } if matches!(**message, RoomMessage::Refused { .. }));
        self.orders.iter().any(is_refusal)
    }

    pub(crate) fn into_orders(self) -> Vec<Effect> {
        self.orders
    }
}
