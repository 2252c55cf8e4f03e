//! The switch that hides a visitor's address from those they are connected to.

use leptos::prelude::*;

use crate::{
    client::browser::{Presence, discretion},
    components::{Notice, Tone},
};

/// A switch, what it does, and why it cannot do it where that is so. Whoever hides is never shown, even if they hear
/// nothing then.
#[component]
pub(super) fn HideAddress(
    presence: Presence,
    /// Whether a server stands by that passes sound on.
    has_turn: bool,
) -> impl IntoView {
    let hidden = RwSignal::new(false);
    Effect::new(move |_| hidden.set(discretion::is_wished()));
    let toggle = move |event| {
        let wish = event_target_checked(&event);
        hidden.set(wish);
        presence.hide_address(wish);
    };
    let hint = match has_turn {
        true => {
            "New connections then go through the relay server: the other side sees its address instead of yours. \
             It takes a little longer, and holds for every visit with this browser."
        }
        false => "This server has no relay (TURN) to go through, so addresses cannot be hidden here.",
    };
    view! {
        <div class="field">
            <label class="flex items-center gap-3">
                <input
                    type="checkbox"
                    role="switch"
                    prop:checked=hidden
                    disabled=move || !has_turn && !hidden.get()
                    aria-describedby="hide-address-hint"
                    on:change=toggle
                />
                "Hide my address"
            </label>
            <p class="field-hint" id="hide-address-hint">
                {hint}
            </p>
            <Show when=move || hidden.get() && !has_turn>
                <Notice tone=Tone::Warn>
                    "Your address stays hidden, so no connection comes about. Switch this off and reload the page to connect \
                     directly."
                </Notice>
            </Show>
        </div>
    }
    .into_any()
}
