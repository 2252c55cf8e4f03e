//! The controls while live: each source with its meter, fader and switch, the sources to add, and the quality.

use heartogether::room::Source;

use super::{microphone::MicrophonePicker, quality::QualityChoice};
use crate::{
    browser::RoomHandle,
    components::{Button, FocusPreservingShow, Glyph, Icon, IconButton, LevelMeter, Notice, Slider, Variant},
    locale::{Key, say},
    prelude::*,
    text::mixer as text,
};
use heartogether_client::{Fader, Input, Profile};

/// What a source is called here.
struct Words {
    title: Key,
    group: Key,
    glyph: Glyph,
    volume: Key,
    volume_id: &'static str,
    mute: Key,
    remove: Key,
    add: Key,
}

const fn words(source: Source) -> Words {
    match source {
        Source::Display => Words {
            title: text::TAB,
            group: text::TAB_GROUP,
            glyph: Glyph::Display,
            volume: text::TAB_VOLUME,
            volume_id: "tab-volume",
            mute: text::TAB_MUTE,
            remove: text::TAB_REMOVE,
            add: text::TAB_ADD,
        },
        Source::Microphone => Words {
            title: text::MICROPHONE,
            group: text::MICROPHONE_GROUP,
            glyph: Glyph::Microphone,
            volume: text::MICROPHONE_VOLUME,
            volume_id: "microphone-volume",
            mute: text::MICROPHONE_MUTE,
            remove: text::MICROPHONE_REMOVE,
            add: text::MICROPHONE_ADD,
        },
    }
}

/// What is live, and what can be done with it.
#[component]
pub(super) fn MixerPanel(handle: RoomHandle) -> impl IntoView {
    let can_mix = can_mix(handle);
    view! {
        <Show when=move || !can_mix.get()>
            <Notice>{text::UNMIXED}</Notice>
        </Show>
        <div class="grid gap-4">
            {[Source::Display, Source::Microphone]
                .map(|source| {
                    let is_in = Memo::new(move |_| handle.sound.mix.with(|mix| mix.has(source)));
                    view! {
                        <FocusPreservingShow when=is_in fallback=move || view! { <AddButton handle source /> }>
                            <Strip handle source />
                        </FocusPreservingShow>
                    }
                })
                .collect_view()}
        </div>
        <HeadphonesChoice handle />
        <QualityChoice handle />
    }
    .into_any()
}

/// Whether there is something to mix and to measure with.
pub(super) fn can_mix(handle: RoomHandle) -> Memo<bool> {
    Memo::new(move |_| handle.capabilities.get().web_audio)
}

/// One source. Without Web Audio it has no fader and no meter; a pause silences it.
#[component]
fn Strip(handle: RoomHandle, source: Source) -> impl IntoView {
    let words = words(source);
    let mix = handle.sound.mix;
    let fader = move || mix.with(|mix| mix.fader(source));
    let is_muted = Signal::derive(move || fader().muted);
    let glyph = Signal::derive(move || if is_muted.get() { Glyph::Muted } else { Glyph::Volume });
    let can_mix = can_mix(handle);
    let is_removable = Memo::new(move |_| !can_mix.get() || mix.with(|mix| mix.sources().count() > 1));
    let set = move |fader: Fader| handle.press(Input::FaderMoved { source, fader });
    view! {
        <div class="source" role="group" aria-label=words.group data-source=data_name(source)>
            <div class="flex items-center gap-1">
                <h3 class="flex-1">
                    <Icon glyph=words.glyph />
                    {words.title}
                </h3>
                <Show when=move || can_mix.get()>
                    <IconButton
                        label=words.mute
                        glyph
                        pressed=is_muted
                        on:click=move |_| {
                            let now = mix.with_untracked(|mix| mix.fader(source));
                            set(Fader { muted: !now.muted, ..now });
                        }
                    />
                </Show>
                <Show when=move || is_removable.get()>
                    <IconButton
                        label=words.remove
                        glyph=Glyph::Close
                        on:click=move |_| handle.press(Input::SourceRemoved(source))
                    />
                </Show>
            </div>
            <Show when=move || can_mix.get()>
                <LevelMeter level=handle.sound.level(source) />
                <Slider
                    label=words.volume
                    id=words.volume_id
                    value=Signal::derive(move || fader().volume_percent.into())
                    on_change=move |percent: u32| {
                        let now = mix.with_untracked(|mix| mix.fader(source));
                        set(Fader { volume_percent: u8::try_from(percent).unwrap_or(u8::MAX), ..now });
                    }
                />
            </Show>
            {match source {
                Source::Microphone => view! { <MicrophonePicker handle /> }.into_any(),
                Source::Display => view! { <AnotherTabButton handle /> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

const fn data_name(source: Source) -> &'static str {
    match source {
        Source::Display => "display",
        Source::Microphone => "microphone",
    }
}

/// While tab and microphone are both live: whether the microphone may hear the tab. Talk loses every echo anyway.
#[component]
fn HeadphonesChoice(handle: RoomHandle) -> impl IntoView {
    let sound = handle.sound;
    let has_both = Memo::new(move |_| sound.mix.with(|mix| mix.sources().count() > 1));
    let is_talk = Memo::new(move |_| handle.profile.get() == Profile::Voice);
    let hint = move || match (is_talk.get(), sound.headphones.get()) {
        (true, _) => text::HEADPHONES_VOICE,
        (false, false) => text::HEADPHONES_OFF,
        (false, true) => text::HEADPHONES_ON,
    };
    view! {
        <Show when=move || has_both.get()>
            <div class="field">
                <Show when=move || !is_talk.get()>
                    <label class="flex items-center gap-3">
                        <input
                            type="checkbox"
                            role="switch"
                            prop:checked=move || sound.headphones.get()
                            aria-describedby="headphones-hint"
                            on:change=move |event| {
                                handle.press(Input::HeadphonesChosen(event_target_checked(&event)));
                            }
                        />
                        {text::HEADPHONES}
                    </label>
                </Show>
                <p class="field-hint" id="headphones-hint">
                    {say(hint)}
                </p>
            </div>
        </Show>
    }
    .into_any()
}

#[component]
fn AnotherTabButton(handle: RoomHandle) -> impl IntoView {
    view! {
        <Button variant=Variant::Ghost on:click=move |_| handle.share(Source::Display)>
            {text::TAB_ANOTHER}
        </Button>
    }
}

/// Adds the source that is not live, where the browser has it and can mix.
#[component]
fn AddButton(handle: RoomHandle, source: Source) -> impl IntoView {
    let words = words(source);
    let can_mix = can_mix(handle);
    let is_possible = move || can_mix.get() && handle.sound.obstacle(source).get().is_none();
    let is_pending = Signal::derive(move || handle.sound.asking.get() == Some(source));
    view! {
        <Show when=is_possible>
            <Button variant=Variant::Secondary pending=is_pending on:click=move |_| handle.share(source)>
                <Icon glyph=words.glyph />
                {words.add}
            </Button>
        </Show>
    }
    .into_any()
}
