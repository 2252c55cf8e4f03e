//! Writes the client's decisions to the browser's console, for debugging. It is switched on by `?debug` in the address
//! or `localStorage.setItem("heartogether.debug", "1")`.

use js_sys::Function;
use leptos::prelude::window;
use wasm_bindgen::JsCast;

use super::{js_property::property, storage};
const KEY: &str = "heartogether.debug";

/// Whether somebody wants to see them on this page.
pub(super) fn is_asked_for() -> bool {
    let query = window().location().search().unwrap_or_default();
    let is_in_address = query.trim_start_matches('?').split('&').any(|part| part.split('=').next() == Some("debug"));
    is_in_address || storage::local().and_then(|storage| storage.get_item(KEY).ok().flatten()).is_some()
}

/// Writes a line.
pub(super) fn write(line: &str) {
    let console = property(&window(), "console");
    if let Ok(log) = property(&console, "info").dyn_into::<Function>() {
        // A console that refuses a line is no reason to stop.
        let _ = log.call1(&console, &format!("[heartogether] {line}").into());
    }
}
