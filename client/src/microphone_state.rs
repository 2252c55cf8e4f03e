//! Whether the microphone gives sound.

/// Whether a microphone that is open gives sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MicrophoneState {
    /// It gives sound, or this is not known.
    #[default]
    Sounding,
    /// The system has muted it (W3C Media Capture and Streams, `MediaStreamTrack.muted`).
    Muted,
    /// It gives only zeros.
    Silent,
}

/// The state of the microphone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Microphone {
    pub(super) state: MicrophoneState,
    /// Whether it has given no sound for so long that people are told.
    pub(super) is_told: bool,
}
