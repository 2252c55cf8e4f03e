//! Taking, keeping and giving up a place in a room.

use serde::{Deserialize, Serialize};

use super::{
    ice::IceConfiguration,
    stream::{RoomEvent, RoomView},
};
use crate::{
    id::{MemberId, ResumeToken, RoomCode, Seq},
    role::Role,
    time::Timestamp,
};

/// Asks for a place in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRoom {
    /// The room.
    pub code: RoomCode,
    /// As what.
    pub role: Role,
    /// Whether to take the host's place from another page of the same account.
    #[serde(default)]
    pub take_over: bool,
}

/// Takes up a place again after a lost connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeRoom {
    /// The room.
    pub code: RoomCode,
    /// The token that came with the place.
    pub token: ResumeToken,
    /// The last place in the room's log that the client knows.
    pub last_seq: Seq,
}

/// The place and the room as its member sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomJoined {
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
    /// The STUN and TURN servers, with the member's own passwords.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ice_servers: Option<IceConfiguration>,
}

/// The answer to a resume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomResumed {
    /// The place in the log after which the member is up to date.
    pub seq: Seq,
    /// What time it is by the room's clock.
    pub now: Timestamp,
    /// What was missed.
    pub missed: Missed,
    /// The STUN and TURN servers, with the member's own passwords.
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
