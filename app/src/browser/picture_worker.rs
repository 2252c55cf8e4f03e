//! Files that the visitor brings, and the worker that uploads them (HTML, "Web workers"; File API).

use gloo_events::EventListener;
use heartogether_browser::js_property::property;
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget, MessageEvent};

/// What the worker tells of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UploadTold {
    /// So many percent are sent.
    Sent(u32),
    /// The server has answered, with this status; 0 is no answer.
    Answered(u16, String),
}

/// The worker. It ends with this handle.
pub(crate) struct PictureWorker {
    worker: JsValue,
    _told: EventListener,
}

impl PictureWorker {
    /// Begins it. `None` where the browser begins no workers.
    pub(crate) fn begin(script: &str, tell: impl Fn(u32, UploadTold) + 'static) -> Option<Self> {
        let class = property(&js_sys::global(), "Worker").dyn_into::<Function>().ok()?;
        let worker = Reflect::construct(&class, &Array::of1(&script.into())).ok()?;
        let target: &EventTarget = worker.unchecked_ref();
        let told = EventListener::new(target, "message", move |event| {
            let data = event.unchecked_ref::<MessageEvent>().data();
            let number = |name| property(&data, name).as_f64().map(|number| number as u32);
            let Some(id) = number("id") else { return };
            match (number("percent"), number("status")) {
                (Some(percent), _) => tell(id, UploadTold::Sent(percent)),
                (None, status) => {
                    let answer = property(&data, "answer").as_string().unwrap_or_default();
                    let status = status.and_then(|status| u16::try_from(status).ok()).unwrap_or_default();
                    tell(id, UploadTold::Answered(status, answer));
                }
            }
        });
        Some(Self { worker, _told: told })
    }

    /// Makes a file small and uploads it to this address.
    pub(crate) fn upload(&self, id: u32, file: &JsValue, to: &str) {
        self.say(&[("id", id.into()), ("file", file.clone()), ("to", to.into())]);
    }

    /// Uploads it no more.
    pub(crate) fn cancel(&self, id: u32) {
        self.say(&[("id", id.into())]);
    }

    fn say(&self, words: &[(&str, JsValue)]) {
        let message = Object::new();
        for (name, value) in words {
            // A new object takes every property.
            let _ = Reflect::set(&message, &(*name).into(), value);
        }
        if let Ok(post) = property(&self.worker, "postMessage").dyn_into::<Function>() {
            // It fails only for what cannot be copied.
            let _ = post.call1(&self.worker, &message);
        }
    }
}

impl Drop for PictureWorker {
    fn drop(&mut self) {
        if let Ok(end) = property(&self.worker, "terminate").dyn_into::<Function>() {
            let _ = end.call0(&self.worker);
        }
    }
}

/// The files that come with a paste, a drop or a choice.
pub(crate) fn files_of(event: &Event) -> Vec<JsValue> {
    let target = event.target().map(JsValue::from).unwrap_or_default();
    let brought = [property(event, "clipboardData"), property(event, "dataTransfer"), target];
    let files = brought.iter().map(|brought| property(brought, "files")).find(JsValue::is_object);
    files.map(|files| Array::from(&files).to_vec()).unwrap_or_default()
}

/// Whether files are dragged.
pub(crate) fn drags_files(event: &Event) -> bool {
    let kinds = property(&property(event, "dataTransfer"), "types");
    kinds.is_object() && Array::from(&kinds).iter().any(|kind| kind == "Files")
}

/// Whether a file says that it is a picture.
pub(crate) fn is_picture(file: &JsValue) -> bool {
    property(file, "type").as_string().is_some_and(|kind| kind.starts_with("image/"))
}

/// The name of a file.
pub(crate) fn name_of(file: &JsValue) -> String {
    property(file, "name").as_string().unwrap_or_default()
}
