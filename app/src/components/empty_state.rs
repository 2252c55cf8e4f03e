//! What stands where there is nothing yet.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// A quiet picture, what is missing, and how it comes about.
#[component]
pub fn EmptyState(
    /// The picture.
    glyph: Glyph,
    /// What is missing, in a few words.
    title: &'static str,
    /// How it comes about.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph />
            <p class="empty-title">{title}</p>
            <p>{children()}</p>
        </div>
    }
    .into_any()
}
