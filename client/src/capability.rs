//! What a browser has to offer, and what a page cannot do without.

use heartogether::refusal::Refusal;

/// What this browser offers to this page: a setting, an extension or a strict mode may have taken it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Peer connections (W3C WebRTC).
    pub web_rtc: bool,
    /// The signaling connection (RFC 6455).
    pub web_socket: bool,
    /// Level meters and mixing (Web Audio API). One source goes out, and sound is heard, without it.
    pub web_audio: bool,
    /// What is kept for the next visit (HTML, `localStorage`).
    pub storage: bool,
}

/// What a page does without where a browser does not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortfall {
    /// Level meters and mixing.
    WebAudio,
    /// What is kept for the next visit.
    Storage,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self { web_rtc: true, web_socket: true, web_audio: true, storage: true }
    }
}

impl Capabilities {
    /// Why no page can be in a room with this browser, if none can.
    pub const fn refusal(self) -> Option<Refusal> {
        match self {
            Self { web_rtc: false, .. } => Some(Refusal::WebRtcMissing),
            Self { web_socket: false, .. } => Some(Refusal::WebSocketMissing),
            _ => None,
        }
    }

    /// What is missing and is done without.
    pub fn shortfalls(self) -> impl Iterator<Item = Shortfall> {
        let all = [(self.web_audio, Shortfall::WebAudio), (self.storage, Shortfall::Storage)];
        all.into_iter().filter_map(|(is_there, shortfall)| (!is_there).then_some(shortfall))
    }
}
