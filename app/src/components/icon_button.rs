//! A button with only an icon.

use super::{Glyph, Icon};
use crate::prelude::*;

/// A square button whose name only screen readers say, and a tooltip. Listeners are attached from outside:
/// `<IconButton on:click=move |_| …>`.
#[component]
pub fn IconButton(
    /// What it does: its accessible name and its tooltip.
    #[prop(into)]
    label: TextProp,
    /// What it looks like.
    #[prop(into)]
    glyph: Signal<Glyph>,
    /// Whether it is switched on, where it is a switch. Its label then stays the same in both states.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Whether it cannot be pressed, for a reason which the page says nearby.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let title = label.clone();
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=move || label.get()
            title=move || title.get()
            aria-pressed=move || pressed.map(|pressed| if pressed.get() { "true" } else { "false" })
            disabled=move || disabled.get()
        >
            {move || view! { <Icon glyph=glyph.get() /> }}
        </button>
    }
    .into_any()
}
