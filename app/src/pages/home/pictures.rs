//! The three small pictures that explain how it works, each for an `<svg viewBox="0 0 240 140">`.

use crate::prelude::*;

/// A browser window with a sound in its tab.
#[component]
pub fn SharePicture() -> impl IntoView {
    view! {
        <rect class="pic-paper" x="48" y="24" width="144" height="96" rx="10" />
        <path class="pic-line" d="M48 46h144M64 46V35h44v11" />
        <path class="pic-accent" d="M76 84v6M88 74v26M100 64v46M112 78v18M124 58v58M136 72v30M148 80v14M160 84v6" />
        <circle class="pic-dot" cx="178" cy="35" r="3.5" />
    }
}

/// A slip of paper with six characters, handed on.
#[component]
pub fn CodePicture() -> impl IntoView {
    view! {
        <rect class="pic-paper" x="34" y="42" width="172" height="56" rx="12" />
        <g class="pic-letters">
            <text x="78" y="80">"ABC"</text>
            <text x="162" y="80">"234"</text>
        </g>
        <path class="pic-line" d="M120 54v32" stroke-dasharray="2 6" />
    }
}

/// One sound that reaches a phone, a laptop and another phone.
#[component]
pub fn ListenPicture() -> impl IntoView {
    view! {
        <path class="pic-fine" d="M74 70C112 70 112 34 152 34M74 70h68M74 70c38 0 38 36 78 36" />
        <circle class="pic-solid" cx="58" cy="70" r="17" />
        <path class="pic-mark" d="M51 68v4M58 62v16M65 66v8" />
        <rect class="pic-paper" x="156" y="17" width="18" height="32" rx="4" />
        <path class="pic-paper" d="M147 82v-19a3 3 0 0 1 3-3h28a3 3 0 0 1 3 3v19M142 82h44" />
        <rect class="pic-paper" x="156" y="91" width="18" height="32" rx="4" />
        <path class="pic-line" d="M182 28q5 5 0 10M188 24q9 9 0 18M194 66q5 5 0 10M200 62q9 9 0 18M182 102q5 5 0 10M188 98q9 9 0 18" />
    }
}
