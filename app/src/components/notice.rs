//! A notice for the visitor.

use leptos::text_prop::TextProp;

use super::{Glyph, Icon};
use crate::prelude::*;

/// How serious a notice is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Good to know; announced when there is time.
    #[default]
    Info,
    /// Something is not as it could be; announced when there is time.
    Warn,
    /// Something did not work; announced at once.
    Error,
}

/// A box with an icon, a title if there is one, and a text: what happened, and what to do.
#[component]
pub fn Notice(
    /// How serious it is.
    #[prop(optional)]
    tone: Tone,
    /// What happened, in a few words.
    #[prop(optional, into)]
    title: Option<TextProp>,
    /// The text, and a button where one helps.
    children: Children,
) -> impl IntoView {
    let (class, role, glyph) = match tone {
        Tone::Info => ("notice", "status", Glyph::Info),
        Tone::Warn => ("notice notice-warn", "status", Glyph::Alert),
        Tone::Error => ("notice notice-error", "alert", Glyph::Alert),
    };
    view! {
        <div class=class role=role>
            <Icon glyph />
            <div>
                {title.map(|title| view! { <p class="notice-title">{move || title.get()}</p> })}
                {children()}
            </div>
        </div>
    }
    .into_any()
}
