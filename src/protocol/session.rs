//! Hello, heartbeats and refusals: messages about the connection only.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// Opens the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The version the client speaks, [`PROTOCOL_VERSION`](super::PROTOCOL_VERSION).
    pub protocol: u32,
}

/// Answers a hello.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version the server speaks.
    pub protocol: u32,
    /// Milliseconds between heartbeats; a client that hears nothing for three of them opens a new connection.
    pub heartbeat_ms: u64,
}

/// A ping or its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    /// Chosen by the client, sent back unchanged.
    pub nonce: u32,
}

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The refusal.
    pub refusal: Refusal,
}
