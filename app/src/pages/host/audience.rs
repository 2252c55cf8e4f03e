//! Who listens.

use heartogether::wire::ListenerView;
use leptos::prelude::*;

use crate::{
    client::PeerState,
    components::{Glyph, Icon},
};

/// How many listen, and who, with the state of each one's connection.
#[component]
pub(super) fn Audience(
    listeners: Signal<Vec<ListenerView>>,
    /// In the order of the listeners.
    peer_states: RwSignal<Vec<Option<PeerState>>>,
    max_listeners: u32,
) -> impl IntoView {
    let state_of = move |index: usize, attached: bool| {
        let peer = peer_states.with(|states| states.get(index).copied().flatten());
        match (attached, peer) {
            (false, _) => "reconnecting",
            (true, Some(peer)) => peer.name(),
            (true, None) => "new",
        }
    };
    let rows = move || {
        let listeners = listeners.get();
        let row = move |(index, listener): (usize, ListenerView)| {
            view! {
                <li class="flex items-center justify-between gap-4 border-t border-line py-3" data-testid="listener">
                    <span class="truncate">{listener.name.to_string()}</span>
                    <span class="text-sm text-muted">{move || state_of(index, listener.attached)}</span>
                </li>
            }
        };
        listeners.into_iter().enumerate().map(row).collect_view()
    };
    view! {
        <section class="card" aria-label="Audience">
            <h2 class="flex items-center gap-3">
                <Icon glyph=Glyph::People />
                {move || format!("{} of {} listening", listeners.with(Vec::len), max_listeners)}
            </h2>
            <Show when=move || listeners.with(Vec::is_empty)>
                <p class="text-muted">"Nobody yet. Hand out the code."</p>
            </Show>
            <ul>{rows}</ul>
        </section>
    }
}
