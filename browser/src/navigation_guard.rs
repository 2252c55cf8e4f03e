//! Links within the site that load a new page in the browser. The router changes pages without a question. Before the
//! browser itself replaces the page, it asks, as it does before a tab is closed (HTML, `beforeunload`).

use std::cell::RefCell;

use crate::dom::{document, window};
use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event};

/// Leaves links to the browser. One that leads elsewhere on the page itself replaces nothing, and nobody is asked.
pub(crate) fn take_links_from_router() -> EventListener {
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

thread_local! {
    /// The page that is not to be left without a question: its path, and its whole address.
    static KEPT: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// Hears of steps in the history before the router does, which has to come later: events at the window itself reach listeners
/// in the order in which they were added, whether they capture or not (Chromium 156).
pub fn stand_before_router() {
    EventListener::new(&window(), "popstate", |event| {
        let kept = KEPT.with_borrow(Option::clone);
        if let Some((_, address)) = kept.filter(|(path, _)| leaves(path)) {
            event.stop_immediate_propagation();
            ask_for(&address);
        }
    })
    .forget();
}

/// By the time the page hears of a step the address has changed: it is put back, and the other one is gone to anew.
fn ask_for(address: &str) {
    let here = window().location();
    if let (Ok(there), Ok(history)) = (here.href(), window().history()) {
        // A browser that refuses shows an address that is not the page's until it has been asked for.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
        let _ = here.assign(&there);
    }
}

/// Steps back and forth in the history are the browser's as long as this lives.
pub(crate) struct History(());

/// Leaves steps back and forth in the history to the browser.
pub(crate) fn take_history_from_router() -> History {
    let here = window().location();
    KEPT.set(here.pathname().ok().zip(here.href().ok()));
    History(())
}

impl Drop for History {
    fn drop(&mut self) {
        KEPT.set(None);
    }
}

/// Whether the address is of another page than the one on this path.
fn leaves(path: &str) -> bool {
    window().location().pathname().is_ok_and(|now| now != path)
}
