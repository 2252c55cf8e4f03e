//! The choice of a loudspeaker, in browsers that let the page choose.

use crate::{
    browser::{RoomHandle, Speaker},
    components::{Button, Choice, Select, Variant},
    locale::Locale,
    prelude::*,
    text::speaker as text,
};

/// A list of the loudspeakers that the browser names, or the browser's own picker.
#[component]
pub(super) fn SpeakerChoice(handle: RoomHandle) -> impl IntoView {
    let (speakers, locale) = (handle.speakers, Locale::current());
    let is_listed = Memo::new(move |_| !speakers.named.with(Vec::is_empty));
    let choices = move || {
        let named = speakers.named.get().into_iter().map(|Speaker { id, label }| Choice::new(id, label));
        std::iter::once(Choice::new("", locale.say(text::DEFAULT))).chain(named).collect::<Vec<_>>()
    };
    view! {
        <Show when=move || is_listed.get()>
            <Select
                label=text::LABEL
                id="speaker"
                choices=Signal::derive(choices)
                chosen=speakers.chosen
                on_change=move |id| handle.choose_speaker(id)
            />
        </Show>
        <Show when=move || speakers.unnamed.get() && !speakers.has_picker.get()>
            <p class="field-hint">{text::UNNAMED}</p>
        </Show>
        <Show when=move || speakers.has_picker.get()>
            <Button variant=Variant::Ghost on:click=move |_| handle.pick_speaker()>
                {text::PICK}
            </Button>
        </Show>
        <Show when=move || speakers.failed.get()>
            <p class="field-error" role="status">
                {text::FAILED}
            </p>
        </Show>
    }
    .into_any()
}
