//! What the host sends.

use serde::{Deserialize, Serialize};

use super::{Audience, Effects, Foreseen, Room};
use crate::{
    id::ConnectionId,
    protocol::{RoomEvent, StreamState},
    refusal::Refusal,
    time::Timestamp,
};

/// The stream as the host last declared it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stream {
    phase: Phase,
    /// When it was begun.
    started_at: Option<Timestamp>,
    /// Whether its source gives no sound, until it is begun anew or its source is gone.
    #[serde(default)]
    silent: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    #[default]
    Idle,
    Live,
    Paused,
    Interrupted(Timestamp),
}

impl Stream {
    pub(super) const fn started_at(&self) -> Option<Timestamp> {
        self.started_at
    }

    pub(super) const fn is_silent(&self) -> bool {
        self.silent
    }

    /// What listeners are told, which depends on whether the host's connection is there.
    pub(super) const fn state(&self, host_connected: bool) -> StreamState {
        match self.phase {
            Phase::Idle => StreamState::Idle,
            Phase::Interrupted(_) => StreamState::Interrupted,
            Phase::Live if host_connected => StreamState::Live,
            Phase::Paused if host_connected => StreamState::Paused,
            Phase::Live | Phase::Paused => StreamState::Interrupted,
        }
    }

    /// Since when the stream has been interrupted, given since when the host's connection has been away.
    pub(super) fn interrupted_at(&self, host_detached_at: Option<Timestamp>) -> Option<Timestamp> {
        match self.phase {
            Phase::Idle => None,
            Phase::Interrupted(since) => Some(since),
            Phase::Live | Phase::Paused => host_detached_at,
        }
    }
}

pub(super) fn start(room: &mut Room, paused: bool, at: Timestamp) {
    let started_at = room.stream.started_at.or(Some(at));
    room.stream = Stream { phase: begun(paused), started_at, silent: false };
}

const fn begun(paused: bool) -> Phase {
    if paused { Phase::Paused } else { Phase::Live }
}

/// What comes of a start: nothing where the stream is so already, whatever its source.
pub(super) fn foresee_start(room: &Room, paused: bool) -> Foreseen {
    Foreseen::if_changed(room.stream.phase != begun(paused) || room.stream.silent)
}

/// Pauses the stream, or ends the pause.
pub(super) fn turn(room: &mut Room, paused: bool, connection: ConnectionId, effects: &mut Effects) {
    match foresee_turn(room, paused) {
        Ok(Foreseen::Change) => room.stream.phase = begun(paused),
        Ok(Foreseen::Nothing) => {}
        Err(refusal) => effects.refuse(connection, refusal),
    }
}

/// What comes of a pause or its end. A command that arrives twice, such as after a resume, has already been carried out.
pub(super) fn foresee_turn(room: &Room, paused: bool) -> Result<Foreseen, Refusal> {
    match room.stream.phase {
        phase if phase == begun(paused) => Ok(Foreseen::Nothing),
        phase if phase == begun(!paused) => Ok(Foreseen::Change),
        _ => Err(Refusal::StreamNotReady),
    }
}

/// What was live has no source for now.
pub(super) fn interrupt(room: &mut Room, at: Timestamp) {
    if foresee_interruption(room) == Foreseen::Change {
        room.stream.phase = Phase::Interrupted(at);
        room.stream.silent = false;
    }
}

/// The source gives no sound, or does again.
pub(super) fn declare_silence(room: &mut Room, connection: ConnectionId, silent: bool, effects: &mut Effects) {
    match foresee_silence(room, silent) {
        Ok(_) => room.stream.silent = silent,
        Err(refusal) => effects.refuse(connection, refusal),
    }
}

/// What comes of such a declaration.
pub(super) fn foresee_silence(room: &Room, silent: bool) -> Result<Foreseen, Refusal> {
    match room.stream.phase {
        Phase::Live | Phase::Paused => Ok(Foreseen::if_changed(room.stream.silent != silent)),
        Phase::Idle | Phase::Interrupted(_) => Err(Refusal::StreamNotReady),
    }
}

pub(super) fn foresee_interruption(room: &Room) -> Foreseen {
    Foreseen::if_changed(matches!(room.stream.phase, Phase::Live | Phase::Paused))
}

/// Nothing is sent any more.
pub(super) fn cease(room: &mut Room) {
    room.stream = Stream::default();
}

/// Tells everyone when the stream is no longer what it was, or no longer as silent. The end of the room is told by its own
/// event.
pub(super) fn announce(room: &Room, (was, was_silent): (StreamState, bool), effects: &mut Effects) {
    let (stream, silent) = (room.stream_state(), room.stream.is_silent());
    if stream == StreamState::Ended {
        return;
    }
    if stream != was {
        let started_at = room.stream.started_at;
        effects.announce(Audience::Everyone, RoomEvent::StreamChanged { stream, started_at });
    }
    if silent != was_silent {
        effects.announce(Audience::Everyone, RoomEvent::SilenceChanged { silent });
    }
}
