//! Whether the visitor wants notifications of the system (Notifications API), and the browser allows them.

use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationPermission};

use super::kept;

/// Where the wish is kept in the browser.
const KEY: &str = "heartogether.notify";

/// What the visitor's wish has come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Notifying {
    /// This browser has none, or not on this address.
    #[default]
    Missing,
    /// The visitor does not want any.
    Off,
    /// The visitor wants some, and the browser shows them.
    On,
    /// The browser does not allow them to this site.
    Forbidden,
}

/// How it is now.
pub(super) fn state() -> Notifying {
    let is_there = js_sys::Reflect::has(&js_sys::global(), &JsValue::from_str("Notification")).unwrap_or_default();
    let is_secure = leptos::prelude::window().is_secure_context();
    match is_there.then(Notification::permission) {
        None => Notifying::Missing,
        Some(_) if !is_secure => Notifying::Missing,
        Some(NotificationPermission::Denied) => Notifying::Forbidden,
        Some(NotificationPermission::Granted) if kept::read(KEY).is_some() => Notifying::On,
        Some(_) => Notifying::Off,
    }
}

/// Switches them on or off. Call it from a click: the browser asks the visitor. `done` gets what has come of it.
pub(super) fn switch(on: bool, done: impl FnOnce(Notifying) + 'static) {
    if !on {
        kept::write(KEY, None);
        return done(state());
    }
    let asked = Notification::request_permission();
    spawn_local(async move {
        if let Ok(asked) = asked {
            _ = JsFuture::from(asked).await;
        }
        kept::write(KEY, Some("1"));
        done(state());
    });
}
