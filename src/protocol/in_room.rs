//! What is about one room: each frame names it, and places, tokens, resumption and refusals are for each room apart.

use serde::{Deserialize, Serialize};

use super::signal::{ReceivedSignal, SendSignal};
use crate::{
    engagement::{MessageText, Reaction},
    id::{MemberId, MessageNumber, ResumeToken, RoomCode, Seq},
    refusal::Refusal,
    role::Role,
    room::{Joined, Messages, Resumed, RoomMessage, SequencedEvent, Source},
};

/// A frame that is about a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomFrame<T> {
    /// Which room.
    pub room: RoomCode,
    /// What is said.
    pub message: T,
}

/// What a client says to a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToRoom {
    /// Asks for a place.
    Join(Join),
    /// Gives the place up.
    Leave,
    /// Begins to send, or changes what is sent.
    Publish(Publish),
    /// Silences what is sent; listeners stay.
    Pause,
    /// Ends the pause.
    Resume,
    /// The source is gone; its member is about to share again.
    Interrupt,
    /// The source gives no sound, or does again.
    DeclareSilence(DeclareSilence),
    /// Ends the room for everyone.
    Stop,
    /// Shows a reaction.
    React(React),
    /// Writes a message.
    Write(Write),
    /// Changes a message of one's own.
    Edit(Edit),
    /// Deletes a message.
    Delete(Delete),
    /// Pins a message, or takes the pin away.
    Pin(Pin),
    /// Asks for older messages.
    FetchMessages(FetchMessages),
    /// Takes a member's place away, for good.
    RemoveMember(RemoveMember),
    /// A signal for another member.
    Signal(SendSignal),
}

/// What a room says to a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromRoom {
    /// The place is taken, with the room as the member sees it.
    Joined(Joined),
    /// The place is taken up again, with what was missed.
    Resumed(Resumed),
    /// Something happened in the room.
    Event(SequencedEvent),
    /// Something was not done, or the connection is not in the room any more.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// Answers the question for older messages.
    Messages(Messages),
    /// A message that was sent again has been written before, and nothing else was done.
    MessageKept {
        /// The message's.
        nonce: u32,
    },
    /// A signal from another member.
    Signal(ReceivedSignal),
}

impl From<RoomMessage> for FromRoom {
    fn from(message: RoomMessage) -> Self {
        match message {
            RoomMessage::Joined(joined) => Self::Joined(joined),
            RoomMessage::Resumed(resumed) => Self::Resumed(resumed),
            RoomMessage::Event(event) => Self::Event(event),
            RoomMessage::Refused { refusal } => Self::Refused { refusal },
        }
    }
}

/// Asks for a place in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// As what.
    pub role: Role,
    /// Whether to take the owner's place from another page of the same account.
    #[serde(default)]
    pub take_over: bool,
}

/// Takes places up again after a lost connection, at most [`ROOMS_PER_CONNECTION`](crate::limits::ROOMS_PER_CONNECTION).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeRooms {
    /// The places.
    pub rooms: Vec<ResumeRoom>,
}

/// A place that is taken up again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeRoom {
    /// The room.
    pub room: RoomCode,
    /// The token that came with the place.
    pub token: ResumeToken,
    /// The last place in the room's log that the client knows.
    pub last_seq: Seq,
}

/// Begins to send, or changes where the sound comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publish {
    /// Where the sound comes from.
    pub source: Source,
    /// Whether it begins silenced on purpose: somebody who comes back in a pause.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
}

/// Says that the source gives no sound though what is sent is not paused, or that it does again: a microphone that the system
/// has muted, or one that sends digital silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclareSilence {
    /// Whether nothing can be heard.
    pub silent: bool,
}

/// Shows a reaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct React {
    /// Which.
    pub reaction: Reaction,
}

/// Writes a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// Chosen by the client: the same message sent again, such as after a lost connection, is the same message. Unique among the
    /// messages of an account for 24 hours.
    pub nonce: u32,
    /// What is written.
    pub text: MessageText,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageNumber>,
}

/// Changes a message of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Which.
    pub number: MessageNumber,
    /// What it says from now on.
    pub text: MessageText,
}

/// Deletes a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delete {
    /// Which.
    pub number: MessageNumber,
}

/// Pins a message, or takes the pin away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Which.
    pub number: MessageNumber,
    /// Whether it is pinned from now on.
    pub pinned: bool,
}

/// Asks for messages that are older than the ones known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchMessages {
    /// The oldest message known.
    pub before: MessageNumber,
}

/// Takes a member's place away, for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveMember {
    /// Whose.
    pub member: MemberId,
    /// Whether everybody at the same network address is removed too, and kept out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub block_address: bool,
}
