//! The names of keys and channels. All of a room's lie in one slot.

use heartogether::id::{NodeId, RoomId};

use super::partitions::{partition_of, tag_of};

/// A room's meta, log and snapshots.
pub(super) fn of(room: RoomId) -> [String; 3] {
    let channel = channel(room);
    ["meta", "log", "snap"].map(|part| format!("{channel}:{part}"))
}

/// Where a room's entries are told.
pub(super) fn channel(room: RoomId) -> String {
    format!("{{{}}}:r:{room}", tag_of(partition_of(room)))
}

/// Where nodes are asked for their copies of a partition's rooms.
pub(super) fn calls(partition: usize) -> String {
    format!("{{{}}}:calls", tag_of(partition))
}

/// Where they give them.
pub(super) fn offers(room: RoomId, epoch: u64) -> String {
    format!("{}:offers:{epoch}", channel(room))
}

/// Where nodes say that they live.
pub(super) fn nodes() -> String {
    format!("{{{}}}:nodes", tag_of(0))
}

/// Where a node is told something.
pub(crate) fn node_channel(node: NodeId) -> String {
    format!("{}{node}", node_channels())
}

/// Where all nodes are told something.
pub(crate) fn nodes_channel() -> String {
    format!("{}all", node_channels())
}

/// How the names of these channels begin.
pub(super) fn node_channels() -> String {
    format!("{{{}}}:n:", tag_of(0))
}

/// What says that a node is subscribed where it should be.
pub(super) fn subscribed(node_channel: &str) -> String {
    format!("{node_channel}:subscribed")
}
