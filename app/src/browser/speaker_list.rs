//! What a listener's page shows of its loudspeakers.

use leptos::prelude::*;

/// A loudspeaker to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The browser's id for it, the same on every visit; empty for the system's own choice.
    pub id: String,
    /// What people call it.
    pub label: String,
}

/// What a listener's page shows of its loudspeakers.
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
