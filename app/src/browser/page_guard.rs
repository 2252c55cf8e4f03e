//! Calls to the script that guards the page (`crate::page_guard`).

use js_sys::Function;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};

use heartogether_browser::js_property::property;

use crate::page_guard::GLOBAL;

/// Undoes what others have changed in the HTML that is about to be taken over: at first in all of it, later in the main part,
/// whose code may come after that of the frame around it.
pub fn restore_html() {
    call("restore");
}

/// Says that the page's code has begun to run, before it takes over the HTML.
#[cfg(feature = "hydrate")]
pub(crate) fn note_begun() {
    call("begin");
}

/// Says something else in an element of the server's, before the code takes it over. What a translator has made of it goes.
#[cfg(feature = "hydrate")]
pub(crate) fn say(element: &web_sys::Element, text: &str) {
    call_with("say", &[element.into(), text.into()]);
}

/// Says that the page runs.
pub(crate) fn note_run() {
    call("run");
}

/// Shows the notice that something has broken.
pub fn show_failure() {
    call("fail");
}

fn call(name: &str) {
    call_with(name, &[]);
}

fn call_with(name: &str, arguments: &[JsValue]) {
    let guard = property(&window(), GLOBAL);
    if let Some(function) = property(&guard, name).dyn_ref::<Function>() {
        // The script's functions do not throw, and there is nobody to tell.
        let _ = function.apply(&guard, &arguments.iter().collect());
    }
}
