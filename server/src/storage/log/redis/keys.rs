//! The names of keys and channels. All of a room's lie in one slot.

use heartogether::id::RoomId;

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
