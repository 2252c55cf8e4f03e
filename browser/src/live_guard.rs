//! While the host is live, the screen stays on, and the browser asks before it leaves the page in any way.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use crate::dom::{document, window};
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::{capture::set, navigation_guard};

/// Begins when made, ends when dropped.
pub(crate) struct LiveGuard {
    screen: Rc<Screen>,
    _listeners: [EventListener; 3],
    _history: navigation_guard::History,
}

impl LiveGuard {
    pub(crate) fn begin() -> Self {
        let screen = Rc::new(Screen::default());
        Rc::clone(&screen).keep_on();
        let shown = Rc::clone(&screen);
        let listeners = [
            EventListener::new_with_options(
                &window(),
                "beforeunload",
                EventListenerOptions::enable_prevent_default(),
                |event| {
                    event.prevent_default();
                    // Browsers older than the standard look at this (HTML, section 7.4.2.2).
                    set(event, "returnValue", true);
                },
            ),
            // Browsers let go of the lock when the page is hidden (W3C Screen Wake Lock, section 8.2).
            EventListener::new(&document(), "visibilitychange", move |_| {
                if !document().hidden() {
                    Rc::clone(&shown).keep_on();
                }
            }),
            navigation_guard::take_links_from_router(),
        ];
        Self { screen, _listeners: listeners, _history: navigation_guard::take_history_from_router() }
    }
}

impl Drop for LiveGuard {
    fn drop(&mut self) {
        self.screen.let_go();
    }
}

/// The screen's lock. web-sys has it behind an unstable flag, so it is called by name.
#[derive(Default)]
struct Screen {
    lock: RefCell<Option<JsValue>>,
    is_over: Cell<bool>,
}

impl Screen {
    /// A browser without locks, or one that is low on battery, lets the screen go dark.
    fn keep_on(self: Rc<Self>) {
        let Ok(asking) = request() else { return };
        spawn_local(async move {
            let Ok(lock) = JsFuture::from(asking).await else { return };
            let before = self.lock.replace(Some(lock));
            release(before);
            if self.is_over.get() {
                self.let_go();
            }
        });
    }

    fn let_go(&self) {
        self.is_over.set(true);
        release(self.lock.take());
    }
}

fn request() -> Result<Promise, JsValue> {
    let locks = Reflect::get(&window().navigator(), &"wakeLock".into())?;
    let request = Reflect::get(&locks, &"request".into())?.dyn_into::<Function>()?;
    request.call1(&locks, &"screen".into())?.dyn_into()
}

fn release(lock: Option<JsValue>) {
    let release = lock.and_then(|lock| Some((Reflect::get(&lock, &"release".into()).ok()?, lock)));
    if let Some((release, lock)) = release
        && let Some(release) = release.dyn_ref::<Function>()
    {
        // Letting go of what is gone already is no failure.
        let _ = release.call0(&lock);
    }
}
