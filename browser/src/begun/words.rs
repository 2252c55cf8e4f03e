//! What the page says in the HTML that the server has drawn, until the code that draws it takes it over.

use gloo_events::EventListener;

use crate::{
    Page, View,
    dom::{self, document},
};

/// Says what is to be seen, until it is dropped.
pub(crate) struct Words {
    tell: Box<dyn Fn(&View)>,
    #[expect(dead_code, reason = "it listens until it is dropped")]
    parsed: EventListener,
}

impl Words {
    /// Says with `tell` what is to be seen on the page. It changes only what is new.
    pub(crate) fn begin(page: &Page, tell: impl Fn(&View) + 'static) -> Self {
        let report = page.reporter();
        let parsed = EventListener::new(&document(), "DOMContentLoaded", move |_| report.show());
        Self { tell: Box::new(tell), parsed }
    }

    /// Says what there is to see, once the document is whole.
    pub(crate) fn tell(&self, view: &View) {
        if dom::is_parsed() {
            (self.tell)(view);
        }
    }
}
