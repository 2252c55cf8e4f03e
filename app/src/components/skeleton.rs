//! A placeholder for content that is still loading.

use crate::{prelude::*, text};

/// The outline of a card whose content is being fetched. It appears only when that takes a while, and says so.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! {
        <div class="card skeleton" role="status">
            <p class="sr-only">{text::frame::LOADING}</p>
            <div></div>
            <div></div>
            <div></div>
        </div>
    }
    .into_any()
}
