//! What a client asks about the messages that members write.

use serde::{Deserialize, Serialize};

use crate::{
    engagement::{Emoji, MessageText},
    id::MessageNumber,
    refusal::Refusal,
    room::Picture,
};

/// Writes a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// Chosen by the client. A message with the same nonce that is sent again, such as after a lost connection, is the
    /// same message. Unique among the messages of an account for 24 hours.
    pub nonce: u32,
    /// The text; may be empty if there is a picture.
    #[serde(deserialize_with = "MessageText::read_or_none")]
    pub text: MessageText,
    /// The pictures, as the answers to their uploads have described them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<Picture>,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageNumber>,
}

impl Write {
    /// Checks that it says or shows something.
    ///
    /// # Errors
    /// [`Refusal::MessageEmpty`].
    pub const fn check(&self) -> Result<(), Refusal> {
        if self.text.is_none() && self.pictures.is_empty() { Err(Refusal::MessageEmpty) } else { Ok(()) }
    }
}

/// Changes one of the member's own messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The message's number.
    pub number: MessageNumber,
    /// The new text; may be empty if the message has a picture.
    #[serde(deserialize_with = "MessageText::read_or_none")]
    pub text: MessageText,
}

/// Deletes a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delete {
    /// The message's number.
    pub number: MessageNumber,
}

/// Pins a message, or takes the pin away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The message's number.
    pub number: MessageNumber,
    /// Whether it is pinned from now on.
    pub pinned: bool,
}

/// Asks for messages that are older than the ones known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchMessages {
    /// The oldest message known.
    pub before: MessageNumber,
}

/// Puts an emoji on a message, or takes it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactTo {
    /// The message's number.
    pub number: MessageNumber,
    /// The emoji.
    pub emoji: Emoji,
    /// Whether it is on the message from now on.
    pub on: bool,
}

/// Reports a message to the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportMessage {
    /// The message's number.
    pub number: MessageNumber,
    /// Why: at most [`REPORT_CHARS`](crate::limits::REPORT_CHARS) characters, shown in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<MessageText>,
}

/// Dismisses what was reported about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DismissReports {
    /// The message's number.
    pub number: MessageNumber,
}

/// The member has seen the messages up to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRead {
    /// The latest of them.
    pub up_to: MessageNumber,
}
