//! The sound as a host's page shows it.

use heartogether::room::Source;
use leptos::prelude::*;

use super::{capture::CaptureError, microphones::Microphone};
use heartogether_client::{MicrophoneState, Mix};

/// What a host's page shows of its sound. Made while rendering; nothing is known before the page runs in the browser.
#[derive(Clone, Copy, Default)]
pub struct Sound {
    /// Why this browser cannot share a tab's sound, if it cannot.
    pub display_obstacle: RwSignal<Option<CaptureError>>,
    /// Why this browser cannot use a microphone, if it cannot.
    pub microphone_obstacle: RwSignal<Option<CaptureError>>,
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
    /// How loud the tab is, from 0 to 1, before its fader.
    pub display_level: RwSignal<f32>,
    /// How loud the microphone is, from 0 to 1, before its fader.
    pub microphone_level: RwSignal<f32>,
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
