//! Input methods: while somebody composes text, such as Chinese from Latin letters, Enter confirms the text and does
//! not send the form.

use crate::dom::document;
use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

/// What keys say that an input method has taken (UI Events, section 7.3.1). Safari reports nothing else for the Enter
/// that ends a composition.
const TAKEN: u32 = 229;

/// From now on no such Enter sends a form, whatever field it is pressed in. The input method gets it all the same.
pub fn keep_from_sending() {
    let options = EventListenerOptions { passive: false, ..EventListenerOptions::run_in_capture_phase() };
    let keep = |event: &web_sys::Event| {
        let pressed = event.dyn_ref::<KeyboardEvent>();
        if pressed.is_some_and(|key| key.key() == "Enter" && (key.is_composing() || key.key_code() == TAKEN)) {
            event.prevent_default();
        }
    };
    // Once, for as long as the page lives.
    EventListener::new_with_options(&document(), "keydown", options, keep).forget();
}
