//! The stream, and what happens in the room that carries it.

use serde::{Deserialize, Serialize};

use super::engagement::Message;
use crate::{
    engagement::{MessageText, Reaction},
    id::{DisplayName, MemberId, RoomCode, Seq},
    limits::MESSAGES_AT_ONCE,
    time::Timestamp,
};

/// Where the host's sound comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A tab's or the system's sound (`getDisplayMedia`).
    Display,
    /// A microphone (`getUserMedia`).
    Microphone,
}

/// Begins the stream, or changes where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartStream {
    /// Where the sound comes from.
    pub source: Source,
    /// Whether it begins silenced on purpose: a host who comes back in a pause.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
}

/// Says that the source gives no sound though the stream is not paused, or that it does again: a microphone that the system
/// has muted, or one that sends digital silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclareSilence {
    /// Whether nothing can be heard.
    pub silent: bool,
}

/// What the host sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamState {
    /// Nothing yet.
    #[default]
    Idle,
    /// Sound.
    Live,
    /// Silence on purpose.
    Paused,
    /// The host was live and is reconnecting.
    Interrupted,
    /// The room has ended.
    Ended,
}

/// Why a room ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The host stopped it.
    Stopped,
    /// Nobody was live and nothing happened for too long.
    Idle,
    /// The host stayed away for too long.
    HostAbsent,
}

/// A listener as the host sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerView {
    /// The listener's place.
    pub member: MemberId,
    /// The listener's name.
    pub name: DisplayName,
    /// The listener's e-mail address, if they signed in with a provider that has checked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether a connection is there; without one the place is kept for the grace period.
    pub attached: bool,
    /// When the place was taken.
    pub joined_at: Timestamp,
    /// When they last did something: came, reacted or wrote.
    pub active_at: Timestamp,
    /// Their last reaction.
    pub last_reaction: Option<Reaction>,
    /// Their last message.
    pub last_message: Option<MessageText>,
}

/// A room as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomView {
    /// Its code.
    pub code: RoomCode,
    /// The host's place, present or not.
    pub host: MemberId,
    /// The host's name.
    pub host_name: DisplayName,
    /// How many may listen.
    pub max_listeners: u32,
    /// What the host sends.
    pub stream: StreamState,
    /// Whether the host's source gives no sound, and nobody means it to; see [`DeclareSilence`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    /// When the stream that is on was begun; `None` while nothing is sent.
    pub started_at: Option<Timestamp>,
    /// When the room ends unless something happens, once that is near.
    pub ends_at: Option<Timestamp>,
    /// Why it ended, once it has.
    pub ended: Option<EndReason>,
    /// Who listens, in order of arrival; empty for those who may not know.
    pub listeners: Vec<ListenerView>,
    /// The latest messages to the host, oldest first, at most [`MESSAGES_AT_ONCE`]; a listener sees their own.
    pub messages: Vec<Message>,
    /// Whether the room keeps older ones.
    pub has_earlier_messages: bool,
}

/// What happened in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RoomEvent {
    /// A listener took a place, or came back to theirs with a new page and needs an offer. Host only.
    ListenerJoined {
        /// The listener.
        listener: ListenerView,
    },
    /// A listener lost or regained the connection. Host only.
    ListenerAttached {
        /// Whose.
        member: MemberId,
        /// Whether it is there.
        attached: bool,
    },
    /// A listener's place is free. Host only.
    ListenerLeft {
        /// Whose.
        member: MemberId,
    },
    /// What the host sends has changed.
    StreamChanged {
        /// What it is now.
        stream: StreamState,
        /// See [`RoomView::started_at`].
        started_at: Option<Timestamp>,
    },
    /// The host's source gives no sound, or does again.
    SilenceChanged {
        /// See [`RoomView::silent`].
        silent: bool,
    },
    /// A listener reacted. Host only.
    Reacted {
        /// Who.
        member: MemberId,
        /// With what.
        reaction: Reaction,
        /// When.
        at: Timestamp,
    },
    /// A listener wrote to the host. Host and author only.
    MessageSent {
        /// What.
        message: Message,
    },
    /// The host's page has been given the messages up to a place in the log. Host and authors only.
    MessagesDelivered {
        /// The last of them.
        up_to: Seq,
    },
    /// The room's end has come near, has moved, or is far again.
    EndExpected {
        /// See [`RoomView::ends_at`].
        ends_at: Option<Timestamp>,
    },
    /// The room has ended.
    RoomEnded {
        /// Why.
        reason: EndReason,
    },
}

impl RoomEvent {
    /// The listener whom it is about.
    pub const fn subject(&self) -> Option<MemberId> {
        match self {
            Self::ListenerJoined { listener } => Some(listener.member),
            Self::MessageSent { message } => Some(message.author),
            Self::ListenerAttached { member, .. } | Self::ListenerLeft { member } | Self::Reacted { member, .. } => {
                Some(*member)
            }
            Self::StreamChanged { .. }
            | Self::SilenceChanged { .. }
            | Self::MessagesDelivered { .. }
            | Self::EndExpected { .. }
            | Self::RoomEnded { .. } => None,
        }
    }

    /// Whether it is about what listeners say rather than who is there and what the host sends.
    pub const fn is_talk(&self) -> bool {
        matches!(self, Self::Reacted { .. } | Self::MessageSent { .. } | Self::MessagesDelivered { .. })
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
    /// What fits on a page at a glance: without those who listen and what they wrote, which can be much.
    pub fn outline(&self) -> Self {
        Self {
            code: self.code,
            host: self.host,
            host_name: self.host_name.clone(),
            max_listeners: self.max_listeners,
            stream: self.stream,
            silent: self.silent,
            started_at: self.started_at,
            ends_at: self.ends_at,
            ended: self.ended,
            listeners: Vec::new(),
            messages: Vec::new(),
            has_earlier_messages: self.has_earlier_messages,
        }
    }

    /// Brings the view up to date. Applying an event twice changes nothing.
    pub fn apply(&mut self, event: &RoomEvent) {
        match event {
            RoomEvent::ListenerJoined { listener } => {
                match self.listeners.iter_mut().find(|known| known.member == listener.member) {
                    Some(known) => *known = listener.clone(),
                    None => self.listeners.push(listener.clone()),
                }
            }
            RoomEvent::ListenerAttached { member, attached } => {
                if let Some(known) = self.listeners.iter_mut().find(|known| known.member == *member) {
                    known.attached = *attached;
                }
            }
            RoomEvent::ListenerLeft { member } => self.listeners.retain(|known| known.member != *member),
            RoomEvent::StreamChanged { stream, started_at } => {
                self.stream = *stream;
                self.started_at = *started_at;
            }
            RoomEvent::SilenceChanged { silent } => self.silent = *silent,
            RoomEvent::Reacted { member, reaction, at } => {
                if let Some(known) = self.listeners.iter_mut().find(|known| known.member == *member) {
                    known.last_reaction = Some(*reaction);
                    known.active_at = *at;
                }
            }
            RoomEvent::MessageSent { message } => self.add_message(message),
            RoomEvent::MessagesDelivered { up_to } => {
                let given = self.messages.iter_mut().filter(|message| message.seq <= *up_to);
                given.for_each(|message| message.delivered = true);
            }
            RoomEvent::EndExpected { ends_at } => self.ends_at = *ends_at,
            RoomEvent::RoomEnded { reason } => {
                self.stream = StreamState::Ended;
                self.silent = false;
                self.started_at = None;
                self.ends_at = None;
                self.ended = Some(*reason);
            }
        }
    }
    fn add_message(&mut self, message: &Message) {
        if self.messages.iter().any(|known| known.seq >= message.seq) {
            return;
        }
        if let Some(known) = self.listeners.iter_mut().find(|known| known.member == message.author) {
            known.last_message = Some(message.text.clone());
            known.active_at = message.sent_at;
        }
        self.messages.push(message.clone());
        if self.messages.len() > MESSAGES_AT_ONCE {
            self.messages.remove(0);
            self.has_earlier_messages = true;
        }
    }
}
