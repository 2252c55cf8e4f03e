//! The page for members: their lounges, the conversation, and who is there.

use super::{
    composer::Composer,
    conversation::Conversation,
    details::details,
    dialog::dialog,
    erased::{attribute, key, part_when, press},
    head::head,
    lounges::lounges,
    news::Unread,
    pictures,
    shared::{Lounge, Sheet},
    sound::sound,
    visible_height,
};
use crate::{
    prelude::*,
    text::{action, lounge as text},
};

/// Three columns on a wide screen; on a narrow one the outer two lie over the conversation when they are wanted.
#[component]
pub(super) fn Chat(lounge: Lounge, unread: Unread) -> impl IntoView {
    visible_height::follow();
    pictures::follow(lounge);
    let sheet = lounge.sheet;
    let escape = key(move |event| {
        if event.key() == "Escape" && sheet.get_untracked().is_some() {
            sheet.set(None);
        }
    });
    let shown = attribute(move || {
        let name = match sheet.get()? {
            Sheet::Lounges => "lounges",
            Sheet::Details => "details",
        };
        Some(name.to_owned())
    });
    let veil = move || {
        let close = press(move |_| sheet.set(None));
        view! { <button type="button" class="sheet-veil" tabindex="-1" aria-label=action::CLOSE on:click=close></button> }.into_any()
    };
    view! {
        <div class="lounge" data-sheet=shown on:keydown=escape>
            {lounges(lounge, unread)}
            <section class="lounge-main" aria-label=attribute(move || Some(lounge.title.get()))>
                {head(lounge)}
                {sound(lounge)}
                <Conversation lounge unread />
                <Composer lounge />
                <p class="drop-here" aria-hidden="true">{text::DROP_HERE}</p>
            </section>
            {details(lounge)}
            {part_when(move || sheet.get().is_some(), veil)}
            {dialog(lounge)}
            {pictures::viewed(lounge)}
        </div>
    }
    .into_any()
}
