//! Messages about one room. Each frame names the room; places, tokens, resumption and refusals are separate for each
//! room.

mod messages;

use serde::{Deserialize, Serialize};

pub use messages::*;

use super::signal::{ReceivedSignal, SendSignal};
use crate::{
    engagement::Reaction,
    id::{DisplayName, MemberId, MessageNumber, PublicationId, ResumeToken, RoomCode, RoomName, Seq},
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
    /// Listens to a publication, or listens to it no more.
    Listen(Listen),
    /// Ends a publication: the member's own, or another's.
    EndPublication(EndPublication),
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
    /// Puts an emoji on a message, or takes it away.
    ReactTo(ReactTo),
    /// Reports a message to the owner.
    ReportMessage(ReportMessage),
    /// Dismisses what was reported about a message.
    DismissReports(DismissReports),
    /// Blocks another member's account in all rooms, or blocks it no more.
    Block(Block),
    /// Chooses the name that others see in this room.
    NameOneself(NameOneself),
    /// Names the room.
    NameRoom(NameRoom),
    /// Makes another member the owner.
    HandOver(HandOver),
    /// Asks the owner before somebody comes in, or not any more.
    AskFirst(AskFirst),
    /// Answers somebody who asks to come in.
    AnswerJoin(AnswerJoin),
    /// The member is writing. Good for [`TYPING_MS`](crate::limits::TYPING_MS).
    Type,
    /// The member has seen the messages up to this one.
    MarkRead(MarkRead),
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
    /// The owner is asked whether the client may come in. It can wait, ask again on another connection, or leave.
    Waiting,
    /// The owner has let the client in, which asks for its place now.
    Admitted,
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
    /// The members whom the member has blocked are others now.
    Blocked {
        /// Their places, former ones too.
        members: Vec<MemberId>,
    },
    /// What holds for a moment, and is not part of the room's history.
    Moment(Moment),
    /// A signal from another member.
    Signal(ReceivedSignal),
}

impl From<RoomMessage> for FromRoom {
    fn from(message: RoomMessage) -> Self {
        match message {
            RoomMessage::Joined(joined) => Self::Joined(joined),
            RoomMessage::Resumed(resumed) => Self::Resumed(resumed),
            RoomMessage::Waiting => Self::Waiting,
            RoomMessage::Admitted => Self::Admitted,
            RoomMessage::Event(event) => Self::Event(event),
            RoomMessage::Refused { refusal } => Self::Refused { refusal },
        }
    }
}

/// What holds for a moment in a room, and is not part of its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// A member is writing. Good for [`TYPING_MS`](crate::limits::TYPING_MS).
    Typing {
        /// The member.
        member: MemberId,
    },
    /// The member has seen the messages up to this one on another page.
    Read {
        /// The latest of them.
        up_to: MessageNumber,
    },
}

impl From<Moment> for FromRoom {
    fn from(moment: Moment) -> Self {
        Self::Moment(moment)
    }
}

/// Asks for a place in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// The role.
    pub role: Role,
    /// Whether to take the owner's place from another page of the same account.
    #[serde(default)]
    pub take_over: bool,
    /// The name that others see, where members choose their names; the account's, if there is none. Who has a place already keeps
    /// the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// Whether the page comes back by itself, and had a place or waited for one: then it is refused if it has neither any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returns: bool,
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

/// Listens to a publication, or listens to it no more. The page that asks has the member's sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listen {
    /// The publication.
    pub publication: PublicationId,
    /// Whether to listen from now on.
    pub on: bool,
}

/// Ends a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndPublication {
    /// The publication.
    pub publication: PublicationId,
}

/// Shows a reaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct React {
    /// The reaction.
    pub reaction: Reaction,
}

/// Removes a member for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveMember {
    /// The member.
    pub member: MemberId,
    /// Whether everybody at the same network address is removed too, and kept out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub block_address: bool,
    /// Whether the member is only sent out, and may come again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_return: bool,
}

/// Blocks another member's account in all rooms, or blocks it no more. Whoever is blocked does not learn of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The member.
    pub member: MemberId,
    /// Whether the account is blocked from now on.
    pub blocked: bool,
}

/// Chooses the name that others see in this room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameOneself {
    /// The name.
    pub name: DisplayName,
}

/// Names the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameRoom {
    /// The name.
    pub name: RoomName,
}

/// Makes another member the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// The member.
    pub member: MemberId,
}

/// Asks the owner before somebody comes in, or not any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskFirst {
    /// Whether the owner is asked from now on. If not, all who wait come in.
    pub on: bool,
}

/// Answers somebody who asks to come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerJoin {
    /// The place that they get if they are let in.
    pub member: MemberId,
    /// Whether they are.
    pub admit: bool,
}
