//! Whose sound it is in a lounge, and what is said of it.

use heartogether::{
    id::DisplayName,
    room::{Publication, Source, StreamState},
};
use heartogether_client::HostState;

use super::shared::Lounge;
use crate::{browser::RoomHandle, locale::Phrase, text::lounge as text};

/// Whose sound it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nobody shares.
    Quiet,
    /// This page shares, or is to share again.
    Own,
    /// Another page of the member shares.
    Elsewhere,
    /// Another member shares.
    Other,
}

impl Stage {
    /// Reads reactively.
    pub(super) fn of(handle: RoomHandle) -> Self {
        let shared = shared(handle).map(|shared| (shared.by, shared.state));
        match (handle.host_state.get(), shared) {
            (HostState::Live | HostState::Paused, _) => Self::Own,
            (HostState::Interrupted, Some((_, StreamState::Live | StreamState::Paused))) => Self::Elsewhere,
            (HostState::Interrupted, _) => Self::Own,
            (_, Some(_)) => Self::Other,
            (_, None) => Self::Quiet,
        }
    }

    /// The value of `data-stage`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Own => "own",
            Self::Elsewhere => "elsewhere",
            Self::Other => "other",
        }
    }
}

/// What is shared. Reads reactively.
pub(super) fn shared(handle: RoomHandle) -> Option<Publication> {
    handle.room.with(|room| room.as_ref().and_then(|room| room.publications.first().cloned()))
}

/// Who shares what, in a sentence.
pub(super) fn headline(lounge: Lounge) -> Phrase {
    let handle = lounge.handle;
    let stage = Stage::of(handle);
    match (stage, handle.host_state.get()) {
        (Stage::Quiet, _) => return text::NOBODY_SHARES.into(),
        (Stage::Elsewhere, _) => return text::YOU_SHARE_ELSEWHERE.into(),
        (Stage::Own, HostState::Live) => return text::YOU_SHARE.into(),
        (Stage::Own, HostState::Paused) => return text::YOU_PAUSE.into(),
        (Stage::Own, _) => return text::YOU_STOPPED.into(),
        (Stage::Other, _) => {}
    }
    let Some(shared) = shared(handle) else { return text::NOBODY_SHARES.into() };
    let name = lounge.people.with(|people| {
        people
            .iter()
            .find(|person| person.member == shared.by)
            .map(|person| person.name.clone())
            .unwrap_or_else(DisplayName::forgotten)
    });
    match (shared.state, shared.source) {
        (StreamState::Paused, _) => text::shares_paused(&name),
        (StreamState::Interrupted, _) => text::shares_interrupted(&name),
        (_, Source::Display) => text::shares_tab(&name),
        (_, Source::Microphone) => text::shares_microphone(&name),
    }
}
