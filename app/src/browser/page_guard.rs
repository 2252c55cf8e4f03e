//! Calls to the script that guards the page (`crate::page_guard`).

use js_sys::Function;
use leptos::prelude::window;
use wasm_bindgen::JsCast;

use heartogether_browser::js_property::property;

use crate::page_guard::GLOBAL;

/// Undoes what others have changed in the HTML that is about to be taken over: at first in all of it, later in the main part,
/// whose code may come after that of the frame around it.
pub fn restore_html() {
    call("restore");
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
    let guard = property(&window(), GLOBAL);
    if let Some(function) = property(&guard, name).dyn_ref::<Function>() {
        // The script's functions do not throw, and there is nobody to tell.
        let _ = function.call0(&guard);
    }
}
