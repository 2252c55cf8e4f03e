//! Writes the client's decisions to the browser's console, for debugging. It is switched on by `?debug` in the address
//! or `localStorage.setItem("heartogether.debug", "1")`, and only then is the code loaded that puts them into words.

use std::{cell::RefCell, rc::Rc, time::Duration};

use heartogether_client::trace::{Decision, Trace, Words};
use js_sys::Function;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{dom::window, js_property::property, sleep, storage};

const KEY: &str = "heartogether.debug";
/// How long it takes until the words are asked for again.
const LOADED_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How often they are asked for: a minute of an unreachable server. A newer server does not have them.
const LOADED_AT_MOST: u32 = 60;

/// The decisions of a page, where somebody wants to see them.
pub(crate) struct Console(Option<Rc<RefCell<Trace>>>);

impl Console {
    /// Loads the words where they are needed.
    pub(crate) fn open() -> Self {
        let trace = is_asked_for().then(Rc::default);
        if let Some(trace) = trace.clone() {
            spawn_local(find_words(trace));
        }
        Self(trace)
    }

    /// Whether somebody wants to see the decisions.
    pub(crate) fn is_read(&self) -> bool {
        self.0.is_some()
    }

    /// Writes a decision, once the words are there.
    pub(crate) fn write(&self, decision: Decision) {
        let line = self.0.as_ref().and_then(|trace| trace.borrow_mut().add(decision));
        line.iter().for_each(|line| write(line));
    }
}

/// Writes what was decided meanwhile, too, even if the page is gone by then.
async fn find_words(trace: Rc<RefCell<Trace>>) {
    for _ in 0..LOADED_AT_MOST {
        if let Ok(words) = words().await {
            return trace.borrow_mut().find_words(words).iter().for_each(|line| write(line));
        }
        sleep(LOADED_AGAIN_AFTER).await;
    }
    trace.borrow_mut().give_up();
    write("the words of the trace cannot be loaded");
}

#[wasm_split(trace, fallible)]
fn words() -> Result<Words, SplitLoaderError> {
    Ok(Decision::line)
}

/// Whether the address or an earlier visit says that somebody wants to see them.
fn is_asked_for() -> bool {
    let query = window().location().search().unwrap_or_default();
    let is_in_address = query.trim_start_matches('?').split('&').any(|part| part.split('=').next() == Some("debug"));
    is_in_address || storage::local().and_then(|storage| storage.get_item(KEY).ok().flatten()).is_some()
}

/// Writes a line.
fn write(line: &str) {
    let console = property(&window(), "console");
    if let Ok(log) = property(&console, "info").dyn_into::<Function>() {
        // A console that refuses a line is no reason to stop.
        let _ = log.call1(&console, &format!("[heartogether] {line}").into());
    }
}
