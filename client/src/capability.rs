//! The features of a browser, and those that a page needs.

use heartogether::refusal::Refusal;

/// The features that this browser offers to this page. A setting, an extension or a strict mode may have removed some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Peer connections (W3C WebRTC).
    pub web_rtc: bool,
    /// The signaling connection (RFC 6455).
    pub web_socket: bool,
    /// Level meters and mixing (Web Audio API). Without it a page can still send one source and play sound.
    pub web_audio: bool,
    /// Storage for the next visit (HTML, `localStorage`).
    pub storage: bool,
}

/// Features that a page can do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortfall {
    /// Level meters and mixing.
    WebAudio,
    /// Storage for the next visit.
    Storage,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self { web_rtc: true, web_socket: true, web_audio: true, storage: true }
    }
}

impl Capabilities {
    /// Why this browser cannot be in a room, if it cannot.
    pub const fn refusal(self) -> Option<Refusal> {
        match self {
            Self { web_rtc: false, .. } => Some(Refusal::WebRtcMissing),
            Self { web_socket: false, .. } => Some(Refusal::WebSocketMissing),
            _ => None,
        }
    }

    /// The missing features that the page does without.
    pub fn shortfalls(self) -> impl Iterator<Item = Shortfall> {
        let all = [(self.web_audio, Shortfall::WebAudio), (self.storage, Shortfall::Storage)];
        all.into_iter().filter_map(|(is_there, shortfall)| (!is_there).then_some(shortfall))
    }
}
