//! The page's own clock, which does not jump when the device's date is changed.

use crate::dom::window;
use js_sys::Function;
use wasm_bindgen::JsCast;

use super::js_property::property;

/// Milliseconds since the page began (High Resolution Time, `performance.now()`), on the clock of events' `timeStamp`.
pub fn now_ms() -> f64 {
    let performance = property(&window(), "performance");
    let now = property(&performance, "now").dyn_into::<Function>().and_then(|now| now.call0(&performance));
    now.ok().and_then(|now| now.as_f64()).unwrap_or_default()
}
