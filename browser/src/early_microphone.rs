//! The microphone that the script at the top of a host's page opens again after a reload, before the page's code is there. The page
//! before the reload says how. The script opens it where the visitor's permission stands, and lets go of it unless the code
//! takes it over within some seconds.

use js_sys::{Function, JSON, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, MediaStreamConstraints};

use crate::{
    dom::{document, window},
    js_property::property,
    storage,
};

/// Where the script leaves it.
const GLOBAL: &str = "heartogetherMicrophone";
/// Where the page before the reload says with which constraints it is opened.
pub const KEY: &str = "heartogether.microphone-after-reload";
/// The attribute of the document while it is open. The script shows the server's notice then.
const SHOWN: &str = "data-microphone";
/// The id of the server's notice that it is open.
pub const NOTICE_ID: &str = "microphone-open";

/// Leaves the constraints to the next page of this tab; nothing where it is to open no microphone.
pub(crate) fn leave(constraints: Option<&MediaStreamConstraints>) {
    let Some(storage) = storage::session() else { return };
    // Without storage only this convenience is missing.
    let _ = match constraints.and_then(text) {
        Some(text) => storage.set_item(KEY, &text),
        None => storage.remove_item(KEY),
    };
}

/// Whether the script has asked for one that nobody has taken over yet.
pub fn is_begun() -> bool {
    property(&window(), GLOBAL).is_object()
}

/// The stream that the script has asked for, once, if it has asked for just this. One that is not wanted is let go of.
pub(crate) fn take(constraints: &MediaStreamConstraints) -> Option<Promise> {
    let begun = property(&window(), GLOBAL);
    let asked = property(&begun, "asked").as_string()?;
    if text(constraints)? != asked {
        release();
        return None;
    }
    // Setting a property of the window does not fail.
    let _ = Reflect::set(&window(), &GLOBAL.into(), &JsValue::UNDEFINED);
    property(&begun, "stream").dyn_into().ok()
}

/// Lets go of one that nobody has taken over.
pub(crate) fn release() {
    let begun = property(&window(), GLOBAL);
    if let Some(release) = property(&begun, "release").dyn_ref::<Function>() {
        // The script's function does not throw.
        let _ = release.call0(&begun);
    }
}

/// Says no more that it is open: it is closed.
pub(crate) fn hide() {
    let _ = document().document_element().map(|html| html.remove_attribute(SHOWN));
    let _ = notice().map(|notice| notice.set_attribute("hidden", ""));
}

/// Removes the notice: the page is drawn, and shows itself what is open.
pub fn remove_notice() {
    notice().iter().for_each(Element::remove);
}

fn notice() -> Option<Element> {
    document().get_element_by_id(NOTICE_ID)
}

fn text(constraints: &MediaStreamConstraints) -> Option<String> {
    JSON::stringify(constraints).ok()?.as_string()
}
