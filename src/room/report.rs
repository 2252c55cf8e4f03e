//! A report of a message, as the owner sees it.

use serde::{Deserialize, Serialize};

use crate::{
    engagement::MessageText,
    id::{DisplayName, MemberId, MessageNumber},
    time::Timestamp,
};

/// What one member has reported about a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The member's place at that time.
    pub member: MemberId,
    /// The member's name at that time.
    #[serde(deserialize_with = "DisplayName::told")]
    pub name: DisplayName,
    /// Why, in one line, if the member has said so.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "MessageText::told_or_none")]
    pub reason: Option<MessageText>,
    /// When.
    pub at: Timestamp,
}

/// A message that was reported, as the owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedMessage {
    /// The message's number.
    pub number: MessageNumber,
    /// The place of its author.
    pub author: MemberId,
    /// The reports, oldest first: one of each member.
    pub by: Vec<Report>,
}
