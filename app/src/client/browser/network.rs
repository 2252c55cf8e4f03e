//! What the browser thinks of its network (Network Information API), where it has an opinion.

use js_sys::Reflect;
use leptos::prelude::window;
use wasm_bindgen::JsValue;

use crate::client::adaptation::Network;

/// The browser's opinion now.
pub(super) fn guess() -> Network {
    let connection = property(&window().navigator(), "connection");
    let effective_type = property(&connection, "effectiveType").as_string().unwrap_or_default();
    let downlink_kbps = property(&connection, "downlink").as_f64().map(|mbps| (mbps * 1_000.0) as u32);
    Network::parse(&effective_type, downlink_kbps)
}

fn property(of: &JsValue, name: &str) -> JsValue {
    // What is not an object has no properties, and nothing is made of them.
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
