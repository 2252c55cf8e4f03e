//! How much of the window an on-screen keyboard leaves (CSSOM View, `visualViewport`), for the style.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::HtmlElement;

use super::erased::effect;
use crate::prelude::*;

/// Follows it while the page is there.
pub(super) fn follow() {
    effect(|| {
        let Some(viewport) = window().visual_viewport() else { return };
        let shown = viewport.clone();
        let tell = Closure::<dyn Fn()>::new(move || {
            // Whoever zooms in wants to see a part of the page.
            if shown.scale() < 1.01 {
                set(&[("--visible-height", shown.height()), ("--visible-top", shown.offset_top())]);
            }
        });
        let listener = tell.as_ref().unchecked_ref();
        for name in ["resize", "scroll"] {
            _ = viewport.add_event_listener_with_callback(name, listener);
        }
        let (viewport, tell) = (send_wrapper::SendWrapper::new(viewport), send_wrapper::SendWrapper::new(tell));
        on_cleanup(move || {
            for name in ["resize", "scroll"] {
                _ = viewport.remove_event_listener_with_callback(name, (*tell).as_ref().unchecked_ref());
            }
            for name in ["--visible-height", "--visible-top"] {
                root().iter().for_each(|root| _ = root.style().remove_property(name));
            }
        });
    });
}

fn root() -> Option<HtmlElement> {
    document().document_element().and_then(|root| root.dyn_into().ok())
}

fn set(lengths: &[(&str, f64)]) {
    let Some(root) = root() else { return };
    for (name, px) in lengths {
        _ = root.style().set_property(name, &format!("{}px", px.round() as i32));
    }
}
