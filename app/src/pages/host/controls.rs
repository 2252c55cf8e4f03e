//! The host's sound: choosing sources, mixing, pausing and stopping.

mod microphone;
mod mixer;
mod quality;
mod source_picker;
mod stop_controls;

use heartogether::room::Source;

use super::{super::needs_code::NeedsCode, capture_error, shown::Shown};
use crate::{
    browser::RoomHandle,
    components::{Button, Notice, Tone, Variant},
    locale::{Key, say},
    prelude::*,
    text::{action, sound as text},
};
use heartogether_client::MicrophoneState;
use mixer::{MixerPanel, can_mix};
use source_picker::Offer;
use stop_controls::{PauseButton, StopButton};

/// The id of the sentence that says what is heard.
pub(super) const HINT_ID: &str = "sound-hint";
/// The id of what offers the sources.
pub(super) const OFFER_ID: &str = "sound-offer";

/// What the host can do now.
#[component]
pub(super) fn Controls(handle: RoomHandle, listener_count: Signal<usize>) -> impl IntoView {
    let is_sharing = Memo::new(move |_| Shown::on(handle).is_sharing());
    view! {
        <section class="card" aria-label=text::HEADING>
            <h2>{text::HEADING}</h2>
            <p class="text-muted" id=HINT_ID>
                {say(move || Shown::on(handle).explanation())}
            </p>
            <Sources handle />
            <NeedsCode handle>
                <Show when=move || is_sharing.get()>
                    <PauseButton handle />
                </Show>
                <StopButton handle listener_count />
            </NeedsCode>
        </section>
    }
    .into_any()
}

/// The sources to choose from, or those that are live; and what is in the way.
#[component]
pub(in crate::pages) fn Sources(handle: RoomHandle) -> impl IntoView {
    let is_sharing = Memo::new(move |_| Shown::on(handle).is_sharing());
    view! {
        <Troubles handle />
        <Show when=move || is_sharing.get() fallback=move || view! { <Offer handle /> }>
            <MixerPanel handle />
        </Show>
    }
    .into_any()
}

/// What is in the way, what went away, and what waits to be shared again.
#[component]
fn Troubles(handle: RoomHandle) -> impl IntoView {
    let sound = handle.sound;
    let error =
        move || sound.error.get().map(|error| view! { <Notice tone=Tone::Error>{capture_error::told(error)}</Notice> });
    let lost = move || {
        let others_go_on = sound.mix.with(|mix| mix.route().is_some());
        sound.lost.get().map(|source| view! { <Notice tone=Tone::Warn>{farewell(source, others_go_on)}</Notice> })
    };
    let silent = move || {
        let problem = sound.microphone_problem.get();
        problem.map(|problem| view! { <Notice tone=Tone::Warn>{silence_text(problem)}</Notice> })
    };
    // Where there is no mixer, none has stopped.
    let can_mix = can_mix(handle);
    let stalled = move || {
        let substitute = sound.mix.with(|mix| mix.substitute()).filter(|_| can_mix.get());
        substitute.map(|source| view! { <Notice tone=Tone::Warn>{stalled_text(source)}</Notice> })
    };
    let again = move || sound.again.get().map(|source| view! { <ShareAgain handle source /> });
    view! {
        {error}
        {lost}
        {stalled}
        {silent}
        {again}
    }
    .into_any()
}

/// Why the microphone gives no sound, and what to do.
const fn silence_text(problem: MicrophoneState) -> Key {
    match problem {
        MicrophoneState::Muted => text::MICROPHONE_MUTED,
        MicrophoneState::Silent | MicrophoneState::Sounding => text::MICROPHONE_SILENT,
    }
}

/// What is heard while the browser has stopped the mixer, and what to do.
const fn stalled_text(substitute: Source) -> Key {
    match substitute {
        Source::Display => text::STALLED_TAB,
        Source::Microphone => text::STALLED_MICROPHONE,
    }
}

/// What happened to a source that is gone, and what to do.
const fn farewell(source: Source, others_go_on: bool) -> Key {
    match (source, others_go_on) {
        (Source::Display, false) => text::TAB_GONE,
        (Source::Display, true) => text::TAB_GONE_MICROPHONE_ON,
        (Source::Microphone, false) => text::MICROPHONE_GONE,
        (Source::Microphone, true) => text::MICROPHONE_GONE_TAB_ON,
    }
}

/// After a reload: browsers give a tab's sound back only after a click. Who wants something else says so.
#[component]
fn ShareAgain(handle: RoomHandle, source: Source) -> impl IntoView {
    let said = match source {
        Source::Display => text::TAB_AGAIN,
        Source::Microphone => text::MICROPHONE_AGAIN,
    };
    view! {
        <Notice tone=Tone::Warn>
            <div class="grid gap-3">
                <p>{said}</p>
                <div class="flex flex-wrap gap-3">
                    <Button pending=Signal::derive(move || handle.sound.asking.get().is_some()) on:click=move |_| handle.share(source)>
                        {action::SHARE_AGAIN}
                    </Button>
                    <Button variant=Variant::Ghost on:click=move |_| handle.share_no_more()>
                        {action::DISMISS}
                    </Button>
                </div>
            </div>
        </Notice>
    }
}
