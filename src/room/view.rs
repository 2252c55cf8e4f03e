//! The room as a member sees it, and the events that members are told. A view with all events applied equals the view
//! that the room would make now.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Link, Message, Publication, StreamState};
use crate::{
    engagement::{MessageText, Reaction},
    id::{DisplayName, MemberId, MessageNumber, PublicationId, RoomCode, Seq},
    limits::MESSAGES_AT_ONCE,
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

/// A room as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomView {
    /// Its code.
    pub code: RoomCode,
    /// The owner's place, present or not.
    pub owner: MemberId,
    /// The owner's name.
    #[serde(deserialize_with = "DisplayName::told")]
    pub owner_name: DisplayName,
    /// Places beside the owner's.
    pub max_members: u32,
    /// The number of listeners. Members who do not see the listeners' names may get it a little late.
    pub attendance: u32,
    /// The publications.
    pub publications: Vec<Publication>,
    /// The members to connect with.
    pub links: Vec<Link>,
    /// When the room ends if nothing happens until then. Set once the end is near enough to warn of it.
    pub ends_at: Option<Timestamp>,
    /// Why the room ended; `None` while it is open.
    pub ended: Option<EndReason>,
    /// The members in order of arrival; empty for members who may not see them.
    pub members: Vec<MemberView>,
    /// The latest messages that the member may read, oldest first, at most [`MESSAGES_AT_ONCE`].
    pub messages: Vec<Message>,
    /// Whether there are older messages.
    pub has_earlier_messages: bool,
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
    /// The audience has grown or shrunk.
    AttendanceChanged {
        /// See [`RoomView::attendance`].
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
    /// The owner's page has been given the messages up to this one.
    MessagesDelivered {
        /// The last of them.
        up_to: MessageNumber,
    },
    /// The room's end has come near, has moved, or is no longer near.
    EndExpected {
        /// See [`RoomView::ends_at`].
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
            Self::MessageEdited { author, .. }
            | Self::MemberConnected { member: author, .. }
            | Self::MemberLeft { member: author }
            | Self::Reacted { member: author, .. } => Some(*author),
            Self::AttendanceChanged { .. }
            | Self::LinkOpened { .. }
            | Self::LinkClosed { .. }
            | Self::PublicationChanged { .. }
            | Self::PublicationEnded { .. }
            | Self::MessageDeleted { .. }
            | Self::MessagePinned { .. }
            | Self::MessagesDelivered { .. }
            | Self::EndExpected { .. }
            | Self::RoomEnded { .. } => None,
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

impl RoomView {
    /// The room without its members and messages, for a page with little space.
    pub fn outline(&self) -> Self {
        Self {
            links: Vec::new(),
            members: Vec::new(),
            messages: Vec::new(),
            publications: self.publications.clone(),
            owner_name: self.owner_name.clone(),
            ..*self
        }
    }

    /// The state of all publications together.
    pub fn stream(&self) -> StreamState {
        match self.ended {
            Some(_) => StreamState::Ended,
            None => self.publications.first().map_or(StreamState::Idle, |publication| publication.state),
        }
    }

    /// Whether a publication gives no sound although it is not paused.
    pub fn is_silent(&self) -> bool {
        self.publications.iter().any(|publication| publication.silent)
    }

    /// When the publication began.
    pub fn started_at(&self) -> Option<Timestamp> {
        self.publications.first().map(|publication| publication.started_at)
    }

    /// The link with another member.
    pub fn link_with(&self, peer: MemberId) -> Option<&Link> {
        self.links.iter().find(|link| link.has(peer))
    }

    /// Updates the view with an event. Applying an event twice has no effect.
    pub fn apply(&mut self, event: &RoomEvent) {
        match event {
            RoomEvent::MemberJoined { member } => self.add_member(member),
            RoomEvent::MemberConnected { member, connected } => {
                self.with_member(*member, |known| known.connected = *connected);
            }
            RoomEvent::MemberLeft { member } => self.members.retain(|known| known.member != *member),
            RoomEvent::AttendanceChanged { attendance } => self.attendance = *attendance,
            RoomEvent::LinkOpened { link } => {
                self.links.retain(|known| known != link);
                self.links.push(*link);
                self.links.sort_unstable();
            }
            RoomEvent::LinkClosed { peer } => self.links.retain(|known| !known.has(*peer)),
            RoomEvent::PublicationChanged { publication } => self.add_publication(publication),
            RoomEvent::PublicationEnded { publication } => self.publications.retain(|known| known.id != *publication),
            RoomEvent::Reacted { member, reaction, at } => self.with_member(*member, |known| {
                known.last_reaction = Some(*reaction);
                known.active_at = *at;
            }),
            RoomEvent::MessageSent { message } => self.add_message(message),
            RoomEvent::MessageEdited { .. }
            | RoomEvent::MessageDeleted { .. }
            | RoomEvent::MessagePinned { .. }
            | RoomEvent::MessagesDelivered { .. } => self.change_message(event),
            RoomEvent::EndExpected { ends_at } => self.ends_at = *ends_at,
            RoomEvent::RoomEnded { reason } => {
                self.publications.clear();
                self.links.clear();
                self.ends_at = None;
                self.ended = Some(*reason);
            }
        }
    }

    fn with_member(&mut self, member: MemberId, change: impl FnOnce(&mut MemberView)) {
        if let Some(known) = self.members.iter_mut().find(|known| known.member == member) {
            change(known);
        }
    }

    fn add_member(&mut self, member: &MemberView) {
        match self.members.iter_mut().find(|known| known.member == member.member) {
            Some(known) => *known = member.clone(),
            None => self.members.push(member.clone()),
        }
    }

    fn add_publication(&mut self, publication: &Publication) {
        match self.publications.iter_mut().find(|known| known.id == publication.id) {
            Some(known) => known.clone_from(publication),
            None => self.publications.push(publication.clone()),
        }
    }

    fn change_message(&mut self, event: &RoomEvent) {
        self.messages.iter_mut().for_each(|message| message.apply(event));
        self.members.iter_mut().for_each(|member| LastMessage::apply(&mut member.last_message, event));
    }

    fn add_message(&mut self, message: &Message) {
        if self.messages.iter().any(|known| known.number >= message.number) {
            return;
        }
        self.with_member(message.author, |known| {
            known.last_message = message.text.clone().map(|text| LastMessage { number: message.number, text });
            known.active_at = message.sent_at;
        });
        self.messages.push(message.clone());
        if self.messages.len() > MESSAGES_AT_ONCE {
            self.messages.remove(0);
            self.has_earlier_messages = true;
        }
    }
}
