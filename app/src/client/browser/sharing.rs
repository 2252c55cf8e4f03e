//! Handing a link on: the clipboard, and the system's share sheet.

use js_sys::Reflect;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlDocument, HtmlInputElement, ShareData};

/// Copies what a field holds. Where the browser allows it in no way, the field stays selected for the visitor to copy.
///
/// Without a secure context browsers have no `navigator.clipboard`; there the command of old still works.
pub async fn copy(field: HtmlInputElement) -> bool {
    if navigator_has("clipboard") {
        let copying = window().navigator().clipboard().write_text(&field.value());
        if JsFuture::from(copying).await.is_ok() {
            return true;
        }
    }
    field.select();
    document().dyn_ref::<HtmlDocument>().is_some_and(|document| document.exec_command("copy") == Ok(true))
}

/// Whether there is a share sheet; in a secure context only, and not on every desktop.
pub fn can_share() -> bool {
    navigator_has("share")
}

/// Opens the share sheet. Call it from a click. What becomes of it is between the visitor and their system.
pub fn share(title: &str, url: &str) {
    let data = ShareData::new();
    data.set_title(title);
    data.set_url(url);
    let sharing = window().navigator().share_with_data(&data);
    spawn_local(async move { drop(JsFuture::from(sharing).await) });
}

fn navigator_has(name: &str) -> bool {
    Reflect::get(&window().navigator(), &name.into()).is_ok_and(|value| !value.is_undefined())
}
