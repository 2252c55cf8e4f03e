//! A member as others see them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    engagement::{MessageText, Reaction},
    id::{DisplayName, MemberId, MessageNumber},
    time::Timestamp,
};

/// A member as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The place.
    pub member: MemberId,
    /// The name.
    #[serde(deserialize_with = "DisplayName::told")]
    pub name: DisplayName,
    /// The e-mail address, if they signed in with a provider that has checked it and want the owner to see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether there is a picture of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_picture: bool,
    /// Whether a connection is there; without one the place is kept for the grace period.
    pub connected: bool,
    /// When the place was taken.
    pub joined_at: Timestamp,
    /// When they last did something: came, reacted or wrote.
    pub active_at: Timestamp,
    /// Their last reaction.
    pub last_reaction: Option<Reaction>,
    /// Their last message, unless it is deleted.
    pub last_message: Option<LastMessage>,
}

/// A member's last message. It is updated when the message changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastMessage {
    /// The message's number.
    pub number: MessageNumber,
    /// The text.
    #[serde(deserialize_with = "MessageText::told")]
    pub text: MessageText,
}

impl fmt::Display for LastMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}
