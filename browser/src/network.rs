//! The browser's information about its network (Network Information API), in browsers that have it.

use crate::dom::window;
use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::{Reporter, js_property::property};
use heartogether_client::{Input, adaptation::Network};

/// The browser's opinion now.
pub(crate) fn guess() -> Network {
    let connection = connection();
    let effective_type = property(&connection, "effectiveType").as_string().unwrap_or_default();
    let downlink_kbps = property(&connection, "downlink").as_f64().map(|mbps| (mbps * 1_000.0) as u32);
    Network::parse(&effective_type, downlink_kbps)
}

/// Reports that the opinion has changed, and whether the device is on another network.
pub(crate) fn listen(report: Reporter) -> Option<EventListener> {
    let connection: EventTarget = connection().dyn_into().ok()?;
    let mut kind = property(&connection, "type").as_string();
    let changed = EventListener::new(&connection.clone(), "change", move |_| {
        let before = std::mem::replace(&mut kind, property(&connection, "type").as_string());
        report.input(Input::NetworkGuessed(guess()));
        report.input(if before == kind { Input::Woken } else { Input::NetworkChanged });
    });
    Some(changed)
}

fn connection() -> JsValue {
    property(&window().navigator(), "connection")
}
