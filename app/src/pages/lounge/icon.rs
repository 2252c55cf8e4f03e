//! The number of unread messages on the page's icon, and on the installed app's (W3C Badging API).

use js_sys::{Function, Promise};
use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::routes;

/// Shows it on both; neither says a number if nothing is unread.
pub(super) fn count_on_icon(count: usize) {
    if let Some(icon) = document().query_selector("link[rel=icon]").ok().flatten() {
        // An element takes every address.
        _ = icon.set_attribute("href", &routes::href(&routes::counting_icon(count)));
    }
    count_on_app(count);
}

/// Where the browser has no such badge there is nothing to do.
fn count_on_app(count: usize) {
    let navigator = window().navigator();
    let (name, number) =
        if count > 0 { ("setAppBadge", JsValue::from(count)) } else { ("clearAppBadge", JsValue::UNDEFINED) };
    let badge = js_sys::Reflect::get(&navigator, &name.into()).ok().and_then(|badge| badge.dyn_into::<Function>().ok());
    let shown = badge.and_then(|badge| badge.call1(&navigator, &number).ok());
    if let Some(shown) = shown.and_then(|shown| shown.dyn_into::<Promise>().ok()) {
        // A browser that refuses shows no number, and the title does all the same.
        spawn_local(async move { _ = JsFuture::from(shown).await });
    }
}
