//! Lets callbacks report to the page.

use std::rc::Weak;

use wasm_bindgen_futures::spawn_local;

use crate::{Page, Running};
use heartogether_client::{Input, trace::Decision};

/// How callbacks report what happened; a page that is gone hears nothing.
#[derive(Clone)]
pub(crate) struct Reporter(pub(crate) Weak<Running>);

impl Reporter {
    pub(crate) fn page(&self) -> Option<Page> {
        self.0.upgrade().map(Page)
    }

    pub(crate) fn input(&self, input: Input) {
        if let Some(page) = self.page() {
            page.input(input);
        }
    }

    /// Writes what was decided beside the room to the console, if somebody wants to see it.
    pub(crate) fn trace(&self, decision: Decision) {
        if let Some(page) = self.page() {
            page.0.console.write(decision);
        }
    }

    /// Reports once the commands at hand are carried out.
    pub(crate) fn input_later(&self, input: Input) {
        let report = self.clone();
        spawn_local(async move { report.input(input) });
    }
}
