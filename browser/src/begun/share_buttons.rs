//! The buttons that share a source, as the server has drawn them, until the code that draws the page takes them over.

use gloo_events::EventListener;
use heartogether::room::Source;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use crate::{
    Page, capture,
    dom::{document, find},
    reporter::Reporter,
};

/// Work until they are dropped.
pub(crate) struct ShareButtons {
    #[expect(dead_code, reason = "they listen until they are dropped")]
    listeners: [EventListener; 2],
}

impl ShareButtons {
    /// The document may still be on its way: its events are heard at its top.
    pub(crate) fn attach(page: &Page) -> Self {
        let (report, document) = (page.reporter(), document());
        enable();
        let listeners = [
            EventListener::new(&document, "click", move |event| press(&report, event)),
            EventListener::new(&document, "DOMContentLoaded", |_| enable()),
        ];
        Self { listeners }
    }
}

/// Whether the browser captures from `source`; otherwise the page says why not once it is drawn.
fn can_share(source: Source) -> bool {
    capture::obstacle(source).is_none()
}

fn selector(source: Source) -> String {
    format!("[data-share={}]", source.name())
}

/// Lets the buttons be pressed. The server has drawn them for a page that does nothing yet.
fn enable() {
    for button in
        Source::ALL.into_iter().filter(|source| can_share(*source)).filter_map(|source| find(&selector(source)))
    {
        let _ = button.remove_attribute("disabled");
    }
}

fn press(report: &Reporter, event: &Event) {
    let Some(pressed) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let is_of = |source: &Source| pressed.closest(&selector(*source)).is_ok_and(|button| button.is_some());
    let (Some(page), Some(source)) = (report.page(), Source::ALL.into_iter().find(is_of)) else { return };
    // Once is enough, however often it is pressed while the browser asks.
    if page.view().sound.asking.get().is_none() {
        page.share(source);
    }
}
