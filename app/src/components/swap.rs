//! One of two things in one place.

use leptos::{html, prelude::*};

use super::focus;

/// Like `Show`, for what changes when something in it is pressed: the focus, which what was pressed takes away with it,
/// comes to the first thing in its place that can have it.
#[component]
pub fn Swap(
    /// Which.
    #[prop(into)]
    when: Signal<bool>,
    /// What is there otherwise.
    #[prop(into)]
    fallback: ViewFn,
    /// What is there then.
    children: ChildrenFn,
) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let when = Memo::new(move |_| when.get());
    Effect::new(move |before: Option<bool>| {
        let now = when.get();
        if before.is_some_and(|before| before != now) {
            focus::rescue_if_lost(move || _ = place.get_untracked().map(|place| focus::move_into(&place)));
        }
        now
    });
    let content = move || if when.get() { children().into_any() } else { fallback.run() };
    view! {
        <div class="contents" node_ref=place>
            {content}
        </div>
    }
    .into_any()
}
