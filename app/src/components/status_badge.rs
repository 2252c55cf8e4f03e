//! What a stream does right now.

use heartogether::room::StreamState;
use leptos::prelude::*;

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
    let text = move || match &label {
        Some(label) => label.get().into_owned(),
        None => words(status.get()).to_owned(),
    };
    view! {
        <span class="badge" role="status" data-status=move || state_name(status.get())>
            {text}
        </span>
    }
    .into_any()
}

const fn words(status: StreamState) -> &'static str {
    match status {
        StreamState::Idle => "Waiting for the host",
        StreamState::Live => "Live now",
        StreamState::Paused => "Paused",
        StreamState::Interrupted => "The host is reconnecting",
        StreamState::Ended => "Ended",
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
