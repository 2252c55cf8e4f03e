//! What a room says to its members.

use serde::{Deserialize, Serialize};

use super::{RoomView, SequencedEvent, view::RoomEvent};
use crate::{
    ice::IceConfiguration,
    id::{MemberId, ResumeToken, Seq},
    refusal::Refusal,
    time::Timestamp,
};

/// What a room says. Each frame names the room beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RoomMessage {
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
}

/// The place and the room as its member sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The place.
    pub member: MemberId,
    /// The token to resume with.
    pub token: ResumeToken,
    /// The place in the log that `room` shows.
    pub seq: Seq,
    /// What time it is by the room's clock, which all its times are told by.
    pub now: Timestamp,
    /// The room.
    pub room: RoomView,
    /// The STUN and TURN servers, with the member's own passwords. The edge adds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ice_servers: Option<IceConfiguration>,
}

/// The answer to a resume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// The place in the log after which the member is up to date.
    pub seq: Seq,
    /// What time it is by the room's clock.
    pub now: Timestamp,
    /// What was missed.
    pub missed: Missed,
    /// The STUN and TURN servers, with the member's own passwords. The edge adds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ice_servers: Option<IceConfiguration>,
}

/// What a member missed while it was away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// Little: the events, oldest first.
    Events(Vec<RoomEvent>),
    /// Much: the room as it is.
    Room(RoomView),
}

impl RoomMessage {
    /// Where the answer that gives a place has its ICE servers. The room does not know them; whoever sends its answers does.
    pub const fn ice_servers_mut(&mut self) -> Option<&mut Option<IceConfiguration>> {
        match self {
            Self::Joined(joined) => Some(&mut joined.ice_servers),
            Self::Resumed(resumed) => Some(&mut resumed.ice_servers),
            Self::Event(_) | Self::Refused { .. } => None,
        }
    }
}
