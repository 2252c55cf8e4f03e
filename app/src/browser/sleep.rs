//! Waits for some time.

use std::time::Duration;

use js_sys::Promise;
use leptos::prelude::set_timeout;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Completes after this long.
pub(crate) async fn sleep(length: Duration) {
    let passes = Promise::new(&mut |resolve, _| {
        // A promise takes its first settlement and nothing goes wrong.
        set_timeout(move || drop(resolve.call0(&JsValue::UNDEFINED)), length);
    });
    drop(JsFuture::from(passes).await);
}
