//! The text of the host's one big state.

use heartogether::{
    refusal::Refusal,
    room::{EndReason, StreamState},
};

use crate::{
    browser::RoomHandle,
    locale::{self, Key},
    text::{host as text, sound},
};
use heartogether_client::{Ending, HostState, SignalingState};

/// The client's state, and how the connection to the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) state: HostState,
    pub(super) link: SignalingState,
}

impl Shown {
    /// What there is to be seen on a page.
    pub(super) fn on(page: RoomHandle) -> Self {
        Self { state: page.host_state.get(), link: page.signaling_state.get() }
    }

    pub(super) const fn refusal(self) -> Option<Refusal> {
        match self.state {
            HostState::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether sound goes out, or would but for a pause.
    pub(super) const fn is_sharing(self) -> bool {
        matches!(self.state, HostState::Live | HostState::Paused)
    }

    /// Whether nothing more will come by itself.
    pub(super) const fn is_over(self) -> bool {
        matches!(self.state, HostState::Ended(_) | HostState::Refused(_))
    }

    /// Whether sound would go out, but the server does not know of it.
    const fn is_unknown(self) -> bool {
        self.is_sharing() && self.link.is_unreachable()
    }

    /// Decides the badge's dot.
    pub(super) const fn status(self) -> StreamState {
        match self.state {
            _ if self.is_unknown() => StreamState::Interrupted,
            HostState::Idle | HostState::Refused(_) => StreamState::Idle,
            HostState::Live => StreamState::Live,
            HostState::Paused => StreamState::Paused,
            HostState::Interrupted => StreamState::Interrupted,
            HostState::Ended(_) => StreamState::Ended,
        }
    }

    /// In a word or two.
    pub(super) const fn headline(self) -> Key {
        match self.state {
            _ if self.is_unknown() => text::NOT_CONNECTED,
            HostState::Idle => text::IDLE,
            HostState::Live => text::LIVE,
            HostState::Paused => text::PAUSED,
            HostState::Interrupted => text::INTERRUPTED,
            HostState::Ended(_) => text::ENDED,
            HostState::Refused(_) => text::NOT_CONNECTED,
        }
    }

    /// In a sentence or two: what happened, and what to do.
    pub(super) const fn explanation(self) -> Key {
        match self.state {
            HostState::Idle => sound::IDLE_HINT,
            HostState::Live => sound::LIVE_HINT,
            HostState::Paused => sound::PAUSED_HINT,
            HostState::Interrupted => sound::INTERRUPTED_HINT,
            HostState::Ended(ending) => why_ended(ending),
            HostState::Refused(refusal) => locale::refusal(refusal),
        }
    }
}

/// Why the room is over.
pub(super) const fn why_ended(ending: Ending) -> Key {
    match ending {
        Ending::Told(EndReason::Stopped) => text::STOPPED_HINT,
        Ending::Told(EndReason::Idle) => text::IDLE_HINT,
        Ending::Told(EndReason::HostAbsent) => text::ABSENT_HINT,
        Ending::Missed => text::MISSED_HINT,
        Ending::Asked => text::ASKED_HINT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn shown(state: HostState, link: SignalingState) -> Shown {
        Shown { state, link }
    }

    #[test]
    fn sound_of_which_the_server_never_knew_is_not_called_live() {
        for state in [HostState::Live, HostState::Paused] {
            let unknown = shown(state, SignalingState::Unreachable);
            assert_eq!((unknown.headline(), unknown.status()), (text::NOT_CONNECTED, StreamState::Interrupted));
            let known = shown(state, SignalingState::Reconnecting);
            assert_ne!(known.headline(), text::NOT_CONNECTED, "it goes on while the server is away");
        }
        assert_eq!(shown(HostState::Idle, SignalingState::Unreachable).headline(), text::IDLE);
    }

    #[test]
    fn a_room_that_is_over_says_why() {
        for (state, why) in [
            (HostState::Ended(Ending::Missed), text::MISSED_HINT),
            (HostState::Refused(Refusal::SessionReplaced), locale::refusal(Refusal::SessionReplaced)),
        ] {
            let over = shown(state, SignalingState::Attached);
            assert_eq!(over.explanation(), why);
            assert!(over.is_over() && !over.is_sharing());
        }
    }
}
