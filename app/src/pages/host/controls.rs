//! Choosing a source; pausing, resuming, stopping.

use heartogether::wire::Source;
use leptos::prelude::*;

use crate::{
    client::{HostState, Input, browser::Presence},
    components::{Button, Glyph, Icon, LevelMeter, Notice, Tone, Variant},
};

/// What the host can do now.
#[component]
pub(super) fn Controls(presence: Presence, listener_count: Signal<usize>) -> impl IntoView {
    let is_sharing = Memo::new(move |_| matches!(presence.host_state.get(), HostState::Live | HostState::Paused));
    let hint = move || match presence.host_state.get() {
        HostState::Interrupted => "What you shared has ended. Share again, and everybody hears you again.",
        HostState::Paused => "Listeners stay connected and hear nothing until you resume.",
        HostState::Live => match presence.source.get() {
            Some(Source::Microphone) => "Your microphone is live.",
            _ => "What you picked is live.",
        },
        _ => "Pick what others shall hear. Nothing is sent before you do.",
    };
    view! {
        <section class="card" aria-label="Sound">
            <h2>"Sound"</h2>
            <p class="text-muted">{hint}</p>
            {move || {
                presence
                    .capture_error
                    .get()
                    .map(|error| view! { <Notice tone=Tone::Error>{error.to_string()}</Notice> })
            }}
            <Show when=move || is_sharing.get() fallback=move || view! { <Sources presence /> }>
                <LevelMeter level=presence.level />
                <PauseButton presence />
            </Show>
            <StopButton presence listener_count />
        </section>
    }
}

#[component]
fn Sources(presence: Presence) -> impl IntoView {
    view! {
        <div class="grid gap-3">
            <Button on:click=move |_| presence.share(Source::Display)>
                <Icon glyph=Glyph::Display />
                "Share a tab or system audio"
            </Button>
            <Button variant=Variant::Secondary on:click=move |_| presence.share(Source::Microphone)>
                <Icon glyph=Glyph::Microphone />
                "Use a microphone"
            </Button>
        </div>
    }
}

#[component]
fn PauseButton(presence: Presence) -> impl IntoView {
    let is_paused = Memo::new(move |_| presence.host_state.get() == HostState::Paused);
    view! {
        <Show
            when=move || is_paused.get()
            fallback=move || {
                view! {
                    <Button variant=Variant::Secondary on:click=move |_| presence.press(Input::PausePressed)>
                        <Icon glyph=Glyph::Pause />
                        "Pause"
                    </Button>
                }
            }
        >
            <Button on:click=move |_| presence.press(Input::ResumePressed)>
                <Icon glyph=Glyph::Play />
                "Resume"
            </Button>
        </Show>
    }
}

/// Asks first when somebody listens.
#[component]
fn StopButton(presence: Presence, listener_count: Signal<usize>) -> impl IntoView {
    let asking = RwSignal::new(false);
    let stop = move |_| {
        if listener_count.get_untracked() > 0 {
            asking.set(true);
        } else {
            presence.press(Input::StopPressed);
        }
    };
    view! {
        <Show
            when=move || asking.get()
            fallback=move || {
                view! {
                    <Button variant=Variant::Ghost on:click=stop>
                        <Icon glyph=Glyph::Stop />
                        "Stop"
                    </Button>
                }
            }
        >
            <div class="grid gap-3" role="group" aria-label="End the room?">
                <p>"This ends the room for everybody in it."</p>
                <Button variant=Variant::Danger on:click=move |_| presence.press(Input::StopPressed)>
                    <Icon glyph=Glyph::Stop />
                    "Stop for everyone"
                </Button>
                <Button variant=Variant::Ghost on:click=move |_| asking.set(false)>
                    "Go on"
                </Button>
            </div>
        </Show>
    }
}
