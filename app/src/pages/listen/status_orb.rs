//! The state as a picture.

use leptos::html::Div;

use super::shown::{Obstacle, Shown};
use crate::{
    components::{Glyph, Icon, css_factor},
    prelude::*,
};
use heartogether_client::ListenerState;

/// How much the halo grows at full scale.
const GROWTH: f32 = 0.34;

/// A disc with the state's icon, and a halo that grows with the sound. Words beside it say the same, so screen readers
/// skip it.
#[component]
pub(super) fn StatusOrb(shown: Memo<Shown>, level: RwSignal<f32>) -> impl IntoView {
    let halo = NodeRef::<Div>::new();
    Effect::new(move |_| {
        let scale = 1.0 + GROWTH * level.get().clamp(0.0, 1.0);
        if let Some(halo) = halo.get() {
            halo.style(("transform", format!("scale({})", css_factor(scale))));
        }
    });
    let look = Memo::new(move |_| (tone(shown.get()), glyph(shown.get())));
    view! {
        <div class="orb" data-tone=move || look.get().0 aria-hidden="true">
            <div class="orb-halo" node_ref=halo></div>
            {move || view! { <Icon glyph=look.get().1 /> }}
        </div>
    }
}

/// Its `data-tone`, which decides the colours.
pub(super) const fn tone(shown: Shown) -> &'static str {
    match (shown.obstacle, shown.client) {
        (Some(Obstacle::Blocked), _) => "ready",
        (Some(_), _) | (None, ListenerState::Paused) => "held",
        (None, ListenerState::Listening) if shown.is_silent() => "held",
        (None, ListenerState::Listening) => "live",
        (None, ListenerState::Connecting | ListenerState::Reconnecting | ListenerState::OutOfReach(_)) => "waiting",
        (None, ListenerState::Ended(_) | ListenerState::Refused(_)) => "over",
    }
}

const fn glyph(shown: Shown) -> Glyph {
    match (shown.obstacle, shown.client) {
        (Some(Obstacle::Blocked), _) => Glyph::Play,
        (Some(Obstacle::Held | Obstacle::Interrupted), _) | (None, ListenerState::Paused) => Glyph::Pause,
        (Some(Obstacle::Muted), _) => Glyph::Muted,
        (None, ListenerState::Listening) if shown.is_silent() => Glyph::Muted,
        (None, ListenerState::Ended(_)) => Glyph::Check,
        (None, ListenerState::Refused(_)) => Glyph::Alert,
        (None, _) => Glyph::Headphones,
    }
}
