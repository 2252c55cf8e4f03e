//! Where the keyboard is, when what had the focus goes away. Only in the browser.

use leptos::prelude::*;

/// The id of `<main>`, which takes the focus where nothing better is at hand.
pub(super) const MAIN_ID: &str = "main";

/// Once the page has been drawn anew: moves the focus with `rescue` if whatever had it is gone.
pub(crate) fn rescue_if_lost(rescue: impl FnOnce() + 'static) {
    request_animation_frame(move || {
        let page = document();
        let focused = page.active_element();
        if focused.is_none() || focused == page.body().map(Into::into) {
            rescue();
        }
    });
}

/// Lets reading go on at the beginning of the page's content.
pub(crate) fn move_to_main() {
    focus_on(document().get_element_by_id(MAIN_ID));
}

/// A browser that refuses leaves the focus where it is, which hurts nobody.
pub(crate) fn focus_on(element: Option<web_sys::Element>) {
    use wasm_bindgen::JsCast;
    if let Some(Ok(element)) = element.map(|element| element.dyn_into::<web_sys::HtmlElement>()) {
        let _ = element.focus();
    }
}
