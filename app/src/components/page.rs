//! The `<main>` element of every page.

use heartogether::refusal::Refusal;
use leptos::server::ServerActionError;
use leptos_meta::Title;

use super::{
    focus::{self, MAIN_ID},
    query,
};
use crate::{browser::page_guard, prelude::*};

/// How wide a page is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// As wide as lines can be read.
    #[default]
    Wide,
    /// One column for one thing to do.
    Narrow,
}

/// The main part of a page with the attributes that tests and tools rely on: `data-page`, `data-state`, `data-refusal`,
/// and `data-hydrated` once the page runs in the browser.
#[component]
pub fn Page(
    /// Its `data-page`.
    name: &'static str,
    /// What the browser's tab says before the product's name; alone the product's name if empty.
    #[prop(into)]
    title: TextProp,
    /// Its `data-state`; takes text or a closure.
    #[prop(optional, into)]
    state: Option<Signal<&'static str>>,
    /// Its `data-refusal`; takes a refusal or a closure that has one at times.
    #[prop(optional, into)]
    refusal: Signal<Option<Refusal>>,
    /// Its `data-link`: how the signaling connection is, where there is one.
    #[prop(optional, into)]
    link: Option<Signal<&'static str>>,
    /// How wide it is.
    #[prop(optional)]
    width: Width,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    let hydrated = RwSignal::new(false);
    Effect::new(move |_| {
        forget_form_error();
        hydrated.set(true);
        page_guard::note_run();
        focus::arrive();
    });
    // A state that takes away what was pressed, and puts nothing in its place.
    Effect::new(move |before: Option<&str>| {
        let now = state.map_or("", |state| state.get());
        if before.is_some_and(|before| before != now) {
            focus::rescue_at_last();
        }
        now
    });
    view! {
        <Title text=title />
        <main
            id=MAIN_ID
            tabindex="-1"
            class=match width {
                Width::Wide => "main",
                Width::Narrow => "main main-narrow",
            }
            data-page=name
            data-state=move || state.map(|state| state.get())
            data-refusal=move || refusal.get().map(Refusal::code)
            data-link=move || link.map(|link| link.get())
            data-hydrated=move || hydrated.get().then_some("")
        >
            {children()}
        </main>
    }
    .into_any()
}

/// Without wasm, a form's error comes back in the address. Once the page has shown it, it is gone from there and from
/// the forms of later pages.
fn forget_form_error() {
    if take_context::<ServerActionError>().is_none() {
        return;
    }
    query::forget(&["__path", "__err"]);
}
