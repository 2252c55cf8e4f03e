//! The choice of the sound quality: voice, music or studio.

use crate::{
    browser::RoomHandle,
    locale::{Key, say},
    prelude::*,
    text::mixer as text,
};
use heartogether_client::{Input, Profile};

const fn label(profile: Profile) -> Key {
    match profile {
        Profile::Voice => text::VOICE,
        Profile::Music => text::MUSIC,
        Profile::Studio => text::STUDIO,
    }
}

const fn explanation(profile: Profile) -> Key {
    match profile {
        Profile::Voice => text::VOICE_HINT,
        Profile::Music => text::MUSIC_HINT,
        Profile::Studio => text::STUDIO_HINT,
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
            <legend>{text::QUALITY}</legend>
            <div>{Profile::ALL.map(option).collect_view()}</div>
            <p class="text-sm text-muted">{say(move || explanation(chosen.get()))}</p>
        </fieldset>
    }
    .into_any()
}
