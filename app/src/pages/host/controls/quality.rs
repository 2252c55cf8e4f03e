//! What the sound is, and so how it is sent.

use leptos::prelude::*;

use crate::browser::RoomHandle;
use heartogether_client::{Input, Profile};

const fn label(profile: Profile) -> &'static str {
    match profile {
        Profile::Voice => "Voice",
        Profile::Music => "Music",
        Profile::Studio => "Studio",
    }
}

const fn explanation(profile: Profile) -> &'static str {
    match profile {
        Profile::Voice => "For talk: echo and noise are taken out. Works on thin lines.",
        Profile::Music => "For songs and films: stereo, nothing is taken out.",
        Profile::Studio => "All there is, for good lines: half a megabit a second for each listener.",
    }
}

/// One of three, with what it is for.
#[component]
pub(super) fn QualityChoice(handle: RoomHandle) -> impl IntoView {
    let chosen = handle.profile;
    let option = move |profile: Profile| {
        view! {
            <label>
                <input
                    type="radio"
                    name="profile"
                    value=profile.name()
                    checked=chosen.get_untracked() == profile
                    prop:checked=move || chosen.get() == profile
                    on:change=move |_| handle.press(Input::ProfileChosen(profile))
                />
                <span>{label(profile)}</span>
            </label>
        }
    };
    view! {
        <fieldset class="segments">
            <legend>"Sound quality"</legend>
            <div>{Profile::ALL.map(option).collect_view()}</div>
            <p class="text-sm text-muted">{move || explanation(chosen.get())}</p>
        </fieldset>
    }
    .into_any()
}
