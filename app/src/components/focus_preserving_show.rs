//! Shows one of two elements in the same place.

use leptos::html;

use super::focus;
use crate::prelude::*;

/// Like `Show`, for what changes when something in it is pressed: the focus, which what was pressed takes away with it,
/// comes to the first thing in its place that can have it.
#[component]
pub fn FocusPreservingShow(
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
    focus::rescue_on_change(
        move || when.get(),
        move || _ = place.try_get_untracked().flatten().map(|place| focus::move_into(&place)),
    );
    // Each in a place of its own: where one button takes the place of another, leptos 0.8 keeps the first one's listener.
    view! {
        <div class="contents" node_ref=place>
            <Show when=move || when.get()>{children()}</Show>
            <Show when=move || !when.get()>{fallback.run()}</Show>
        </div>
    }
    .into_any()
}
