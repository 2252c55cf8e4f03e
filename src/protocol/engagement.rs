//! Reactions and messages from listeners to the host, and what the host does about those who send them.

use serde::{Deserialize, Serialize};

use crate::{
    engagement::{MessageText, Reaction},
    id::{DisplayName, MemberId, Seq},
    time::Timestamp,
};

/// Shows the host a reaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendReaction {
    /// Which.
    pub reaction: Reaction,
}

/// Writes to the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMessage {
    /// Chosen by the client: the same message sent again, such as after a lost connection, is the same message.
    pub nonce: u32,
    /// What is written.
    pub text: MessageText,
}

/// Takes a listener's place away, for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveListener {
    /// Whose.
    pub member: MemberId,
    /// Whether everybody at the same network address is removed too, and kept out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub block_address: bool,
}

/// Asks for messages that are older than the ones known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchMessages {
    /// The oldest message known.
    pub before: Seq,
}

/// A listener's message to the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its place in the room's log, which orders messages and tells them apart.
    pub seq: Seq,
    /// Its author's place.
    pub author: MemberId,
    /// Its author's name at the time.
    pub name: DisplayName,
    /// The number its author's page gave it.
    pub nonce: u32,
    /// What it says.
    pub text: MessageText,
    /// When it was written.
    pub sent_at: Timestamp,
    /// Whether it has been given to the host's page.
    pub delivered: bool,
}

/// Older messages, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// At most [`MESSAGES_AT_ONCE`](crate::limits::MESSAGES_AT_ONCE).
    pub messages: Vec<Message>,
    /// Whether the room keeps still older ones.
    pub has_earlier: bool,
}
