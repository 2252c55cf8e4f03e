//! The host's sound: choosing sources, mixing them, pausing, stopping.

mod microphone;
mod mixer;
mod quality;
mod source_picker;
mod stop_controls;

use heartogether::protocol::Source;
use leptos::prelude::*;

use crate::{
    browser::RoomHandle,
    components::{Button, Notice, Tone, Variant},
};
use heartogether_client::{HostState, MicrophoneState};
use mixer::{MixerPanel, can_mix};
use source_picker::Offer;
use stop_controls::StopButton;

/// What the host can do now.
#[component]
pub(super) fn Controls(handle: RoomHandle, listener_count: Signal<usize>) -> impl IntoView {
    let is_sharing = Memo::new(move |_| matches!(handle.host_state.get(), HostState::Live | HostState::Paused));
    let hint = move || match handle.host_state.get() {
        HostState::Interrupted => "What you shared has ended. Share again, and everybody hears you again.",
        HostState::Paused => "Listeners stay connected and hear nothing until you resume.",
        HostState::Live => "This is what your listeners hear.",
        _ => "Pick what others shall hear. Nothing is sent before you do.",
    };
    view! {
        <section class="card" aria-label="Sound">
            <h2>"Sound"</h2>
            <p class="text-muted">{hint}</p>
            <Troubles handle />
            <Show when=move || is_sharing.get() fallback=move || view! { <Offer handle /> }>
                <MixerPanel handle />
            </Show>
            <StopButton handle listener_count />
        </section>
    }
    .into_any()
}

/// What is in the way, what went away, and what waits to be shared again.
#[component]
fn Troubles(handle: RoomHandle) -> impl IntoView {
    let sound = handle.sound;
    let error = move || sound.error.get().map(|error| view! { <Notice tone=Tone::Error>{error.to_string()}</Notice> });
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
const fn silence_text(problem: MicrophoneState) -> &'static str {
    match problem {
        MicrophoneState::Muted => {
            "Your device has muted the microphone, and nobody hears it. A key, the device’s settings or a call can do that. \
             Unmute it there."
        }
        MicrophoneState::Silent | MicrophoneState::Sounding => {
            "Your microphone gives no sound at all. Check whether it is switched on, or choose another microphone."
        }
    }
}

/// What is heard while the browser has stopped the mixer, and what to do.
const fn stalled_text(substitute: Source) -> &'static str {
    match substitute {
        Source::Display => {
            "The browser has stopped mixing your sound, for a call or because the device slept. Your listeners hear the tab \
             alone until it goes on. Tap or click anywhere on this page if it does not by itself."
        }
        Source::Microphone => {
            "The browser has stopped mixing your sound, for a call or because the device slept. Your listeners hear the \
             microphone alone until it goes on. Tap or click anywhere on this page if it does not by itself."
        }
    }
}

/// What happened to a source that is gone, and what to do.
const fn farewell(source: Source, others_go_on: bool) -> &'static str {
    match (source, others_go_on) {
        (Source::Display, false) => {
            "The sharing was stopped: in the browser’s own bar, or because the tab was closed. Share again, and everybody \
             hears you again."
        }
        (Source::Display, true) => {
            "The sharing was stopped: in the browser’s own bar, or because the tab was closed. Your microphone goes on."
        }
        (Source::Microphone, false) => {
            "Your microphone is gone: it was unplugged, or the browser took it away. Connect it or choose another one, and \
             everybody hears you again."
        }
        (Source::Microphone, true) => {
            "Your microphone is gone: it was unplugged, or the browser took it away. The tab goes on."
        }
    }
}

/// After a reload: browsers give a tab's sound back only after a click. Who wants something else says so.
#[component]
fn ShareAgain(handle: RoomHandle, source: Source) -> impl IntoView {
    let text = match source {
        Source::Display => {
            "You were sharing a tab when this page was reloaded. One click, and everybody hears it again."
        }
        Source::Microphone => "Your microphone was live when this page was reloaded. One click, and it is again.",
    };
    view! {
        <Notice tone=Tone::Warn>
            <div class="grid gap-3">
                <p>{text}</p>
                <div class="flex flex-wrap gap-3">
                    <Button pending=Signal::derive(move || handle.sound.asking.get().is_some()) on:click=move |_| handle.share(source)>
                        "Share again"
                    </Button>
                    <Button variant=Variant::Ghost on:click=move |_| handle.share_no_more()>
                        "Dismiss"
                    </Button>
                </div>
            </div>
        </Notice>
    }
}
