//! Events that a room's owner makes up for programs. They are not part of the room's log, and our own pages pass them over: to a page
//! they are frames that it does not know.

use serde::{Deserialize, Serialize};

use super::{RoomFrame, encode};
use crate::{
    id::RoomCode,
    limits::{CUSTOM_NAME_BYTES, CUSTOM_PAYLOAD_BYTES},
    refusal::Refusal,
};

/// An event that a room's owner makes up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomEvent {
    /// Its type: 1 to [`CUSTOM_NAME_BYTES`] lower-case letters, digits, dots, hyphens and underscores.
    pub name: String,
    /// What it says, at most [`CUSTOM_PAYLOAD_BYTES`]. The server does not read it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub payload: String,
}

/// `POST /api/events/publish`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishCustom {
    /// The room, whose members get the event.
    pub room: RoomCode,
    /// The event.
    #[serde(flatten)]
    pub event: CustomEvent,
}

/// The frame in which members get it.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Frame {
    Room(RoomFrame<InRoom>),
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum InRoom {
    Custom(CustomEvent),
}

impl CustomEvent {
    /// Checks it against its limits.
    ///
    /// # Errors
    /// [`Refusal::FrameMalformed`] for the name, [`Refusal::FrameTooLarge`] for the payload.
    pub fn check(&self) -> Result<(), Refusal> {
        let is_of_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        match () {
            () if self.name.is_empty() || self.name.len() > CUSTOM_NAME_BYTES => Err(Refusal::FrameMalformed),
            () if !self.name.bytes().all(is_of_name) => Err(Refusal::FrameMalformed),
            () if self.payload.len() > CUSTOM_PAYLOAD_BYTES => Err(Refusal::FrameTooLarge),
            () => Ok(()),
        }
    }

    /// Its frame.
    pub fn encode(self, room: RoomCode) -> String {
        encode(&Frame::Room(RoomFrame { room, message: InRoom::Custom(self) }))
    }

    /// Reads a frame of the server that holds one.
    ///
    /// # Errors
    /// [`Refusal::FrameMalformed`] if the frame is another one.
    pub fn decode(frame: &str) -> Result<(RoomCode, Self), Refusal> {
        let Frame::Room(RoomFrame { room, message: InRoom::Custom(event) }) =
            serde_json::from_str(frame).map_err(|_| Refusal::FrameMalformed)?;
        Ok((room, event))
    }
}
