//! A room in numbers, for those who watch a server.

use super::{Member, Room, RoomKind, StreamState, links};
use crate::id::NodeId;

/// What a room holds. A room that has ended holds nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// The room's kind.
    pub kind: RoomKind,
    /// Whether the room exists and has not ended.
    pub is_live: bool,
    /// Members who are connected to the node that asks.
    pub connected: usize,
    /// Members who are connected to no node: in their grace period, or the owner of a room.
    pub away: usize,
    /// Links between members.
    pub links: usize,
    /// Publications that give sound.
    pub live: usize,
    /// Publications whose senders have paused.
    pub paused: usize,
    /// Publications whose source or sender's connection is gone.
    pub interrupted: usize,
}

impl Census {
    /// The part that each node counts for itself, where another node counts the room.
    #[must_use]
    pub fn of_connections(self) -> Self {
        Self { kind: self.kind, connected: self.connected, ..Self::default() }
    }
}

impl Room {
    /// The room in numbers, as a node sees it. A member with pages on several nodes counts on each of them.
    pub fn census(&self, node: NodeId) -> Census {
        let kind = self.kind();
        if self.created().is_none() || self.ended().is_some() {
            return Census { kind, ..Census::default() };
        }
        let publications = self.publications();
        let in_state =
            |state: StreamState| publications.iter().filter(|publication| publication.state == state).count();
        let here = |member: &Member| member.connections().any(|connection| connection.node == node);
        Census {
            kind,
            is_live: true,
            connected: self.members().filter(|member| here(member)).count(),
            away: self.members().filter(|member| !member.is_connected()).count(),
            links: links::all(self).len(),
            live: in_state(StreamState::Live),
            paused: in_state(StreamState::Paused),
            interrupted: in_state(StreamState::Interrupted),
        }
    }
}
