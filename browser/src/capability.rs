//! Detects the features of this browser. It tests the features themselves, never the browser's name.

use crate::dom::{document, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

use crate::site;
use crate::{js_property::property, storage};
use heartogether_client::Capabilities;

/// What there is.
pub(crate) fn detect() -> Capabilities {
    let window = window();
    let has = |name: &str| property(&window, name).is_function();
    Capabilities {
        web_rtc: has("RTCPeerConnection"),
        web_socket: has("WebSocket"),
        web_audio: has("AudioContext"),
        storage: storage::local().is_some(),
    }
}

/// Whether cookies that are set here are kept. The session's own cannot be read by any script.
pub fn keeps_cookies() -> bool {
    const PROBE: &str = "heartogether.probe";
    let Ok(page) = document().dyn_into::<HtmlDocument>() else { return true };
    // A browser without cookies takes one without a word, or throws.
    let path = site::href(site::HOME);
    let is_set = page.set_cookie(&format!("{PROBE}=1; SameSite=Lax; Path={path}")).is_ok();
    let is_kept = is_set && page.cookie().is_ok_and(|cookies| cookies.contains(PROBE));
    if is_kept {
        let _ = page.set_cookie(&format!("{PROBE}=; SameSite=Lax; Path={path}; Max-Age=0"));
    }
    is_kept
}
