//! What the buttons on blocks of code do. They are in the HTML of messages, so one listener hears all of them.

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    copying::copy,
    erased::{Press, press},
};
use crate::components::Toasts;

/// Copies a block, or wraps its lines, if that is what was pressed.
pub(super) fn press_code(toasts: Toasts) -> Press {
    press(move |event: ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(button) = target.and_then(|target| target.closest("[data-code]").ok().flatten()) else { return };
        let Some(block) = button.parent_element().and_then(|bar| bar.next_element_sibling()) else { return };
        match button.get_attribute("data-code").as_deref() {
            Some("copy") => copy(block.text_content().unwrap_or_default(), toasts),
            _ => {
                let wraps = block.toggle_attribute("data-wrap").unwrap_or_default();
                // A button without it is a button still.
                let _ = button.set_attribute("aria-pressed", if wraps { "true" } else { "false" });
            }
        }
    })
}
