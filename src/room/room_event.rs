//! The events that members of a room are told, and what they do to a message.

use serde::{Deserialize, Serialize};

use super::{LastMessage, Link, Markup, MemberView, Message, Publication, Report, Waiting};
use crate::{
    engagement::{Emoji, MessageText, Reaction},
    id::{DisplayName, MemberId, MessageNumber, PictureId, PublicationId, RoomName, Seq},
    time::Timestamp,
};

/// Why a room ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Its owner stopped it.
    Stopped,
    /// Nothing was sent and nothing happened for too long.
    Idle,
    /// The host stayed away for too long.
    HostAbsent,
}

/// An event that members of a room are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomEvent {
    /// Somebody took a place, or came back to theirs with a new page.
    MemberJoined {
        /// The member.
        member: MemberView,
    },
    /// A member lost or regained the connection.
    MemberConnected {
        /// The member.
        member: MemberId,
        /// Whether it is there.
        connected: bool,
    },
    /// A member's place is free.
    MemberLeft {
        /// The member.
        member: MemberId,
    },
    /// A member has chosen another name.
    MemberNamed {
        /// The member.
        member: MemberId,
        /// The name.
        #[serde(deserialize_with = "DisplayName::told")]
        name: DisplayName,
    },
    /// The room has another name.
    RoomNamed {
        /// The owner, who has named it.
        by: MemberId,
        /// The name.
        #[serde(deserialize_with = "RoomName::told")]
        name: RoomName,
    },
    /// The room has another owner.
    OwnerChanged {
        /// The owner from now on.
        owner: MemberId,
        /// Their name.
        #[serde(deserialize_with = "DisplayName::told")]
        name: DisplayName,
    },
    /// The owner is asked before somebody comes in, or is not asked any more.
    AskFirstChanged {
        /// Whether the owner is asked from now on.
        on: bool,
    },
    /// Somebody asks to come in, or asks under another name. Only the owner is told.
    JoinAsked {
        /// Who asks.
        waiting: Waiting,
    },
    /// These do not ask any more: they were answered, gave up, or have waited for too long. Only the owner is told.
    JoinAnswered {
        /// The places that they would have got.
        members: Vec<MemberId>,
    },
    /// The audience has grown or shrunk.
    AttendanceChanged {
        /// See [`RoomView::attendance`](super::RoomView::attendance).
        attendance: u32,
    },
    /// The member must connect with another one, or connect again because the other one has opened a new page.
    LinkOpened {
        /// The two members, and which of them offers.
        link: Link,
    },
    /// The member must close the connection with another one.
    LinkClosed {
        /// The other member.
        peer: MemberId,
    },
    /// A publication began or changed.
    PublicationChanged {
        /// The publication.
        publication: Publication,
    },
    /// A publication ended.
    PublicationEnded {
        /// The publication.
        publication: PublicationId,
    },
    /// The member's own publication was ended by another member. Only its member is told.
    PublicationStopped {
        /// The publication.
        publication: PublicationId,
        /// Who has ended it.
        by: MemberId,
    },
    /// Another page of the member has the member's sound. Only the page that had it is told.
    SoundMoved,
    /// A member reacted.
    Reacted {
        /// The member.
        member: MemberId,
        /// The reaction.
        reaction: Reaction,
        /// The time.
        at: Timestamp,
    },
    /// A member wrote.
    MessageSent {
        /// The message.
        message: Message,
    },
    /// A message was changed.
    MessageEdited {
        /// The message's number.
        number: MessageNumber,
        /// The author's current place.
        author: MemberId,
        /// The number of changes, this one included.
        version: u32,
        /// The text.
        #[serde(deserialize_with = "MessageText::told")]
        text: MessageText,
        /// What the server has made of the markup in it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        markup: Option<Markup>,
    },
    /// A message was deleted.
    MessageDeleted {
        /// The message's number.
        number: MessageNumber,
    },
    /// A message was pinned, or its pin was taken away.
    MessagePinned {
        /// The message's number.
        number: MessageNumber,
        /// Whether it is pinned.
        pinned: bool,
    },
    /// Whoever runs the server removed a picture from a message.
    PictureRemoved {
        /// The message's number.
        number: MessageNumber,
        /// The picture.
        picture: PictureId,
    },
    /// A member has put an emoji on a message, or has taken it away.
    MessageReacted {
        /// The message's number.
        number: MessageNumber,
        /// The member.
        member: MemberId,
        /// The emoji.
        #[serde(deserialize_with = "Emoji::told")]
        emoji: Emoji,
        /// Whether it is on the message from now on.
        on: bool,
    },
    /// A member has reported a message. Only the owner is told.
    MessageReported {
        /// The message's number.
        number: MessageNumber,
        /// The place of its author.
        author: MemberId,
        /// What was reported.
        report: Report,
    },
    /// There are no reports about these messages any more. Only the owner is told.
    ReportsDismissed {
        /// The messages' numbers.
        numbers: Vec<MessageNumber>,
    },
    /// The room has the member's report of a message. Only the member is told.
    ReportTaken {
        /// The message's number.
        number: MessageNumber,
    },
    /// The owner's page has been given the messages up to this one.
    MessagesDelivered {
        /// The last of them.
        up_to: MessageNumber,
    },
    /// The room's end has come near, has moved, or is no longer near.
    EndExpected {
        /// See [`RoomView::ends_at`](super::RoomView::ends_at).
        ends_at: Option<Timestamp>,
    },
    /// The room has ended.
    RoomEnded {
        /// The reason.
        reason: EndReason,
    },
}

impl RoomEvent {
    /// The member whose name or text the event holds, or who caused it.
    pub const fn subject(&self) -> Option<MemberId> {
        match self {
            Self::MemberJoined { member } => Some(member.member),
            Self::MessageSent { message } => Some(message.author),
            Self::MessageReported { report, .. } => Some(report.member),
            Self::JoinAsked { waiting } => Some(waiting.member),
            Self::MessageEdited { author, .. }
            | Self::MemberConnected { member: author, .. }
            | Self::MemberLeft { member: author }
            | Self::MemberNamed { member: author, .. }
            | Self::RoomNamed { by: author, .. }
            | Self::OwnerChanged { owner: author, .. }
            | Self::PublicationStopped { by: author, .. }
            | Self::MessageReacted { member: author, .. }
            | Self::Reacted { member: author, .. } => Some(*author),
            Self::AttendanceChanged { .. }
            | Self::AskFirstChanged { .. }
            | Self::JoinAnswered { .. }
            | Self::LinkOpened { .. }
            | Self::LinkClosed { .. }
            | Self::PublicationChanged { .. }
            | Self::PublicationEnded { .. }
            | Self::SoundMoved
            | Self::MessageDeleted { .. }
            | Self::MessagePinned { .. }
            | Self::PictureRemoved { .. }
            | Self::ReportsDismissed { .. }
            | Self::ReportTaken { .. }
            | Self::MessagesDelivered { .. }
            | Self::EndExpected { .. }
            | Self::RoomEnded { .. } => None,
        }
    }

    /// What the server has made of the markup in its message.
    pub const fn markup_mut(&mut self) -> Option<&mut Option<Markup>> {
        match self {
            Self::MessageSent { message } => Some(&mut message.markup),
            Self::MessageEdited { markup, .. } => Some(markup),
            _ => None,
        }
    }

    /// Whether it is about reactions and messages, and not about members and publications.
    pub const fn is_talk(&self) -> bool {
        matches!(
            self,
            Self::Reacted { .. }
                | Self::MessageSent { .. }
                | Self::MessageEdited { .. }
                | Self::MessageDeleted { .. }
                | Self::MessagePinned { .. }
                | Self::PictureRemoved { .. }
                | Self::MessageReacted { .. }
                | Self::MessageReported { .. }
                | Self::ReportsDismissed { .. }
                | Self::ReportTaken { .. }
                | Self::MessagesDelivered { .. }
        )
    }
}

/// A room's event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequencedEvent {
    /// The place in the log.
    pub seq: Seq,
    /// What happened.
    pub event: RoomEvent,
}

impl Message {
    /// Updates the message. Events about other messages have no effect.
    pub fn apply(&mut self, event: &RoomEvent) {
        match event {
            RoomEvent::MessageEdited { number, version, text, markup, .. } if *number == self.number => {
                self.version = *version;
                self.change_words(text, markup.as_ref());
            }
            RoomEvent::MessageDeleted { number } if *number == self.number => self.delete(),
            RoomEvent::MessagePinned { number, pinned } if *number == self.number => self.pinned = *pinned,
            RoomEvent::PictureRemoved { number, picture } if *number == self.number => self.remove_picture(*picture),
            RoomEvent::MessageReacted { number, member, emoji, on } if *number == self.number => {
                self.react(*member, emoji, *on);
            }
            RoomEvent::MessagesDelivered { up_to } if self.number <= *up_to => self.delivered = true,
            _ => {}
        }
    }
}

impl LastMessage {
    /// Updates a member's last message. Events about other messages have no effect.
    pub(super) fn apply(last: &mut Option<Self>, event: &RoomEvent) {
        match (last.as_mut(), event) {
            (Some(known), RoomEvent::MessageEdited { number, text, .. }) if *number == known.number => {
                known.text.clone_from(text);
            }
            (Some(known), RoomEvent::MessageDeleted { number }) if *number == known.number => *last = None,
            _ => {}
        }
    }
}
