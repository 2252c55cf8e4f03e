//! A selection field.

use leptos::text_prop::TextProp;

use crate::prelude::*;

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the page calls it.
    pub value: String,
    /// What people read.
    pub label: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A labelled list of which one is chosen. What there is to choose may change while it is seen.
#[component]
pub fn Select(
    /// The accessible name.
    #[prop(into)]
    label: TextProp,
    /// Its id, alone on its page.
    id: &'static str,
    /// What there is.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// The value of what is chosen.
    #[prop(into)]
    chosen: Signal<String>,
    /// Called with the value of what somebody chose.
    #[prop(into)]
    on_change: Callback<String>,
    /// Whether the label stands before the list, in small letters, and not above it.
    #[prop(optional)]
    small: bool,
    /// Whether nothing can be chosen, for a reason which the page says nearby.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let options = move || {
        let option = |Choice { value, label }: Choice| {
            let (at_first, later) = (value.clone(), value.clone());
            view! {
                <option
                    value=value
                    selected=chosen.with_untracked(|chosen| *chosen == at_first)
                    prop:selected=move || chosen.with(|chosen| *chosen == later)
                >
                    {label}
                </option>
            }
        };
        choices.get().into_iter().map(option).collect_view()
    };
    view! {
        <div class=if small { "select select-small" } else { "select" }>
            <label for=id>{move || label.get()}</label>
            <select
                class="input"
                id=id
                disabled=move || disabled.get()
                on:change=move |event| on_change.run(event_target_value(&event))
            >
                {options}
            </select>
        </div>
    }
    .into_any()
}
