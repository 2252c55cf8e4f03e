//! The picture of the landing page: four waves that become one.

use std::{f64::consts::PI, time::Duration};

use leptos::svg;

use super::css_factor;
use crate::{browser::page_clock, prelude::*};

/// How often a moving wave is set anew. A stylesheet's animation would be drawn sixty times a second.
const FRAME: Duration = Duration::from_millis(60);
/// It is plucked like a string, swings for a while and rests. Every frame costs where no graphics processor helps, so
/// that a wave which never rests costs several per cent of a core and this one less than one.
const SWINGS_FOR_MS: f64 = 5_000.0;
const PLUCKED_EVERY: Duration = Duration::from_secs(45);
/// How much higher and lower a line becomes in between.
const SWING: f64 = 0.3;
/// How long the first line swings to and fro; each further one takes a little longer, so that they never march in step.
const PERIOD_MS: f64 = 2_400.0;
const PERIOD_STEP_MS: f64 = 300.0;

const LINES: [&str; 4] = [
    "M-244 124C-182 124 -158 76 -94 76S5 149 68 149S168 31 231 31S331 178 394 178S493 26 556 26S655 158 718 158S816 66 879 66S977 108 1040 108S1137 100 1200 100S1287 100 1350 100",
    "M-182 120C-118 120 -94 80 -32 80S60 142 123 142S214 40 277 40S368 169 431 169S522 32 585 32S676 154 739 154S830 67 893 67S984 108 1047 108S1137 100 1200 100S1287 100 1350 100",
    "M-118 116C-56 116 -32 84 32 84S114 135 177 135S260 49 323 49S406 161 469 161S552 39 615 39S698 151 761 151S844 69 907 69S990 108 1053 108S1137 100 1200 100S1287 100 1350 100",
    "M-56 112C8 112 32 88 94 88S169 127 232 127S306 57 369 57S443 153 506 153S581 45 644 45S719 147 782 147S858 70 921 70S997 108 1060 108S1137 100 1200 100S1287 100 1350 100",
];

type Lines = [NodeRef<svg::Svg>; LINES.len()];

/// It stands still and costs nothing once painted; a moving one is plucked now and then while it is seen, where motion is
/// welcome.
#[component]
pub fn Wave(
    /// Whether it swings.
    #[prop(optional)]
    moving: bool,
) -> impl IntoView {
    let lines: Lines = std::array::from_fn(|_| NodeRef::new());
    if moving {
        Effect::new(move |_| swing(lines));
    }
    let drawn = lines.into_iter().zip(LINES).map(|(line, path)| {
        view! {
            <svg class="wave-line" viewBox="0 0 1200 200" preserveAspectRatio="none" node_ref=line>
                <path d=path />
            </svg>
        }
    });
    view! {
        <div class="wave" aria-hidden="true">
            {drawn.collect_view()}
        </div>
    }
    .into_any()
}

/// Plucks it now and then until the page goes.
fn swing(lines: Lines) {
    pluck(lines);
    let timer = set_interval_with_handle(move || pluck(lines), PLUCKED_EVERY);
    on_cleanup(move || _ = timer.map(|timer| timer.clear()));
}

/// Sets the lines' heights until they rest. Only transforms change, so nothing is laid out or painted again.
fn pluck(lines: Lines) {
    let is_unwelcome = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    if is_unwelcome.is_some_and(|query| query.matches()) || document().hidden() || !is_seen(lines[0]) {
        return;
    }
    let begun_ms = page_clock::now_ms();
    let draw = move || {
        let elapsed_ms = (page_clock::now_ms() - begun_ms).clamp(0.0, SWINGS_FOR_MS);
        let strength = SWING * js_sys::Math::sin(PI * elapsed_ms / SWINGS_FOR_MS);
        let mut period_ms = PERIOD_MS;
        for line in lines {
            let height = 1.0 + strength * js_sys::Math::sin(2.0 * PI * elapsed_ms / period_ms);
            period_ms += PERIOD_STEP_MS;
            if let Some(line) = line.try_get_untracked().flatten() {
                // Nothing but a wave stands still where a browser refuses.
                let _ = line.style().set_property("transform", &format!("scaleY({})", css_factor(height as f32)));
            }
        }
    };
    if let Ok(timer) = set_interval_with_handle(draw, FRAME) {
        // One frame more, in which it comes to rest.
        set_timeout(move || timer.clear(), Duration::from_millis(SWINGS_FOR_MS as u64) + 2 * FRAME);
    }
}

/// Whether a part of it is within the window.
fn is_seen(line: NodeRef<svg::Svg>) -> bool {
    let place = line.try_get_untracked().flatten().map(|line| line.get_bounding_client_rect());
    let window_height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    place.is_some_and(|place| place.bottom() > 0.0 && place.top() < window_height)
}
