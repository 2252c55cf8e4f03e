//! Whether a listener's player plays, and who paused it. Browsers report a pause without saying whose it was.

/// Whether the player plays, and why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlayerState {
    /// It plays, or plays as soon as a stream comes.
    #[default]
    Playing,
    /// The listener has paused it: on the page, the lock screen or the headset.
    PausedByListener,
    /// The system has paused it: for a call, for another program, or because the headphones were pulled out.
    PausedBySystem,
    /// The browser wants a tap before it plays.
    Blocked,
}

/// What happens to the player.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayerInput {
    /// The listener wants to hear.
    PlayPressed,
    /// The listener wants silence.
    PausePressed,
    /// Another stream is to be played.
    StreamAttached,
    /// The element plays (HTML, event `play`).
    Started,
    /// The element is paused (HTML, event `pause`), whoever paused it.
    Paused,
    /// The browser refuses to play without a tap (HTML, `NotAllowedError`).
    Refused,
    /// What paused the player may be over: the page is shown or focused again, the track is unmuted, or the system says so.
    Woken,
}

/// What the element is told.
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
    /// Whether the browser reports what is pressed on lock screens and headsets (W3C Media Session). Without that report a
    /// pause from outside counts as the listener's.
    reports_keys: bool,
}

impl Player {
    /// A player that is to play.
    pub const fn new(reports_keys: bool) -> Self {
        Self { state: PlayerState::Playing, reports_keys }
    }

    /// Whether it plays, and why not.
    pub const fn state(&self) -> PlayerState {
        self.state
    }

    /// Takes in what happened and says what the element is told.
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
