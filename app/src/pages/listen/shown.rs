//! The text of the listener's one big state.

use heartogether::{
    refusal::Refusal,
    room::{EndReason, StreamState},
};

use crate::{
    browser::media_session::MediaState,
    locale::{self, Key},
    text::listen as text,
};
use heartogether_client::{Ending, ListenerState, PlayerState, Volume};

/// What keeps a sound that comes in, or comes back, from being heard, where only the page itself knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// The browser wants a tap before it plays.
    Blocked,
    /// The listener has paused: on the lock screen, on the headset.
    Held,
    /// The system has paused the player.
    Interrupted,
    /// The listener has muted the player.
    Muted,
}

impl Obstacle {
    /// What there is, in the order of its weight.
    pub(super) fn among(player: PlayerState, volume: Volume) -> impl Iterator<Item = Self> {
        let obstacles = [
            (player == PlayerState::Blocked, Self::Blocked),
            (player == PlayerState::PausedByListener, Self::Held),
            (player == PlayerState::PausedBySystem, Self::Interrupted),
            (volume.is_silent(), Self::Muted),
        ];
        obstacles.into_iter().filter_map(|(is_there, obstacle)| is_there.then_some(obstacle))
    }
}

/// The client's state, and what it cannot know.
///
/// Towards tools, `data-state` says what comes in: a player that is paused or muted is still `listening`, for it hears
/// again without asking anybody. A tap that the browser demands is a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) client: ListenerState,
    pub(super) obstacle: Option<Obstacle>,
    /// What the host sends.
    pub(super) stream: StreamState,
    /// Whether the host's source gives no sound.
    is_silent: bool,
}

impl Shown {
    pub(super) fn of(
        client: ListenerState,
        stream: StreamState,
        obstacles: impl IntoIterator<Item = Obstacle>,
    ) -> Self {
        let is_heard_but_for = |obstacle: &Obstacle| match client {
            ListenerState::Listening => true,
            ListenerState::Paused => *obstacle == Obstacle::Blocked,
            ListenerState::Reconnecting => matches!(obstacle, Obstacle::Held | Obstacle::Interrupted),
            _ => false,
        };
        Self { client, obstacle: obstacles.into_iter().find(is_heard_but_for), stream, is_silent: false }
    }

    /// The same, with what the room says of the host's source.
    pub(super) const fn with_silence(self, is_silent: bool) -> Self {
        Self { is_silent, ..self }
    }

    /// Whether the host's source gives no sound.
    pub(super) const fn is_silent(self) -> bool {
        self.is_silent
    }

    /// The value of `data-state`.
    pub(super) const fn state(self) -> &'static str {
        match self.obstacle {
            Some(Obstacle::Blocked) => "refused",
            _ => self.client.name(),
        }
    }

    pub(super) const fn refusal(self) -> Option<Refusal> {
        match (self.obstacle, self.client) {
            (Some(Obstacle::Blocked), _) => Some(Refusal::PlaybackBlocked),
            (_, ListenerState::Refused(refusal)) => Some(refusal),
            (_, ListenerState::OutOfReach(_)) => Some(Refusal::Network),
            _ => None,
        }
    }

    /// What the system's own player shows.
    pub(super) const fn media_state(self) -> MediaState {
        match (self.client, self.obstacle) {
            (_, Some(Obstacle::Blocked | Obstacle::Held | Obstacle::Interrupted)) => MediaState::Paused,
            (ListenerState::Listening | ListenerState::Paused | ListenerState::Reconnecting, _) => MediaState::Playing,
            _ => MediaState::Nothing,
        }
    }

    /// Decides the badge's dot.
    pub(super) const fn status(self) -> StreamState {
        match (self.obstacle, self.client) {
            (Some(Obstacle::Blocked), _) | (None, ListenerState::Connecting) => StreamState::Idle,
            (Some(Obstacle::Held | Obstacle::Interrupted | Obstacle::Muted), _) | (None, ListenerState::Paused) => {
                StreamState::Paused
            }
            (None, ListenerState::Listening) if self.is_silent => StreamState::Paused,
            (None, ListenerState::Listening) => StreamState::Live,
            (None, ListenerState::Reconnecting | ListenerState::OutOfReach(_)) => StreamState::Interrupted,
            (None, ListenerState::Ended(_) | ListenerState::Refused(_)) => StreamState::Ended,
        }
    }

    /// Whether nothing more will come by itself.
    pub(super) const fn is_over(self) -> bool {
        matches!(self.client, ListenerState::Ended(_) | ListenerState::Refused(_))
    }

    /// In a word or two.
    pub(super) const fn headline(self) -> Key {
        match (self.obstacle, self.client) {
            (Some(Obstacle::Blocked), _) => text::READY,
            (Some(Obstacle::Held), _) => text::HELD,
            (Some(Obstacle::Interrupted), _) => text::INTERRUPTED,
            (Some(Obstacle::Muted), _) => text::MUTED,
            (None, ListenerState::Connecting) if matches!(self.stream, StreamState::Idle) => text::WAITING,
            (None, ListenerState::Connecting) => text::CONNECTING,
            (None, ListenerState::Listening) if self.is_silent => text::SILENT,
            (None, ListenerState::Listening) => text::LISTENING,
            (None, ListenerState::Paused) => text::PAUSED,
            (None, ListenerState::Reconnecting) => text::RECONNECTING,
            (None, ListenerState::OutOfReach(_)) => text::NO_PATH,
            (None, ListenerState::Ended(_)) => text::ENDED,
            (None, ListenerState::Refused(_)) => text::REFUSED,
        }
    }

    /// In a sentence or two: what happened, and what to do.
    pub(super) const fn explanation(self) -> Key {
        match (self.obstacle, self.client) {
            (Some(Obstacle::Blocked), _) => locale::refusal(Refusal::PlaybackBlocked),
            (Some(Obstacle::Held), _) => text::HELD_HINT,
            (Some(Obstacle::Interrupted), _) => text::INTERRUPTED_HINT,
            (Some(Obstacle::Muted), _) => text::MUTED_HINT,
            (None, ListenerState::Connecting) if matches!(self.stream, StreamState::Idle) => text::WAITING_HINT,
            (None, ListenerState::Connecting) => text::CONNECTING_HINT,
            (None, ListenerState::Listening) if self.is_silent => text::SILENT_HINT,
            (None, ListenerState::Listening) => text::LISTENING_HINT,
            (None, ListenerState::Paused) => text::PAUSED_HINT,
            (None, ListenerState::Reconnecting) if matches!(self.stream, StreamState::Interrupted) => {
                text::HOST_RECONNECTING_HINT
            }
            (None, ListenerState::Reconnecting) => text::RECONNECTING_HINT,
            (None, ListenerState::Ended(ending)) => why_ended(ending),
            (None, ListenerState::OutOfReach(why)) => locale::no_path(why),
            (None, ListenerState::Refused(refusal)) => locale::refusal(refusal),
        }
    }
}

const fn why_ended(ending: Ending) -> Key {
    match ending {
        Ending::Told(EndReason::Stopped) => text::STOPPED_HINT,
        Ending::Told(EndReason::Idle) => text::IDLE_HINT,
        Ending::Told(EndReason::HostAbsent) => text::HOST_ABSENT_HINT,
        Ending::Missed | Ending::Asked => text::MISSED_HINT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heartogether_client::NoPath;

    const ALL: [Obstacle; 4] = [Obstacle::Blocked, Obstacle::Held, Obstacle::Interrupted, Obstacle::Muted];

    fn shown(client: ListenerState, obstacles: &[Obstacle]) -> Shown {
        Shown::of(client, StreamState::Live, obstacles.iter().copied())
    }

    #[test]
    fn a_players_pause_outweighs_its_volume() {
        let muted = Volume { percent: 40, muted: true };
        for (player, obstacle) in [
            (PlayerState::Blocked, Obstacle::Blocked),
            (PlayerState::PausedByListener, Obstacle::Held),
            (PlayerState::PausedBySystem, Obstacle::Interrupted),
        ] {
            assert!(Obstacle::among(player, muted).eq([obstacle, Obstacle::Muted]));
            assert!(Obstacle::among(player, Volume::default()).eq([obstacle]));
        }
        assert!(Obstacle::among(PlayerState::Playing, muted).eq([Obstacle::Muted]));
        assert!(Obstacle::among(PlayerState::Playing, Volume::default()).eq([]));
    }

    #[test]
    fn obstacles_are_shown_only_while_there_is_sound() {
        assert_eq!(shown(ListenerState::Listening, &ALL).obstacle, Some(Obstacle::Blocked));
        assert_eq!(shown(ListenerState::Listening, &ALL[1..]).obstacle, Some(Obstacle::Held));
        assert_eq!(shown(ListenerState::Listening, &ALL[2..]).obstacle, Some(Obstacle::Interrupted));
        assert_eq!(shown(ListenerState::Paused, &ALL).obstacle, Some(Obstacle::Blocked));
        assert_eq!(shown(ListenerState::Paused, &ALL[1..]).obstacle, None);
        assert_eq!(shown(ListenerState::Reconnecting, &ALL).obstacle, Some(Obstacle::Held));
        assert_eq!(shown(ListenerState::Reconnecting, &[Obstacle::Held]).media_state(), MediaState::Paused);
        assert_eq!(shown(ListenerState::Reconnecting, &[Obstacle::Muted]).obstacle, None);
        for state in [ListenerState::Connecting, ListenerState::Ended(Ending::Missed)] {
            assert_eq!(shown(state, &ALL).obstacle, None);
        }
    }

    #[test]
    fn the_state_attribute_describes_the_received_sound() {
        assert_eq!(shown(ListenerState::Listening, &[Obstacle::Held]).state(), "listening");
        assert_eq!(shown(ListenerState::Listening, &[Obstacle::Interrupted]).state(), "listening");
        assert_eq!(shown(ListenerState::Listening, &[Obstacle::Muted]).state(), "listening");
        let blocked = shown(ListenerState::Listening, &[Obstacle::Blocked]);
        assert_eq!((blocked.state(), blocked.refusal()), ("refused", Some(Refusal::PlaybackBlocked)));
    }

    #[test]
    fn a_silence_of_the_host_is_shown_only_while_listening() {
        let listening = shown(ListenerState::Listening, &[]).with_silence(true);
        assert_eq!((listening.state(), listening.headline()), ("listening", text::SILENT));
        assert_eq!(listening.media_state(), MediaState::Playing);
        assert_ne!(listening.explanation(), shown(ListenerState::Listening, &[]).explanation());
        for other in [shown(ListenerState::Listening, &[Obstacle::Held]), shown(ListenerState::Paused, &[])] {
            assert_eq!(other.with_silence(true).explanation(), other.explanation());
        }
    }

    #[test]
    fn a_listener_without_a_path_is_told_while_the_page_keeps_trying() {
        for why in [NoPath::Blocked, NoPath::NamesOnly] {
            let shown = shown(ListenerState::OutOfReach(why), &ALL);
            assert_eq!((shown.state(), shown.refusal()), ("refused", Some(Refusal::Network)));
            assert_eq!(shown.explanation(), locale::no_path(why));
            assert!(!shown.is_over());
        }
    }
}
