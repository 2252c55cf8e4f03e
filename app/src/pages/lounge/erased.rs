//! Closures of views as one type each. The framework's code is compiled anew for each type of closure, and a lounge's page has
//! many: this makes the page's code a third lighter.

use std::sync::Arc;

use leptos::ev;

use crate::{
    components::{Glyph, Icon},
    locale::Key,
    prelude::*,
};

/// A part of the page that changes.
pub(super) type Part = Box<dyn FnMut() -> AnyView + Send>;
/// A text that changes.
pub(super) type Said = Box<dyn FnMut() -> String + Send>;
/// An attribute that is there at times.
pub(super) type Attribute = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// A part of the page that is drawn anew when what it reads changes.
pub(super) fn part(draw: impl FnMut() -> AnyView + Send + 'static) -> Part {
    Box::new(draw)
}

/// A part of the page that is there at times. It is drawn anew only when that changes.
pub(super) fn part_when(
    when: impl Fn() -> bool + Send + Sync + 'static,
    draw: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let when: Arc<dyn Fn() -> bool + Send + Sync> = Arc::new(when);
    let draw: Arc<dyn Fn() -> AnyView + Send + Sync> = Arc::new(draw);
    memoised(when, draw)
}

fn memoised(when: Arc<dyn Fn() -> bool + Send + Sync>, draw: Arc<dyn Fn() -> AnyView + Send + Sync>) -> AnyView {
    let is_there = Memo::new(move |_| when());
    part(move || if is_there.get() { draw() } else { ().into_any() }).into_any()
}

/// Acts whenever what it reads has changed. Only in the browser.
pub(super) fn effect(act: impl FnMut() + 'static) {
    run(Box::new(act));
}

/// The code of an effect, once for all of them.
fn run(mut act: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| act());
}

/// A text that changes.
pub(super) fn said(say: impl FnMut() -> String + Send + 'static) -> Said {
    Box::new(say)
}

/// An attribute with a value that changes, or that is there at times.
pub(super) fn attribute(value: impl Fn() -> Option<String> + Send + Sync + 'static) -> Attribute {
    Arc::new(value)
}

/// An attribute without a value that is there at times.
pub(super) fn flag(is: impl Fn() -> bool + Send + Sync + 'static) -> Attribute {
    attribute(move || is().then(String::new))
}

/// An attribute that says "true" or "false".
pub(super) fn switch(is: impl Fn() -> bool + Send + Sync + 'static) -> Attribute {
    attribute(move || Some(if is() { "true" } else { "false" }.to_owned()))
}

/// What a press does.
pub(super) type Press = Box<dyn FnMut(ev::MouseEvent)>;

/// What a press does.
pub(super) fn press(act: impl FnMut(ev::MouseEvent) + 'static) -> Press {
    Box::new(act)
}

/// A square button with only an icon.
pub(super) fn icon_button(glyph: Glyph, label: Key, act: Press) -> AnyView {
    view! {
        <button type="button" class="icon-button" aria-label=label title=label on:click=act>
            <Icon glyph />
        </button>
    }
    .into_any()
}

/// A line of a menu.
pub(super) fn action(glyph: Glyph, label: Key, act: Press) -> AnyView {
    view! {
        <button type="button" class="action" on:click=act>
            <Icon glyph />
            {label}
        </button>
    }
    .into_any()
}

/// What a key does.
pub(super) fn key(act: impl FnMut(ev::KeyboardEvent) + 'static) -> Box<dyn FnMut(ev::KeyboardEvent)> {
    Box::new(act)
}

/// Rows that stay while they are there, by their ids.
pub(super) fn rows(
    ids: impl Fn() -> Vec<String> + Send + Sync + 'static,
    draw: impl Fn(String) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    keyed(Arc::new(ids), Arc::new(draw))
}

fn keyed(
    ids: Arc<dyn Fn() -> Vec<String> + Send + Sync>,
    draw: Arc<dyn Fn(String) -> AnyView + Send + Sync>,
) -> AnyView {
    view! { <For each=move || ids() key=String::clone let(id)>{draw(id)}</For> }.into_any()
}
