//! Ways within the site that lead through the browser. The router changes pages without asking anybody; a page that the
//! browser itself is to replace asks first, as for a tab that is closed (HTML, `beforeunload`).

use gloo_events::{EventListener, EventListenerOptions};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event};

/// Leaves links to the browser. One that leads elsewhere on the page itself replaces nothing, and nobody is asked.
pub(super) fn take_links_from_router() -> EventListener {
    // The router listens at the window, where a click comes after the document.
    EventListener::new(&document(), "click", |event| {
        if is_in_link(event) {
            event.stop_propagation();
        }
    })
}

fn is_in_link(event: &Event) -> bool {
    let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    pressed.is_some_and(|pressed| pressed.closest("a[href]").is_ok_and(|link| link.is_some()))
}

/// Leaves steps back and forth in the history to the browser. By the time the page hears of one the address has changed: it
/// is put back, and gone to anew.
pub(super) fn take_history_from_router() -> EventListener {
    let here = window().location();
    let (path, address) = (here.pathname().unwrap_or_default(), here.href().unwrap_or_default());
    // At the window itself, those who capture come before the router.
    EventListener::new_with_options(&window(), "popstate", EventListenerOptions::run_in_capture_phase(), move |event| {
        let Some(there) = window().location().href().ok().filter(|_| leaves(&path)) else { return };
        event.stop_immediate_propagation();
        if let Ok(history) = window().history() {
            // A browser that refuses shows an address that is not the page's until it has been asked for.
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&address));
            let _ = window().location().assign(&there);
        }
    })
}

/// Whether the address is of another page than the one on this path.
fn leaves(path: &str) -> bool {
    window().location().pathname().is_ok_and(|now| now != path)
}
