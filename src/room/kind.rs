//! The kinds of rooms.

use serde::{Deserialize, Serialize};

/// The kind of a room, set at its creation. Only kinds that have rules are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// One member sends, the others listen.
    #[default]
    Broadcast,
    /// All members are equal, and each may send.
    Lounge,
}

impl RoomKind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Broadcast, Self::Lounge];
}
