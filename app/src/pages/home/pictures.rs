//! The three small pictures of how it works, each to stand in an `<svg viewBox="0 0 240 140">`.

use leptos::prelude::*;

/// A browser window with a sound in its tab.
#[component]
pub(super) fn SharePicture() -> impl IntoView {
    view! {
        <rect class="pic-paper" x="48" y="24" width="144" height="96" rx="10" />
        <path class="pic-line" d="M48 46h144M64 46V35h44v11" />
        <path class="pic-accent" d="M76 84v6M88 74v26M100 64v46M112 78v18M124 58v58M136 72v30M148 80v14M160 84v6" />
        <circle class="pic-dot" cx="178" cy="35" r="3.5" />
    }
}

/// A slip of paper with six characters, handed on.
#[component]
pub(super) fn CodePicture() -> impl IntoView {
    view! {
        <rect class="pic-paper" x="34" y="42" width="172" height="56" rx="12" />
        <g class="pic-letters">
            <text x="78" y="80">"ABC"</text>
            <text x="162" y="80">"234"</text>
        </g>
        <path class="pic-line" d="M120 54v32" stroke-dasharray="2 6" />
    }
}

/// One sound that reaches three people.
#[component]
pub(super) fn ListenPicture() -> impl IntoView {
    view! {
        <path class="pic-accent" d="M66 70C100 70 104 34 140 34M66 70h74M66 70c34 0 38 36 74 36" />
        <circle class="pic-solid" cx="56" cy="70" r="14" />
        <path class="pic-mark" d="M51 70v0M56 64v12M61 68v4" />
        <path class="pic-paper" d="M150 22h14a4 4 0 0 1 4 4v16a4 4 0 0 1-4 4h-14a4 4 0 0 1-4-4v-16a4 4 0 0 1 4-4z" />
        <path class="pic-paper" d="M150 58h14a4 4 0 0 1 4 4v16a4 4 0 0 1-4 4h-14a4 4 0 0 1-4-4v-16a4 4 0 0 1 4-4z" />
        <path class="pic-paper" d="M150 94h14a4 4 0 0 1 4 4v16a4 4 0 0 1-4 4h-14a4 4 0 0 1-4-4v-16a4 4 0 0 1 4-4z" />
        <path class="pic-line" d="M178 29q5 5 0 10M185 26q8 8 0 16M178 65q5 5 0 10M185 62q8 8 0 16M178 101q5 5 0 10M185 98q8 8 0 16" />
    }
}
