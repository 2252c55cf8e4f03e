//! The choice of a microphone, and its level.

use crate::{
    browser::{Microphone, RoomHandle},
    components::{Button, Choice, Select, Variant},
    locale::say,
    prelude::*,
    text::sound as text,
};

/// The list of microphones, once the browser names them.
#[component]
pub(super) fn MicrophonePicker(handle: RoomHandle) -> impl IntoView {
    let sound = handle.sound;
    let is_known = Memo::new(move |_| !sound.microphones.with(Vec::is_empty));
    let choice = |Microphone { id, label }: Microphone| Choice::new(id, label);
    let choices = Signal::derive(move || sound.microphones.get().into_iter().map(choice).collect());
    view! {
        <Show when=move || is_known.get()>
            <Select
                label=text::CHOOSE_MICROPHONE
                id="microphone"
                choices
                chosen=Signal::derive(move || sound.chosen_microphone.get().unwrap_or_default())
                on_change=move |id| handle.choose_microphone(id)
            />
        </Show>
    }
    .into_any()
}

/// Opens the microphone for the host alone.
#[component]
pub(super) fn TrialButton(handle: RoomHandle) -> impl IntoView {
    let is_open = handle.sound.microphone_open;
    view! {
        <Button variant=Variant::Ghost on:click=move |_| handle.try_microphone(!is_open.get_untracked())>
            {say(move || if is_open.get() { text::CLOSE_MICROPHONE } else { text::TRY_MICROPHONE })}
        </Button>
    }
    .into_any()
}
