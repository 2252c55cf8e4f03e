//! The choice of a source before the host is live, with an explanation of each.

use heartogether::room::Source;
use leptos::prelude::*;

use super::{
    super::capture_error,
    OFFER_ID,
    microphone::{MicrophonePicker, TrialButton},
    mixer::can_mix,
};
use crate::{
    browser::{CaptureError, RoomHandle},
    components::{Button, Glyph, Icon, LevelMeter, Notice, Tone, Variant},
    text::sound as text,
};

/// Both sources, or why there is one or none.
#[component]
pub(super) fn Offer(handle: RoomHandle) -> impl IntoView {
    let sound = handle.sound;
    let is_insecure =
        Memo::new(move |_| sound.obstacle(Source::Microphone).get() == Some(CaptureError::InsecureContext));
    view! {
        <Show
            when=move || is_insecure.get()
            fallback=move || {
                view! {
                    <div class="grid gap-4" id=OFFER_ID>
                        <Possible handle source=Source::Display>
                            <DisplayOffer handle />
                        </Possible>
                        <Possible handle source=Source::Microphone>
                            <MicrophoneOffer handle />
                        </Possible>
                    </div>
                }
            }
        >
            <Notice tone=Tone::Warn title=text::INSECURE>
                {capture_error::told(CaptureError::InsecureContext)}
            </Notice>
        </Show>
    }
    .into_any()
}

/// What a source offers, or why this browser does not have it. The server does not know; the page says so as soon as it
/// runs.
#[component]
fn Possible(handle: RoomHandle, source: Source, children: ChildrenFn) -> impl IntoView {
    let obstacle = handle.sound.obstacle(source);
    move || match obstacle.get() {
        Some(obstacle) => view! { <Notice>{capture_error::told(obstacle)}</Notice> }.into_any(),
        None => children().into_any(),
    }
}

#[component]
fn DisplayOffer(handle: RoomHandle) -> impl IntoView {
    let is_pending = Signal::derive(move || handle.sound.asking.get() == Some(Source::Display));
    view! {
        <div class="source">
            <h3>
                <Icon glyph=Glyph::Display />
                {text::DISPLAY}
            </h3>
            <p class="text-muted">{text::DISPLAY_HINT}</p>
            <Button pending=is_pending on:click=move |_| handle.share(Source::Display)>
                {text::SHARE_DISPLAY}
            </Button>
        </div>
    }
    .into_any()
}

#[component]
fn MicrophoneOffer(handle: RoomHandle) -> impl IntoView {
    let (sound, can_mix) = (handle.sound, can_mix(handle));
    let is_pending = Signal::derive(move || sound.asking.get() == Some(Source::Microphone));
    view! {
        <div class="source">
            <h3>
                <Icon glyph=Glyph::Microphone />
                {text::MICROPHONE}
            </h3>
            <p class="text-muted">{text::MICROPHONE_HINT}</p>
            <MicrophonePicker handle />
            <Show when=move || sound.microphone_open.get()>
                <LevelMeter level=sound.level(Source::Microphone) />
                <p class="text-sm text-muted">{text::MICROPHONE_TRIAL}</p>
            </Show>
            <Button variant=Variant::Secondary pending=is_pending on:click=move |_| handle.share(Source::Microphone)>
                {text::USE_MICROPHONE}
            </Button>
            // The bar is all there is to see of a trial.
            <Show when=move || can_mix.get()>
                <TrialButton handle />
            </Show>
        </div>
    }
    .into_any()
}
