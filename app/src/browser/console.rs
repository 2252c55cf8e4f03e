//! The client's decisions in the browser's console, for whoever looks why a page does what it does: on request, by `?debug` in
//! the address or `localStorage.setItem("heartogether.debug", "1")`.

use js_sys::Function;
use leptos::prelude::window;
use wasm_bindgen::JsCast;

use super::{js_property::property, storage};
use heartogether_client::{Output, trace};

const KEY: &str = "heartogether.debug";

/// Whether somebody wants to see them on this page.
pub(super) fn is_asked_for() -> bool {
    let query = window().location().search().unwrap_or_default();
    let is_in_address = query.trim_start_matches('?').split('&').any(|part| part.split('=').next() == Some("debug"));
    is_in_address || storage::local().and_then(|storage| storage.get_item(KEY).ok().flatten()).is_some()
}

/// Writes what happened and what is done about it, one line. What is counted all the time and leads to nothing is left out.
pub(super) fn write(happened: &str, commands: &[Output]) {
    let is_routine = matches!(happened, "counted" | "measured") && commands.is_empty();
    if is_routine {
        return;
    }
    let done: Vec<_> = commands.iter().map(trace::output).collect();
    let line =
        format!("[heartogether] {happened} → {}", if done.is_empty() { "nothing".to_owned() } else { done.join("; ") });
    let console = property(&window(), "console");
    if let Ok(log) = property(&console, "info").dyn_into::<Function>() {
        // A console that refuses a line is no reason to stop.
        let _ = log.call1(&console, &line.into());
    }
}
