//! The messages between a client and the server: JSON in WebSocket text frames, one message a frame, told apart by
//! `type`. `docs/protocol.md` shows each with an example that a test decodes.
//!
//! A page has one connection and may be in many rooms over it: what is about a room stands in a frame that names the room. One
//! family a file: [`session`] (hello, heartbeats, refusals of the connection), [`in_room`] (what is said to a room and by a room),
//! [`signal`] (between two members). What a room itself says is [`RoomMessage`]; the room knows nothing of frames.

pub mod in_room;
pub mod session;
pub mod signal;

use serde::{Deserialize, Serialize};

pub use in_room::*;
pub use session::*;
pub use signal::*;

use crate::{
    id::RoomCode,
    limits::{FRAME_BYTES, ROOMS_PER_CONNECTION},
    refusal::Refusal,
    room::RoomMessage,
};

/// The protocol's version. A client says it in its hello; the server serves this one alone.
pub const PROTOCOL_VERSION: u32 = 2;

/// What a client says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// First of all: the version spoken.
    Hello(Hello),
    /// Asks whether the connection is alive; answered by [`ServerMessage::Pong`].
    Ping(Ping),
    /// Takes up places again on a new connection. Each room answers in a frame of its own.
    ResumeRooms(ResumeRooms),
    /// Something for a room.
    Room(RoomFrame<ToRoom>),
}

/// What the server says: past tense, or an answer.
#[allow(
    clippy::large_enum_variant,
    reason = "a message is handled at once, and never kept in numbers; 32-bit targets are below the limit"
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Answers the hello.
    Welcome(Welcome),
    /// The connection is alive.
    Heartbeat,
    /// Answers a ping.
    Pong(Ping),
    /// Something about the connection was not done.
    Refused(Refused),
    /// Something from a room.
    Room(RoomFrame<FromRoom>),
}

impl ClientMessage {
    /// Something for a room.
    pub const fn to_room(room: RoomCode, message: ToRoom) -> Self {
        Self::Room(RoomFrame { room, message })
    }
}

impl ServerMessage {
    /// Something from a room.
    pub const fn from_room(room: RoomCode, message: FromRoom) -> Self {
        Self::Room(RoomFrame { room, message })
    }

    /// What a room said.
    pub fn said_by(room: RoomCode, message: RoomMessage) -> Self {
        Self::from_room(room, message.into())
    }
}

/// Reads a client's frame.
///
/// # Errors
/// [`Refusal::FrameTooLarge`] over [`FRAME_BYTES`], otherwise [`Refusal::FrameMalformed`].
pub fn decode_client(frame: &str) -> Result<ClientMessage, Refusal> {
    if frame.len() > FRAME_BYTES {
        return Err(Refusal::FrameTooLarge);
    }
    let message: ClientMessage = serde_json::from_str(frame).map_err(|_| Refusal::FrameMalformed)?;
    let is_bounded = match &message {
        ClientMessage::Room(RoomFrame { message: ToRoom::Signal(sent), .. }) => sent.signal.is_bounded(),
        ClientMessage::ResumeRooms(resume) => resume.rooms.len() <= ROOMS_PER_CONNECTION,
        _ => true,
    };
    if is_bounded { Ok(message) } else { Err(Refusal::FrameMalformed) }
}

/// Reads a server's frame.
///
/// # Errors
/// [`Refusal::FrameMalformed`].
pub fn decode_server(frame: &str) -> Result<ServerMessage, Refusal> {
    serde_json::from_str(frame).map_err(|_| Refusal::FrameMalformed)
}

/// Writes a message as a frame.
pub fn encode(message: &impl Serialize) -> String {
    serde_json::to_string(message).expect("messages have string keys and no failing serializer")
}
