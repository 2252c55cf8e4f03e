//! The stream, and what happens in the room that carries it.

use serde::{Deserialize, Serialize};

use crate::{
    id::{DisplayName, MemberId, RoomCode, Seq},
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
    /// Whether a connection is there; without one the place is kept for the grace period.
    pub attached: bool,
    /// When the place was taken.
    pub joined_at: Timestamp,
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
    /// Why it ended, once it has.
    pub ended: Option<EndReason>,
    /// Who listens, in order of arrival; empty for those who may not know.
    pub listeners: Vec<ListenerView>,
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
    },
    /// The room has ended.
    RoomEnded {
        /// Why.
        reason: EndReason,
    },
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
            RoomEvent::StreamChanged { stream } => self.stream = *stream,
            RoomEvent::RoomEnded { reason } => {
                self.stream = StreamState::Ended;
                self.ended = Some(*reason);
            }
        }
    }
}
