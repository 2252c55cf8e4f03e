//! What a search in a room finds.

use heartogether::{
    id::{DisplayName, MemberId, MessageNumber},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Messages that were found, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundMessages {
    /// At most [`RESULTS_AT_ONCE`](heartogether::limits::RESULTS_AT_ONCE).
    pub messages: Vec<FoundMessage>,
    /// Where the next page begins: before this message; `None` if there is no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_before: Option<MessageNumber>,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundMessage {
    /// Its number in the room.
    pub number: MessageNumber,
    /// Its author's place.
    pub author: MemberId,
    /// Its author's name at the time.
    #[serde(deserialize_with = "DisplayName::told")]
    pub name: DisplayName,
    /// When it was written.
    pub sent_at: Timestamp,
    /// The part of its text around the first hit, or its beginning: plain text and hits by turns, plain text first.
    pub excerpt: Vec<String>,
    /// How many pictures it has.
    #[serde(default)]
    pub pictures: u32,
}
