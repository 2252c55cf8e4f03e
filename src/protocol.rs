//! The messages between a client and the server: JSON in WebSocket text frames, one message a frame. A message is an
//! object whose only key is its name, or its name alone if it has no fields (`docs/decisions/33-tags-outside.md`).
//! `docs/protocol.md` shows each with an example that a test decodes.
//!
//! A page has one connection, over which it may be in many rooms. Messages about a room are in a frame that names the
//! room. Each group of messages has a file: [`session`] (hello, heartbeats, refusals of the connection), [`in_room`]
//! (messages to and from a room), [`signal`] (between two members),
//! [`custom`] (events for programs), [`lounges`] (changes of an account's list of lounges). Messages that a room itself makes
//! are [`RoomMessage`]s; the room does not know about frames.

pub mod custom;
pub mod in_room;
pub mod lounges;
pub mod session;
pub mod signal;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use custom::*;
pub use in_room::*;
pub use lounges::*;
pub use session::*;
pub use signal::*;

use crate::{
    id::RoomCode,
    json,
    limits::{FRAME_BYTES, ROOMS_PER_CONNECTION},
    refusal::Refusal,
    room::RoomMessage,
};

/// The protocol's version. A client sends it in its hello. The server supports only this one.
pub const PROTOCOL_VERSION: u32 = 2;

/// A message from a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientMessage {
    /// The first message, with the client's version.
    Hello(Hello),
    /// Asks whether the connection is alive; answered by [`ServerMessage::Pong`].
    Ping(Ping),
    /// Resumes places on a new connection. Each room answers in its own frame.
    ResumeRooms(ResumeRooms),
    /// Something for a room.
    Room(RoomFrame<ToRoom>),
}

/// A message from the server: an event in the past tense, or an answer.
#[allow(
    clippy::large_enum_variant,
    reason = "a message is handled at once, and never kept in numbers; 32-bit targets are below the limit"
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerMessage {
    /// Answers the hello.
    Welcome(Welcome),
    /// The connection is alive.
    Heartbeat,
    /// Answers a ping.
    Pong(Ping),
    /// A request about the connection was refused.
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

    /// A message of a room in its frame.
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
    read(frame)
}

/// Reads what our own server has written as JSON. What is wrong with it is not told: in browsers nobody would read it, and
/// the code that puts it into words is what a listener would wait for.
///
/// A character beyond U+FFFF is read as itself, as our server writes it. Escaped as a pair of surrogates (RFC 8259, section 7),
/// it is refused.
///
/// # Errors
/// [`Refusal::FrameMalformed`].
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    json::read(text).map_err(|_| Refusal::FrameMalformed)
}

/// Writes a message as a frame.
pub fn encode(message: &impl Serialize) -> String {
    json::write(message).expect("messages have string keys and no failing serializer")
}
