//! Messages from a room to its members.

use serde::{Deserialize, Serialize};

use super::{Markup, RoomEvent, RoomView, SequencedEvent};
use crate::{
    ice::IceConfiguration,
    id::{MemberId, ResumeToken, Seq},
    refusal::Refusal,
    time::Timestamp,
};

/// A message from a room. It goes out as a [`FromRoom`](crate::protocol::FromRoom), in a frame that names the room.
#[derive(Clone, Debug, PartialEq)]
pub enum RoomMessage {
    /// The member has a place now. Comes with the room as the member sees it.
    Joined(Joined),
    /// The member has resumed their place. Comes with what they missed.
    Resumed(Resumed),
    /// The owner is asked whether whoever asked for a place may come in.
    Waiting,
    /// The owner has let whoever waits in. The place can be taken now.
    Admitted,
    /// Something happened in the room.
    Event(SequencedEvent),
    /// A request was refused, or the connection is no longer in the room.
    Refused {
        /// The refusal.
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
    /// The log's position that `room` shows.
    pub seq: Seq,
    /// The current time of the room's clock, which all times of the room refer to.
    pub now: Timestamp,
    /// The room.
    pub room: RoomView,
    /// The places of those whom the member has blocked. The edge adds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<MemberId>,
    /// Whether another page of the member has the member's sound.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sound_elsewhere: bool,
    /// The STUN and TURN servers, with the member's own passwords. The edge adds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ice_servers: Option<IceConfiguration>,
}

/// The answer to a resume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    /// The log's position up to which the member is up to date.
    pub seq: Seq,
    /// The current time of the room's clock.
    pub now: Timestamp,
    /// What the member missed.
    pub missed: Missed,
    /// The places of those whom the member has blocked. The edge adds them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<MemberId>,
    /// Whether another page of the member has the member's sound.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sound_elsewhere: bool,
    /// The STUN and TURN servers, with the member's own passwords. The edge adds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ice_servers: Option<IceConfiguration>,
}

/// What a member missed while their connection was gone.
#[allow(
    clippy::large_enum_variant,
    reason = "there is one for each connection that comes back; on 32 bits it is small enough"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// The missed events, oldest first, if they are few.
    Events(Vec<RoomEvent>),
    /// The whole room, if there are too many events.
    Room(RoomView),
}

impl RoomMessage {
    /// The ICE servers of a message that gives a place. The room does not know them; the server fills them in.
    pub const fn ice_servers_mut(&mut self) -> Option<&mut Option<IceConfiguration>> {
        match self {
            Self::Joined(joined) => Some(&mut joined.ice_servers),
            Self::Resumed(resumed) => Some(&mut resumed.ice_servers),
            Self::Waiting | Self::Admitted | Self::Event(_) | Self::Refused { .. } => None,
        }
    }

    /// What the server has made of the markup in the messages that it holds.
    pub fn markups_mut(&mut self) -> Box<dyn Iterator<Item = &mut Option<Markup>> + '_> {
        match self {
            Self::Joined(Joined { room, .. }) | Self::Resumed(Resumed { missed: Missed::Room(room), .. }) => {
                Box::new(room.messages.iter_mut().map(|message| &mut message.markup))
            }
            Self::Resumed(Resumed { missed: Missed::Events(events), .. }) => {
                Box::new(events.iter_mut().filter_map(RoomEvent::markup_mut))
            }
            Self::Event(SequencedEvent { event, .. }) => Box::new(event.markup_mut().into_iter()),
            Self::Waiting | Self::Admitted | Self::Refused { .. } => Box::new(std::iter::empty()),
        }
    }

    /// The blocked members in a message that gives a place. The room does not know them; the server fills them in.
    pub const fn blocked_mut(&mut self) -> Option<&mut Vec<MemberId>> {
        match self {
            Self::Joined(joined) => Some(&mut joined.blocked),
            Self::Resumed(resumed) => Some(&mut resumed.blocked),
            Self::Waiting | Self::Admitted | Self::Event(_) | Self::Refused { .. } => None,
        }
    }
}
