//! The available microphones, the chosen one, and the permission to use them.

use crate::dom::window;
use gloo_events::EventListener;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaDeviceInfo, MediaDeviceKind};

use crate::{capture::set, storage};

const CHOICE_KEY: &str = "heartogether.microphone";

/// A microphone to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Microphone {
    /// The browser's id for it, the same on every visit.
    pub id: String,
    /// What people call it.
    pub label: String,
}

/// Those that the browser names. Before the visitor has allowed a microphone it names none.
pub(crate) async fn list() -> Vec<Microphone> {
    let Ok(asking) = window().navigator().media_devices().and_then(|devices| devices.enumerate_devices()) else {
        return Vec::new();
    };
    let Ok(devices) = JsFuture::from(asking).await else { return Vec::new() };
    let devices = devices.unchecked_into::<Array>();
    let inputs = devices.iter().map(JsValue::unchecked_into::<MediaDeviceInfo>);
    let inputs = inputs.filter(|device| device.kind() == MediaDeviceKind::Audioinput && !device.label().is_empty());
    inputs.map(|device| Microphone { id: device.device_id(), label: device.label() }).collect()
}

/// Reports whenever a device comes or goes.
pub(crate) fn watch(report: impl FnMut() + 'static) -> Option<EventListener> {
    let devices = window().navigator().media_devices().ok().filter(|devices| !devices.is_undefined())?;
    let mut report = report;
    Some(EventListener::new(&devices, "devicechange", move |_| report()))
}

/// Whether the visitor's permission stands, so that no question is asked.
pub(crate) async fn may_open() -> bool {
    is_granted().await.unwrap_or_default()
}

/// A browser that does not know the question throws, and then the answer is no.
async fn is_granted() -> Result<bool, JsValue> {
    let description = Object::new();
    set(&description, "name", "microphone");
    let permissions = window().navigator().permissions()?;
    let status = JsFuture::from(permissions.query(&description)?).await?;
    Ok(Reflect::get(&status, &"state".into())?.as_string().as_deref() == Some("granted"))
}

/// The one that the visitor chose, maybe on an earlier visit.
pub(crate) fn choice() -> Option<String> {
    storage::local()?.get_item(CHOICE_KEY).ok()?
}

/// Remembers the choice for later visits. A browser that forbids storage loses no more than this convenience.
pub(crate) fn remember_choice(id: &str) {
    if let Some(storage) = storage::local() {
        let _ = storage.set_item(CHOICE_KEY, id);
    }
}
