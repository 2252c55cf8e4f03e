//! The choice of a source before the host is live, with an explanation of each.

use heartogether::room::Source;

use super::{
    super::{super::needs_code::NeedsCode, capture_error},
    OFFER_ID,
    microphone::{MicrophonePicker, TrialButton},
    mixer::can_mix,
};
use crate::{
    browser::{CaptureError, RoomHandle},
    components::{Button, Glyph, Icon, LevelMeter, Notice, Tone, Variant},
    locale::Key,
    prelude::*,
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

/// Shares a source. It can be pressed once the devices are there, before the page is drawn: see `heartogether_browser::begin_hosting`.
#[component]
fn ShareButton(handle: RoomHandle, source: Source, variant: Variant, label: Key) -> impl IntoView {
    let is_pending = Signal::derive(move || handle.sound.asking.get() == Some(source));
    view! {
        <Button
            variant
            pending=is_pending
            disabled=Signal::derive(move || !handle.stands.get())
            attr:data-share=source.name()
            on:click=move |_| handle.share(source)
        >
            {label}
        </Button>
    }
    .into_any()
}

#[component]
fn DisplayOffer(handle: RoomHandle) -> impl IntoView {
    view! {
        <div class="source">
            <h3>
                <Icon glyph=Glyph::Display />
                {text::DISPLAY}
            </h3>
            <p class="text-muted">{text::DISPLAY_HINT}</p>
            <ShareButton handle source=Source::Display variant=Variant::Primary label=text::SHARE_DISPLAY />
        </div>
    }
    .into_any()
}

#[component]
fn MicrophoneOffer(handle: RoomHandle) -> impl IntoView {
    let (sound, can_mix) = (handle.sound, can_mix(handle));
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
            <ShareButton handle source=Source::Microphone variant=Variant::Secondary label=text::USE_MICROPHONE />
            // The bar is all there is to see of a trial.
            <Show when=move || can_mix.get()>
                <NeedsCode handle>
                    <TrialButton handle />
                </NeedsCode>
            </Show>
        </div>
    }
    .into_any()
}
