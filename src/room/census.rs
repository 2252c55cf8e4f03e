//! A room in numbers, for those who watch a server.

use super::{Room, RoomKind, StreamState, links};
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
    /// The room in numbers, as a node sees it. A member is connected to one node, so these numbers can be added.
    pub fn census(&self, node: NodeId) -> Census {
        let kind = self.kind();
        if self.created().is_none() || self.ended().is_some() {
            return Census { kind, ..Census::default() };
        }
        let publications = self.publications();
        let in_state =
            |state: StreamState| publications.iter().filter(|publication| publication.state == state).count();
        let connections = || self.members().map(|member| member.connection());
        Census {
            kind,
            is_live: true,
            connected: connections().flatten().filter(|connection| connection.node == node).count(),
            away: connections().filter(Option::is_none).count(),
            links: links::all(self).len(),
            live: in_state(StreamState::Live),
            paused: in_state(StreamState::Paused),
            interrupted: in_state(StreamState::Interrupted),
        }
    }
}
