//! Sound in the lounge: says who shares, and leads to sharing. The code of the bar is loaded once somebody shares or wants to.

use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{
    erased::{part_when, press, said},
    later::later,
    shared::Lounge,
    sound_bar::bar,
    sound_stage::{Stage, headline},
};
use crate::{
    components::{Glyph, Icon},
    locale::Locale,
    prelude::*,
    text::lounge as text,
};

#[wasm_split(sound, wasm_split_path = leptos::wasm_split, fallible)]
fn load() -> Result<fn(Lounge) -> AnyView, SplitLoaderError> {
    Ok(bar)
}

/// A button while nobody shares, and the bar as soon as somebody does or wants to. What has changed is said to screen readers.
pub(super) fn sound(lounge: Lounge) -> AnyView {
    let (handle, locale) = (lounge.handle, Locale::current());
    let is_quiet = Memo::new(move |_| {
        let refusal = handle.sound_refusal.get();
        Stage::of(handle) == Stage::Quiet && refusal.is_none() && !lounge.is_sharing_open.get()
    });
    let has_sounded = StoredValue::new(false);
    let news = move || {
        // Nobody needs to hear that nothing is heard, before something was.
        let is_news = has_sounded.get_value() || Stage::of(handle) != Stage::Quiet;
        has_sounded.set_value(is_news);
        if is_news { locale.say(headline(lounge)).into_owned() } else { String::new() }
    };
    let quiet = move || {
        let open = press(move |_| lounge.is_sharing_open.set(true));
        view! {
            <div class="sound-bar" data-testid="sound" data-stage="quiet">
                <button type="button" class="sound-open" on:click=open>
                    <Icon glyph=Glyph::Headphones />
                    {text::LET_HEAR}
                </button>
            </div>
        }
        .into_any()
    };
    view! {
        <p class="sr-only" role="status" data-testid="sound-news">
            {said(news)}
        </p>
        {part_when(move || is_quiet.get(), quiet)}
        {part_when(move || !is_quiet.get(), move || later(load(), move |bar| bar(lounge)))}
    }
    .into_any()
}
