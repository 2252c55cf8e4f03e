//! The switch that hides a visitor's address from the other members.

use crate::{
    api::Relay,
    browser::{RoomHandle, ip_privacy},
    components::{Notice, Tone},
    prelude::*,
    text::address as text,
};

/// The switch on a listener's page, where there is something to switch. Where there is not, it stands with its reason among
/// what is told of the connection's quality.
#[component]
pub(super) fn HideAddressSetting(handle: RoomHandle, relay: Relay) -> impl IntoView {
    // Somebody who hid where there was a relay hears nothing here, and is told so in plain sight.
    let is_shown = RwSignal::new(relay == Relay::Available);
    Effect::new(move |_| is_shown.set(can_be_switched(relay)));
    view! {
        <Show when=move || is_shown.get()>
            <HideAddress handle relay />
        </Show>
    }
    .into_any()
}

/// Whether a visitor with this browser has something to switch.
pub(super) fn can_be_switched(relay: Relay) -> bool {
    relay == Relay::Available || relay == Relay::None && ip_privacy::is_wished()
}

/// A switch, what it does, and why there is nothing to switch where that is so. Whoever hides is never shown, even if they
/// hear nothing then.
#[component]
pub(super) fn HideAddress(handle: RoomHandle, relay: Relay) -> impl IntoView {
    let is_wished = RwSignal::new(false);
    // Somebody who hid where there was a relay can switch that off where there is none, and on again.
    let was_wished = RwSignal::new(false);
    Effect::new(move |_| {
        is_wished.set(ip_privacy::is_wished());
        was_wished.set(ip_privacy::is_wished());
    });
    let toggle = move |event| {
        let wish = event_target_checked(&event);
        is_wished.set(wish);
        handle.hide_address(wish);
    };
    let hint = match relay {
        Relay::Available => text::AVAILABLE,
        Relay::Always => text::ALWAYS,
        Relay::None => text::NONE,
    };
    let is_a_choice = move || match relay {
        Relay::Available => true,
        Relay::Always => false,
        Relay::None => was_wished.get(),
    };
    view! {
        <div class="field">
            <label class="flex items-center gap-3">
                <input
                    type="checkbox"
                    role="switch"
                    prop:checked=move || relay == Relay::Always || is_wished.get()
                    disabled=move || !handle.stands.get() || !is_a_choice()
                    aria-describedby="hide-address-hint"
                    on:change=toggle
                />
                {text::HIDE}
            </label>
            <p class="field-hint" id="hide-address-hint">
                {hint}
            </p>
            <Show when=move || relay == Relay::None && is_wished.get()>
                <Notice tone=Tone::Warn>{text::IN_VAIN}</Notice>
            </Show>
        </div>
    }
    .into_any()
}
