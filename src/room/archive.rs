//! What a room asks of the archive of messages, and what it is told of it.

use serde::{Deserialize, Serialize};

use super::{Markup, Message};
use crate::{
    engagement::{Emoji, MessageText},
    id::{AccountId, MemberId, MessageNumber, PictureId},
};

/// A change of the archive of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveChange {
    /// A message was written.
    Write {
        /// The author's account.
        account: AccountId,
        /// The message.
        message: Message,
    },
    /// A message was changed.
    Edit {
        /// The message's number.
        number: MessageNumber,
        /// The number of changes, this one included.
        version: u32,
        /// The text.
        text: MessageText,
        /// What the server has made of the markup in it.
        markup: Option<Markup>,
    },
    /// A message was deleted.
    Delete(MessageNumber),
    /// A message was pinned, or its pin was taken away.
    Pin {
        /// The message's number.
        number: MessageNumber,
        /// Whether it is pinned.
        pinned: bool,
    },
    /// An emoji was put on a message, or taken away.
    React {
        /// The message's number.
        number: MessageNumber,
        /// Whose it is.
        member: MemberId,
        /// The emoji.
        emoji: Emoji,
        /// Whether it is on the message from now on.
        on: bool,
    },
    /// A picture was removed from a message.
    RemovePicture {
        /// The message's number.
        number: MessageNumber,
        /// The picture.
        picture: PictureId,
    },
    /// The messages up to this one were delivered.
    Deliver {
        /// The last of them.
        up_to: MessageNumber,
    },
    /// The messages up to this one are dropped from the archive.
    Forget {
        /// The last of them.
        up_to: MessageNumber,
    },
}

/// The archive's data about a message that the room has dropped. The server writes it into the entry, so that a replay
/// never reads the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedMessage {
    /// Its author's account.
    pub account: AccountId,
    /// Its author's place.
    pub author: MemberId,
    /// The number of its changes.
    pub version: u32,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Whether it is pinned.
    pub pinned: bool,
    /// How many different emoji are on it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub emoji: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// The archive's data about a message that another one answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// It has none.
    Missing,
    /// It has the message.
    Archived(ArchivedMessage),
}

impl From<Option<ArchivedMessage>> for Answered {
    fn from(found: Option<ArchivedMessage>) -> Self {
        found.map_or(Self::Missing, Self::Archived)
    }
}
