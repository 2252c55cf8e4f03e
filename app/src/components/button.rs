//! Buttons, and links that look like buttons.

use leptos::html;

use super::focus;
use crate::{prelude::*, routes};

/// How much a button weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// The one thing to do on this page.
    #[default]
    Primary,
    /// Everything else.
    Secondary,
    /// What cannot be undone.
    Danger,
    /// What should hardly be seen.
    Ghost,
}

impl Variant {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button button-secondary",
            Self::Danger => "button button-danger",
            Self::Ghost => "button button-ghost",
        }
    }
}

/// A button. Listeners are attached from outside: `<Button on:click=move |_| …>`; `attr:aria-label=…` likewise.
///
/// While `pending` it keeps its size and its name, turns a ring over its label and cannot be pressed.
#[component]
pub fn Button(
    /// How much it weighs; primary unless told.
    #[prop(optional)]
    variant: Variant,
    /// Whether it submits the form around it.
    #[prop(optional)]
    submit: bool,
    /// Whether what it does is being done.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// Whether it cannot be pressed for another reason, which the page says nearby.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The icon before the label, if any, and the label, which is its accessible name.
    children: Children,
) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    focus::rescue_when_gone(button);
    // Browsers take the focus from what cannot be pressed.
    Effect::new(move |before: Option<bool>| {
        let now = pending.get();
        if let (Some(true), false, Some(button)) = (before, now, button.get_untracked()) {
            request_animation_frame(move || focus::return_to(&button));
        }
        now
    });
    view! {
        <button
            node_ref=button
            type=if submit { "submit" } else { "button" }
            class=variant.class()
            disabled=move || pending.get() || disabled.get()
            aria-busy=move || pending.get().then_some("true")
        >
            <span class="inline-flex items-center gap-2.5">{children()}</span>
        </button>
    }
    .into_any()
}

/// A link to another page that is as large and as weighty as a button.
#[component]
pub fn ButtonLink(
    /// The path within the site to which it leads, or a place on the page (`#…`).
    #[prop(into)]
    href: String,
    /// How much it weighs; primary unless told.
    #[prop(optional)]
    variant: Variant,
    /// The label.
    children: Children,
) -> impl IntoView {
    let href = if href.starts_with('/') { routes::href(&href) } else { href };
    view! {
        <a class=variant.class() href=href>
            {children()}
        </a>
    }
}
