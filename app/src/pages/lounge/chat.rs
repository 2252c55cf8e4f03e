//! The page for members: their lounges, the conversation, and who is there.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::{
    composer::Composer,
    conversation::Conversation,
    details::Details,
    head::{Head, Pins},
    lounges::Lounges,
    news::Unread,
    questions::Questions,
    shared::{Lounge, Sheet},
    visible_height,
};
use crate::text::action;

/// Three columns on a wide screen; on a narrow one the outer two lie over the conversation when they are wanted.
#[component]
pub(super) fn Chat(lounge: Lounge, unread: Unread) -> impl IntoView {
    visible_height::follow();
    let sheet = lounge.sheet;
    let press = move |event: KeyboardEvent| {
        if event.key() == "Escape" && sheet.get_untracked().is_some() {
            sheet.set(None);
        }
    };
    let shown = move || {
        sheet.get().map(|sheet| match sheet {
            Sheet::Lounges => "lounges",
            Sheet::Details => "details",
        })
    };
    let has_sheet = Memo::new(move |_| sheet.get().is_some());
    view! {
        <div class="lounge" data-sheet=shown on:keydown=press>
            <Lounges lounge unread />
            <section class="lounge-main" aria-label=move || lounge.title.get()>
                <Head lounge />
                <Pins lounge />
                <Conversation lounge unread />
                <Composer lounge />
            </section>
            <Details lounge />
            <Show when=move || has_sheet.get()>
                <button type="button" class="sheet-veil" tabindex="-1" aria-label=action::CLOSE on:click=move |_| sheet.set(None)></button>
            </Show>
            <Questions lounge />
        </div>
    }
    .into_any()
}
