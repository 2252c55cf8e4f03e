//! The state of a stream.

use heartogether::room::StreamState;
use leptos::text_prop::TextProp;

use crate::{locale::Key, prelude::*, text::stream as text};

/// A pill with a dot, for host, listener and preview alike. A change is announced when there is time.
#[component]
pub fn StatusBadge(
    /// Decides the dot.
    #[prop(into)]
    status: Signal<StreamState>,
    /// What it says; the usual words for the status if left out.
    #[prop(optional, into)]
    label: Option<TextProp>,
) -> impl IntoView {
    let label = label.unwrap_or_else(|| TextProp::from(move || words(status.get())));
    view! {
        <span class="badge" role="status" data-status=move || state_name(status.get())>
            {move || label.get()}
        </span>
    }
    .into_any()
}

const fn words(status: StreamState) -> Key {
    match status {
        StreamState::Idle => text::IDLE,
        StreamState::Live => text::LIVE,
        StreamState::Paused => text::PAUSED,
        StreamState::Interrupted => text::INTERRUPTED,
        StreamState::Ended => text::ENDED,
    }
}

/// A stream's state as `data-state` names it.
pub const fn state_name(status: StreamState) -> &'static str {
    match status {
        StreamState::Idle => "idle",
        StreamState::Live => "live",
        StreamState::Paused => "paused",
        StreamState::Interrupted => "interrupted",
        StreamState::Ended => "ended",
    }
}
