//! What the members of a room order.

use serde::{Deserialize, Serialize};

use super::{Answered, ArchivedMessage, AskingTerms, Markup, Picture, Source};
use crate::{
    engagement::{Emoji, MessageText, Reaction},
    id::{DisplayName, MemberId, MessageNumber, NameMark, PublicationId, RoomName},
    role::Permission,
};

/// A command of a member. A member has at most one publication; commands about a stream refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Give up the place.
    Leave,
    /// Begin to send, or change the source.
    Publish {
        /// The id of the publication, if there is none yet.
        id: PublicationId,
        /// Where the sound comes from.
        source: Source,
        /// Whether it begins paused.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        paused: bool,
    },
    /// Pause the publication.
    Pause,
    /// End the pause.
    Resume,
    /// The source is gone: the browser ended the capture, or a new page has not captured anything yet.
    Interrupt,
    /// The source gives no sound, or gives sound again.
    DeclareSilence {
        /// Whether nothing can be heard.
        silent: bool,
    },
    /// Listen to a publication, or listen to it no more. The page that asks has the member's sound.
    Listen {
        /// The publication.
        publication: PublicationId,
        /// Whether to listen from now on.
        on: bool,
    },
    /// End a publication: one's own, or another's.
    EndPublication {
        /// The publication.
        publication: PublicationId,
    },
    /// End the room for everyone.
    StopRoom,
    /// Remove a member for good.
    RemoveMember {
        /// The member.
        member: MemberId,
        /// Whether everybody at the same address is removed too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        block_address: bool,
        /// Whether the member is only sent out, and may come again.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        may_return: bool,
    },
    /// Choose the name that others see.
    NameOneself {
        /// The name.
        #[serde(deserialize_with = "DisplayName::told")]
        name: DisplayName,
        /// The hash of what it looks like.
        mark: NameMark,
    },
    /// Name the room.
    NameRoom {
        /// The name.
        #[serde(deserialize_with = "RoomName::told")]
        name: RoomName,
    },
    /// Make another member the owner.
    HandOver {
        /// The member.
        member: MemberId,
    },
    /// Ask the owner before somebody comes in, under these terms.
    AskFirstUnder(AskingTerms),
    /// Ask the owner before somebody comes in, or not any more. It begins so only in logs from before there were terms: requests do not
    /// end by themselves, and who was declined can ask again at once.
    AskFirst {
        /// Whether the owner is asked from now on.
        on: bool,
    },
    /// Answer somebody who asks to come in.
    AnswerJoin {
        /// The place that they get if they are let in.
        member: MemberId,
        /// Whether they are.
        admit: bool,
    },
    /// Show a reaction.
    React {
        /// The reaction.
        reaction: Reaction,
    },
    /// Write a message.
    Write {
        /// The number the author's page gave the message.
        nonce: u32,
        /// The text.
        #[serde(deserialize_with = "MessageText::told")]
        text: MessageText,
        /// The pictures, as the server has found them to be. Whether there is a text or a picture is checked before: a replay
        /// cannot tell a text that is forgotten from none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pictures: Vec<Picture>,
        /// The message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageNumber>,
        /// The archive's data about the message it answers. Entries from before there was such data have none: what they answer
        /// was not checked, and a replay does not check it either.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered: Option<Answered>,
        /// Whether the archive holds it already: it was written once before, and the room itself has forgotten it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_archived: bool,
        /// What the server has made of the markup in the text, so that all nodes show the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        markup: Option<Markup>,
    },
    /// Change a message.
    Edit {
        /// The message's number.
        number: MessageNumber,
        /// The new text.
        #[serde(deserialize_with = "MessageText::told")]
        text: MessageText,
        /// What the server has made of the markup in it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        markup: Option<Markup>,
        /// The archive's data about the message, if the room has dropped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
    /// Delete a message.
    Delete {
        /// The message's number.
        number: MessageNumber,
        /// The archive's data about the message, if the room has dropped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
    /// Put an emoji on a message, or take it away.
    ReactTo {
        /// The message's number.
        number: MessageNumber,
        /// The emoji.
        #[serde(deserialize_with = "Emoji::told")]
        emoji: Emoji,
        /// Whether it is on the message from now on.
        on: bool,
        /// The archive's data about the message, if the room has dropped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
    /// Pin a message, or take the pin away.
    Pin {
        /// The message's number.
        number: MessageNumber,
        /// Whether it is pinned from now on.
        pinned: bool,
        /// The archive's data about the message, if the room has dropped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
    /// Report a message to the owner.
    ReportMessage {
        /// The message's number.
        number: MessageNumber,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "MessageText::told_or_none")]
        reason: Option<MessageText>,
        /// The archive's data about the message, if the room has dropped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<ArchivedMessage>,
    },
    /// Dismiss what was reported about a message.
    DismissReports {
        /// The message's number.
        number: MessageNumber,
    },
}

impl Command {
    /// The owner wants to be asked before somebody comes in, under the terms of today, or not any more.
    pub const fn ask_first(on: bool) -> Self {
        if on { Self::AskFirstUnder(AskingTerms::TODAY) } else { Self::AskFirst { on } }
    }

    /// The permission that the sender needs.
    pub const fn permission(&self) -> Permission {
        match self {
            Self::Leave => Permission::Leave,
            Self::Publish { .. }
            | Self::Pause
            | Self::Resume
            | Self::Interrupt
            | Self::DeclareSilence { .. }
            | Self::EndPublication { .. } => Permission::Publish,
            Self::Listen { .. } => Permission::Hear,
            Self::StopRoom => Permission::StopRoom,
            Self::RemoveMember { .. } => Permission::RemoveMember,
            Self::React { .. } | Self::Write { .. } | Self::Edit { .. } | Self::Delete { .. } => Permission::Engage,
            Self::Pin { .. } | Self::DismissReports { .. } => Permission::Moderate,
            Self::ReactTo { .. } | Self::ReportMessage { .. } => Permission::Converse,
            Self::NameOneself { .. } => Permission::NameOneself,
            Self::NameRoom { .. } => Permission::NameRoom,
            Self::HandOver { .. } => Permission::HandOver,
            Self::AskFirst { .. } | Self::AskFirstUnder(_) | Self::AnswerJoin { .. } => Permission::Admit,
        }
    }
}
