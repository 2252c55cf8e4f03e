//! What a page shows of the devices over which it sends and plays.

use heartogether::room::Source;
use heartogether_browser::{CaptureError, Microphone, Speaker, View};
use heartogether_client::{MicrophoneState, Mix};

use super::{RoomHandle, follow};
use crate::prelude::*;

/// What a host's page shows of its sound. The signals follow [`View::sound`].
#[derive(Clone, Copy, Default)]
pub struct Sound {
    display_obstacle: RwSignal<Option<CaptureError>>,
    microphone_obstacle: RwSignal<Option<CaptureError>>,
    /// The source that the browser is asking the visitor for.
    pub asking: RwSignal<Option<Source>>,
    /// Why the last attempt to capture failed.
    pub error: RwSignal<Option<CaptureError>>,
    /// What is sent.
    pub mix: RwSignal<Mix>,
    /// The source that went away by itself.
    pub lost: RwSignal<Option<Source>>,
    /// Why the open microphone gives no sound, if it gives none.
    pub microphone_problem: RwSignal<Option<MicrophoneState>>,
    /// The source that was live before a reload and waits for a click.
    pub again: RwSignal<Option<Source>>,
    display_level: RwSignal<f32>,
    microphone_level: RwSignal<f32>,
    /// The microphones to choose from; none before the visitor has allowed one.
    pub microphones: RwSignal<Vec<Microphone>>,
    /// The id of the one that is open or would be opened.
    pub chosen_microphone: RwSignal<Option<String>>,
    /// Whether the host wears headphones.
    pub headphones: RwSignal<bool>,
    /// Whether the microphone is open, live or to be tried out.
    pub microphone_open: RwSignal<bool>,
}

impl Sound {
    /// Why this browser cannot capture from `source`, if it cannot.
    pub fn obstacle(self, source: Source) -> RwSignal<Option<CaptureError>> {
        match source {
            Source::Display => self.display_obstacle,
            Source::Microphone => self.microphone_obstacle,
        }
    }

    /// How loud `source` is.
    pub fn level(self, source: Source) -> RwSignal<f32> {
        match source {
            Source::Display => self.display_level,
            Source::Microphone => self.microphone_level,
        }
    }
}

/// What a listener's page shows of its loudspeakers. The signals follow [`View::speakers`].
#[derive(Clone, Copy, Default)]
pub struct Speakers {
    /// Those that the browser names: none before it may, and none where it cannot play on another one.
    pub named: RwSignal<Vec<Speaker>>,
    /// Whether the browser has some that it names only once a microphone was allowed.
    pub unnamed: RwSignal<bool>,
    /// Whether the browser has a picker of its own.
    pub has_picker: RwSignal<bool>,
    /// The id of the one that was chosen, maybe on an earlier visit; empty for the system's own choice.
    pub chosen: RwSignal<String>,
    /// Whether the one that was just chosen could not be used.
    pub failed: RwSignal<bool>,
}

impl RoomHandle {
    pub(super) fn follow_devices(self, View { sound, speakers, .. }: &View) {
        follow(&sound.display_obstacle, self.sound.display_obstacle);
        follow(&sound.microphone_obstacle, self.sound.microphone_obstacle);
        follow(&sound.asking, self.sound.asking);
        follow(&sound.error, self.sound.error);
        follow(&sound.mix, self.sound.mix);
        follow(&sound.lost, self.sound.lost);
        follow(&sound.microphone_problem, self.sound.microphone_problem);
        follow(&sound.again, self.sound.again);
        follow(&sound.display_level, self.sound.display_level);
        follow(&sound.microphone_level, self.sound.microphone_level);
        follow(&sound.microphones, self.sound.microphones);
        follow(&sound.chosen_microphone, self.sound.chosen_microphone);
        follow(&sound.headphones, self.sound.headphones);
        follow(&sound.microphone_open, self.sound.microphone_open);
        follow(&speakers.named, self.speakers.named);
        follow(&speakers.unnamed, self.speakers.unnamed);
        follow(&speakers.has_picker, self.speakers.has_picker);
        follow(&speakers.chosen, self.speakers.chosen);
        follow(&speakers.failed, self.speakers.failed);
    }
}
