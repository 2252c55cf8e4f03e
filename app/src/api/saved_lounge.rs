//! A lounge in somebody's list.

use heartogether::{
    id::{DisplayName, MessageNumber, RoomCode, RoomName, Seq},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A lounge in the visitor's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedLounge {
    /// Its code.
    pub code: RoomCode,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "RoomName::told_or_none")]
    pub name: Option<RoomName>,
    /// The owner's name.
    #[serde(deserialize_with = "DisplayName::told")]
    pub owner_name: DisplayName,
    /// Whether the visitor owns it.
    pub is_owner: bool,
    /// The number of its latest message.
    pub last_message: MessageNumber,
    /// When that was written, or when the lounge was opened.
    pub written_at: Timestamp,
    /// The entry of the lounge's log up to which this is true.
    #[serde(default)]
    pub seq: Seq,
    /// The latest message that the visitor has seen.
    pub read_up_to: MessageNumber,
    /// Whether the visitor wants no notifications from there.
    pub muted: bool,
    /// How many ask the visitor to come in: 0 for all but the owner.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waiting: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl SavedLounge {
    /// The number of messages that the visitor has not seen.
    pub const fn unread(&self) -> u64 {
        self.last_message.0.saturating_sub(self.read_up_to.0)
    }
}
