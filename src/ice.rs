//! The STUN and TURN servers (RFC 8489, RFC 8656) that peer connections find their way through the network with.

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

/// What a page's peer connections find their way through the network with. Only members are told of TURN servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceConfiguration {
    /// In the order of preference.
    pub servers: Vec<IceServer>,
    /// Seconds after which to ask again, because passwords end some time after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renew_in_s: Option<u32>,
    /// Whether sound may go through TURN servers only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub relay_only: bool,
    /// Whether members have a TURN server.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_relay: bool,
}

/// Whether a server passes sound on (TURN, RFC 8656).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relay {
    /// None does.
    None,
    /// One does where it has to.
    Available,
    /// One does always: whoever runs this server wants it so.
    Always,
}

impl IceConfiguration {
    /// Whether a server stands by that passes members' sound on where no direct path is found.
    pub const fn relay(&self) -> Relay {
        match (self.has_relay, self.relay_only) {
            (false, _) => Relay::None,
            (true, false) => Relay::Available,
            (true, true) => Relay::Always,
        }
    }
}
