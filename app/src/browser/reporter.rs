//! Lets callbacks report to the page.

use std::rc::Weak;

use wasm_bindgen_futures::spawn_local;

use super::{Page, Running, console};
use heartogether_client::Input;

/// How callbacks report what happened; a page that is gone hears nothing.
#[derive(Clone)]
pub(super) struct Reporter(pub(super) Weak<Running>);

impl Reporter {
    pub(super) fn page(&self) -> Option<Page> {
        self.0.upgrade().map(Page)
    }

    pub(super) fn input(&self, input: Input) {
        if let Some(page) = self.page() {
            page.input(input);
        }
    }

    /// Writes what was decided beside the room to the console, if somebody wants to see it.
    pub(super) fn trace(&self, line: impl FnOnce() -> String) {
        if self.page().is_some_and(|page| page.0.is_traced) {
            console::write(&line());
        }
    }

    /// Reports once the commands at hand are carried out.
    pub(super) fn input_later(&self, input: Input) {
        let report = self.clone();
        spawn_local(async move { report.input(input) });
    }
}
