//! The messages between a client and the server: JSON in WebSocket text frames, one message a frame, told apart by
//! `type`. `docs/protocol.md` shows each with an example that a test decodes.
//!
//! One family a file: [`session`] (hello, heartbeats, refusals), [`membership`] (join, resume, leave), [`stream`]
//! (start, pause, resume, silence, stop, and what happens in the room), [`engagement`] (reactions, messages, removal), [`signal`]
//! (between two members), [`ice`] (the servers that peer connections need).

pub mod engagement;
pub mod ice;
pub mod membership;
pub mod session;
pub mod signal;
pub mod stream;

use serde::{Deserialize, Serialize};

pub use engagement::*;
pub use ice::*;
pub use membership::*;
pub use session::*;
pub use signal::*;
pub use stream::*;

use crate::{limits::FRAME_BYTES, refusal::Refusal};

/// The protocol's version. A client says it in its hello; the server serves this one alone.
pub const PROTOCOL_VERSION: u32 = 1;

/// What a client says: commands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// First of all: the version spoken.
    Hello(Hello),
    /// Asks whether the connection is alive; answered by [`ServerMessage::Pong`].
    Ping(Ping),
    /// Takes a place in a room.
    JoinRoom(JoinRoom),
    /// Takes up a place again on a new connection.
    ResumeRoom(ResumeRoom),
    /// Gives the place up.
    LeaveRoom,
    /// Begins or changes the stream.
    StartStream(StartStream),
    /// Silences the stream; listeners stay.
    PauseStream,
    /// Ends the pause.
    ResumeStream,
    /// The source is gone; the host is about to share again.
    InterruptStream,
    /// The source gives no sound, or does again.
    DeclareSilence(DeclareSilence),
    /// Ends the room for everyone.
    StopRoom,
    /// Shows the host a reaction.
    SendReaction(SendReaction),
    /// Writes to the host.
    SendMessage(SendMessage),
    /// Asks for older messages.
    FetchMessages(FetchMessages),
    /// Takes a listener's place away, for good.
    RemoveListener(RemoveListener),
    /// A signal for another member.
    Signal(SendSignal),
}

/// What the server says: past tense, or an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Answers the hello.
    Welcome(Welcome),
    /// The connection is alive.
    Heartbeat,
    /// Answers a ping.
    Pong(Ping),
    /// Something was not done.
    Refused(Refused),
    /// The place is taken, with the room as the member sees it.
    RoomJoined(RoomJoined),
    /// The place is taken up again, with what was missed.
    RoomResumed(RoomResumed),
    /// Something happened in the room.
    RoomEvent(SequencedEvent),
    /// Answers the question for older messages.
    Messages(Messages),
    /// A signal from another member.
    Signal(ReceivedSignal),
}

impl ServerMessage {
    /// Where the answer that gives a place has its ICE servers. The room does not know them; whoever sends its answers does.
    pub const fn ice_servers_mut(&mut self) -> Option<&mut Option<IceConfiguration>> {
        match self {
            Self::RoomJoined(joined) => Some(&mut joined.ice_servers),
            Self::RoomResumed(resumed) => Some(&mut resumed.ice_servers),
            _ => None,
        }
    }
}

/// Reads a client's frame.
///
/// # Errors
/// [`Refusal::FrameTooLarge`] over [`FRAME_BYTES`], otherwise [`Refusal::FrameMalformed`].
pub fn decode_client(frame: &str) -> Result<ClientMessage, Refusal> {
    decode(frame)
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

fn decode(frame: &str) -> Result<ClientMessage, Refusal> {
    if frame.len() > FRAME_BYTES {
        return Err(Refusal::FrameTooLarge);
    }
    let message: ClientMessage = serde_json::from_str(frame).map_err(|_| Refusal::FrameMalformed)?;
    match &message {
        ClientMessage::Signal(signal) if !signal.signal.is_bounded() => Err(Refusal::FrameMalformed),
        _ => Ok(message),
    }
}
