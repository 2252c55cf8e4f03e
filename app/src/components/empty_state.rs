//! The text of an empty list.

use leptos::text_prop::TextProp;

use super::{Glyph, Icon};
use crate::prelude::*;

/// A quiet picture, what is missing, and how it comes about.
#[component]
pub fn EmptyState(
    /// The picture.
    glyph: Glyph,
    /// What is missing, in a few words.
    #[prop(into)]
    title: TextProp,
    /// How it comes about.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph />
            <p class="empty-title">{move || title.get()}</p>
            <p>{children()}</p>
        </div>
    }
    .into_any()
}
