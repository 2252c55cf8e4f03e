//! Whether a listener's player plays, and who paused it. Browsers report a pause, but not who caused it.

/// Whether the player plays, and why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlayerState {
    /// It plays, or will play when a stream comes.
    #[default]
    Playing,
    /// The listener has paused it: on the page, the lock screen or the headset.
    PausedByListener,
    /// The system has paused it: for a call, for another program, or because the headphones were pulled out.
    PausedBySystem,
    /// The browser needs a tap before it plays.
    Blocked,
}

/// An input of the player.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayerInput {
    /// The listener presses play.
    PlayPressed,
    /// The listener presses pause.
    PausePressed,
    /// There is another stream to play.
    StreamAttached,
    /// The element plays (HTML, event `play`).
    Started,
    /// The element was paused (HTML, event `pause`), by anybody.
    Paused,
    /// The browser refuses to play without a tap (HTML, `NotAllowedError`).
    Refused,
    /// The cause of the pause may be over: the page is shown or focused again, the track is unmuted, or the system says
    /// so.
    Woken,
}

/// A command to the element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayerCommand {
    /// Play.
    Play,
    /// Pause.
    Pause,
}

/// A listener's player.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Player {
    state: PlayerState,
    /// Whether the browser reports the buttons of lock screens and headsets (W3C Media Session). Without such reports,
    /// a pause from outside counts as the listener's.
    reports_keys: bool,
}

impl Player {
    /// A player that should play.
    pub const fn new(reports_keys: bool) -> Self {
        Self { state: PlayerState::Playing, reports_keys }
    }

    /// Whether it plays, and why not.
    pub const fn state(&self) -> PlayerState {
        self.state
    }

    /// Handles an input, and returns the command to the element.
    pub const fn step(&mut self, input: PlayerInput) -> Option<PlayerCommand> {
        use PlayerState::{Blocked, PausedByListener, PausedBySystem, Playing};
        match (input, self.state) {
            (PlayerInput::PlayPressed, _) => {
                self.state = Playing;
                Some(PlayerCommand::Play)
            }
            (PlayerInput::PausePressed, _) => {
                self.state = PausedByListener;
                Some(PlayerCommand::Pause)
            }
            (PlayerInput::StreamAttached, PausedByListener) => Some(PlayerCommand::Pause),
            (PlayerInput::StreamAttached, _) | (PlayerInput::Woken, PausedBySystem) => Some(PlayerCommand::Play),
            (PlayerInput::Started, _) => {
                self.state = Playing;
                None
            }
            (PlayerInput::Paused, Playing) => {
                self.state = if self.reports_keys { PausedBySystem } else { PausedByListener };
                None
            }
            (PlayerInput::Refused, Playing | PausedBySystem | Blocked) => {
                self.state = Blocked;
                None
            }
            (PlayerInput::Paused | PlayerInput::Refused | PlayerInput::Woken, _) => None,
        }
    }
}
