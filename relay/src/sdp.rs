//! Descriptions (RFC 8866, RFC 8829) of a member that answers checks of ICE and sends one track of sound: its offer is written, and the answer
//! to it is read. It decides what we support.

mod answer;
mod offer;
#[cfg(test)]
mod tests;

pub use answer::{Answer, AnswerRefused};
pub use offer::Offer;

/// The payload type of Opus in our offers, as in those of browsers.
pub const OPUS: u8 = 111;
/// The payload type of redundant sound in our offers.
pub const RED: u8 = 63;

/// Elements of header extensions that are passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// How loud it is, which needs no decoder (RFC 6464).
    AudioLevel,
    /// When it was captured, by the host's clock.
    CaptureTime,
}

impl Extension {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::AudioLevel, Self::CaptureTime];

    /// Its name in descriptions (`a=extmap`).
    pub fn uri(self) -> &'static str {
        match self {
            Self::AudioLevel => "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
            Self::CaptureTime => "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time",
        }
    }

    /// Its id in our offers.
    fn id(self) -> u8 {
        match self {
            Self::AudioLevel => 1,
            Self::CaptureTime => 2,
        }
    }
}
