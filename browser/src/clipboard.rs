//! Shares a link: by the clipboard, or by the system's share sheet.

use crate::dom::{document, window};
use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement, ShareData};

/// Copies a text. Call it from a click: browsers demand one. Whether the browser allowed it in any way.
///
/// Without a secure context browsers have no `navigator.clipboard`; there the command of old still works.
pub async fn copy(text: &str) -> bool {
    if navigator_has("clipboard") {
        let copying = window().navigator().clipboard().write_text(text);
        if JsFuture::from(copying).await.is_ok() {
            return true;
        }
    }
    copy_selected(text).unwrap_or_default()
}

/// The command copies what is selected, so the text stands in a field for a moment.
fn copy_selected(text: &str) -> Option<bool> {
    let page = document();
    let focused = page.active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let field = page.create_element("textarea").ok()?.dyn_into::<HtmlTextAreaElement>().ok()?;
    field.set_class_name("sr-only");
    field.set_value(text);
    page.body()?.append_child(&field).ok()?;
    field.select();
    let is_copied = page.dyn_ref::<HtmlDocument>().is_some_and(|page| page.exec_command("copy") == Ok(true));
    field.remove();
    // A browser that refuses leaves the focus where it is, which hurts nobody.
    let _ = focused.map(|focused| focused.focus());
    Some(is_copied)
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
