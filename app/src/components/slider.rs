//! A slider.

use leptos::{oco::Oco, text_prop::TextProp};

use crate::{prelude::*, text};

/// A labelled slider from 0 to 100 that says its value, for the eye and for screen readers alike.
#[component]
pub fn Slider(
    /// The accessible name.
    #[prop(into)]
    label: TextProp,
    /// Its id, alone on its page.
    id: &'static str,
    /// In hundredths.
    #[prop(into)]
    value: Signal<u32>,
    /// Called with the new value while it is moved.
    #[prop(into)]
    on_change: Callback<u32>,
    /// What it says in place of “70 %”.
    #[prop(optional, into)]
    text: Option<TextProp>,
    /// Whether it cannot be moved, for a reason which the page says nearby.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let text = Signal::derive(move || match &text {
        Some(text) => text.get(),
        None => Oco::from(text::frame::percent(value.get())),
    });
    view! {
        <div class="slider">
            <label for=id>{move || label.get()}</label>
            <output for=id>{move || text.get()}</output>
            <input
                id=id
                type="range"
                min="0"
                max="100"
                value=value.get_untracked().to_string()
                prop:value=move || value.get().to_string()
                aria-valuetext=move || text.get()
                disabled=move || disabled.get()
                on:input=move |event| {
                    if let Ok(value) = event_target_value(&event).parse() {
                        on_change.run(value);
                    }
                }
            />
        </div>
    }
    .into_any()
}
