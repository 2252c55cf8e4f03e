//! A publication as members see it.

use serde::{Deserialize, Serialize};

use crate::{
    id::{MemberId, PublicationId},
    time::Timestamp,
};

/// Where a member's sound comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A tab's or the system's sound (`getDisplayMedia`).
    Display,
    /// A microphone (`getUserMedia`).
    Microphone,
}

impl Source {
    /// All there are.
    pub const ALL: [Self; 2] = [Self::Display, Self::Microphone];

    /// As it is called in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Display => "display",
            Self::Microphone => "microphone",
        }
    }
}

/// What kind of media is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// Sound.
    #[default]
    Audio,
}

/// The state of a publication, or of all publications of a room together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamState {
    /// Nothing is sent yet.
    #[default]
    Idle,
    /// Sound.
    Live,
    /// The sender has paused.
    Paused,
    /// It was live, but its source or its sender's connection is gone.
    Interrupted,
    /// The room has ended.
    Ended,
}

/// A publication as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Its id.
    pub id: PublicationId,
    /// Who sends it.
    pub by: MemberId,
    /// Its media.
    #[serde(default)]
    pub media: Media,
    /// The source of the sound.
    pub source: Source,
    /// Its state.
    pub state: StreamState,
    /// Whether it gives no sound although it is not paused: the system has muted the microphone, or the sound is
    /// digital silence.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silent: bool,
    /// When it began.
    pub started_at: Timestamp,
    /// Who listens to it, where members choose whether to, in the order in which they began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listeners: Vec<MemberId>,
    /// Whether nobody else can listen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_full: bool,
}
