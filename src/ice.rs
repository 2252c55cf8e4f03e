//! The STUN and TURN servers (RFC 8489, RFC 8656) for peer connections.

use serde::{Deserialize, Serialize};

/// A STUN or TURN server, with the fields of the browsers' `RTCIceServer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` URLs (RFC 7064, RFC 7065).
    pub urls: Vec<String>,
    /// For TURN.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub username: Option<String>,
    /// For TURN.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub credential: Option<String>,
}

/// The servers that a page gets. Only members get TURN servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceConfiguration {
    /// In the order of preference.
    pub servers: Vec<IceServer>,
    /// Seconds after which to request the servers again; the passwords expire some time later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renew_in_s: Option<u32>,
    /// Whether sound may go through TURN servers only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relay_only: bool,
    /// Whether members have a TURN server.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_relay: bool,
}

/// Whether a TURN server relays sound (RFC 8656).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relay {
    /// No server does.
    None,
    /// A server does if there is no direct path.
    Available,
    /// A server always does, because the operator wants it.
    Always,
}

impl IceConfiguration {
    /// Whether a TURN server is available if there is no direct path.
    pub const fn relay(&self) -> Relay {
        match (self.has_relay, self.relay_only) {
            (false, _) => Relay::None,
            (true, false) => Relay::Available,
            (true, true) => Relay::Always,
        }
    }
}
