//! The volume on this page, which is kept for the next visit.

use crate::{
    browser::{RoomHandle, volume},
    components::{Button, Glyph, Icon, Slider, Variant},
    locale::say,
    prelude::*,
    text::listen as text,
};
use heartogether_client::Volume;

/// A mute button, and a slider where pages have a say in the volume.
#[component]
pub(super) fn Controls(handle: RoomHandle, chosen: RwSignal<Volume>) -> impl IntoView {
    let can_be_set = RwSignal::new(true);
    Effect::new(move |_| {
        can_be_set.set(volume::can_be_set());
        chosen.set(volume::remembered());
    });
    Effect::new(move |_| handle.set_volume(chosen.get()));
    let choose = move |volume: Volume| {
        volume::remember(volume);
        chosen.set(volume);
    };
    let toggle = move |_| {
        let volume = chosen.get_untracked();
        choose(Volume { muted: !volume.muted, ..volume });
    };
    // Whoever moves the slider wants to hear the difference.
    let slide = move |percent: u32| choose(Volume { percent, muted: false });
    let muted = Memo::new(move |_| chosen.get().muted);
    let percent = Signal::derive(move || chosen.get().percent);
    view! {
        <div class="volume">
            <Show when=move || can_be_set.get()>
                <Slider label=text::VOLUME id="volume" value=percent on_change=slide />
            </Show>
            <Button variant=Variant::Secondary on:click=toggle attr:data-mute="">
                {move || view! { <Icon glyph=if muted.get() { Glyph::Muted } else { Glyph::Volume } /> }}
                {say(move || if muted.get() { text::UNMUTE } else { text::MUTE })}
            </Button>
        </div>
    }
    .into_any()
}
