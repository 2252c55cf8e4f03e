//! The settings that all peer connections of a page share.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::RtcPeerConnection;

/// Wakes what a browser starts with a page's first peer connection, so that the one that is waited for finds it running:
/// threads, devices and codecs took Chromium 156 about 10 ms.
pub fn wake() {
    // A browser that cannot is told of when it is needed.
    let Ok(first) = RtcPeerConnection::new() else { return };
    first.add_transceiver_with_str("audio");
    spawn_local(async move {
        drop(JsFuture::from(first.create_offer()).await);
        first.close();
    });
}
