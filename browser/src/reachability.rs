//! Whether the server or a sign-in provider answers, and whether this page is an old copy.

use crate::dom::window;
use gloo_net::http::Request;
use js_sys::{Array, Function};
use wasm_bindgen::JsCast;

use super::js_property::property;
use crate::site;

/// Whether a path of ours is answered, and with a status that says yes.
pub async fn answers(path: &str) -> bool {
    Request::get(&site::href(path)).send().await.is_ok_and(|answer| answer.ok())
}

/// Whether the browser went back or forward to this page, which it may have kept.
pub fn is_from_history() -> bool {
    let performance = property(&window(), "performance");
    let entries = property(&performance, "getEntriesByType").dyn_into::<Function>();
    let entries = entries.ok().and_then(|entries| entries.call1(&performance, &"navigation".into()).ok());
    let first = entries.and_then(|entries| entries.dyn_into::<Array>().ok()).map(|entries| entries.get(0));
    first.is_some_and(|first| property(&first, "type") == "back_forward")
}

/// Whether the browser shows again a page that it had put aside as it was (`PageTransitionEvent`).
pub fn is_persisted(event: &web_sys::Event) -> bool {
    property(event, "persisted").is_truthy()
}
