//! Messages about one room. Each frame names the room; places, tokens, resumption and refusals are separate for each
//! room.

use serde::{Deserialize, Serialize};

use super::signal::{ReceivedSignal, SendSignal};
use crate::{
    engagement::{MessageText, Reaction},
    id::{MemberId, MessageNumber, ResumeToken, RoomCode, Seq},
    refusal::Refusal,
    role::Role,
    room::{Joined, Messages, Resumed, RoomMessage, SequencedEvent, Source},
};

/// A frame about a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomFrame<T> {
    /// Which room.
    pub room: RoomCode,
    /// The message.
    pub message: T,
}

/// A message from a client to a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToRoom {
    /// Asks for a place.
    Join(Join),
    /// Leaves the room.
    Leave,
    /// Begins to send, or changes the source.
    Publish(Publish),
    /// Pauses the publication; listeners stay connected.
    Pause,
    /// Ends the pause.
    Resume,
    /// The source is gone. The member will share again.
    Interrupt,
    /// The source gives no sound, or gives sound again.
    DeclareSilence(DeclareSilence),
    /// Ends the room for everyone.
    Stop,
    /// Shows a reaction.
    React(React),
    /// Writes a message.
    Write(Write),
    /// Changes one of the member's own messages.
    Edit(Edit),
    /// Deletes a message.
    Delete(Delete),
    /// Pins a message, or takes the pin away.
    Pin(Pin),
    /// Asks for older messages.
    FetchMessages(FetchMessages),
    /// Removes a member for good.
    RemoveMember(RemoveMember),
    /// A signal for another member.
    Signal(SendSignal),
}

/// A message from a room to a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromRoom {
    /// The member has a place now. Comes with the room as the member sees it.
    Joined(Joined),
    /// The member has resumed their place. Comes with what they missed.
    Resumed(Resumed),
    /// Something happened in the room.
    Event(SequencedEvent),
    /// A request was refused, or the connection is no longer in the room.
    Refused {
        /// The refusal.
        refusal: Refusal,
    },
    /// The older messages that were asked for.
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
    /// The role.
    pub role: Role,
    /// Whether to take the owner's place from another page of the same account.
    #[serde(default)]
    pub take_over: bool,
}

/// Resumes places after a lost connection, at most [`ROOMS_PER_CONNECTION`](crate::limits::ROOMS_PER_CONNECTION).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeRooms {
    /// The places.
    pub rooms: Vec<ResumeRoom>,
}

/// A place to resume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeRoom {
    /// The room.
    pub room: RoomCode,
    /// The token that came with the place.
    pub token: ResumeToken,
    /// The last number in the room's log that the client knows.
    pub last_seq: Seq,
}

/// Begins to send, or changes where the sound comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publish {
    /// Where the sound comes from.
    pub source: Source,
    /// Whether it begins paused, because the member comes back in a pause.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
}

/// Reports that the source gives no sound although the publication is not paused, or that it gives sound again. The
/// system may have muted the microphone, or it sends digital silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclareSilence {
    /// Whether nothing can be heard.
    pub silent: bool,
}

/// Shows a reaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct React {
    /// The reaction.
    pub reaction: Reaction,
}

/// Writes a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// Chosen by the client. A message with the same nonce that is sent again, such as after a lost connection, is the
    /// same message. Unique among the messages of an account for 24 hours.
    pub nonce: u32,
    /// The text.
    pub text: MessageText,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageNumber>,
}

/// Changes one of the member's own messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// The message's number.
    pub number: MessageNumber,
    /// The new text.
    pub text: MessageText,
}

/// Deletes a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delete {
    /// The message's number.
    pub number: MessageNumber,
}

/// Pins a message, or takes the pin away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The message's number.
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

/// Removes a member for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveMember {
    /// The member.
    pub member: MemberId,
    /// Whether everybody at the same network address is removed too, and kept out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub block_address: bool,
}
