//! The page's window and document.

use futures::channel::oneshot;
use gloo_events::EventListener;
use web_sys::{Document, Element, Window};

use crate::js_property;

/// The window.
///
/// # Panics
/// Outside a page.
pub(crate) fn window() -> Window {
    web_sys::window().expect("a page has a window")
}

/// The document.
///
/// # Panics
/// Outside a page.
pub(crate) fn document() -> Document {
    window().document().expect("a page has a document")
}

/// The first element that fits a selector, which is one of our own.
pub fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

/// Whether the document is whole.
pub(crate) fn is_parsed() -> bool {
    js_property::property(&document(), "readyState") != "loading"
}

/// Completes once the document is whole (HTML, `DOMContentLoaded`).
pub async fn parsed() {
    if is_parsed() {
        return;
    }
    let (done, is_done) = oneshot::channel();
    let parsed = EventListener::once(&document(), "DOMContentLoaded", move |_| _ = done.send(()));
    // The listener is dropped after the event alone.
    _ = is_done.await;
    drop(parsed);
}
