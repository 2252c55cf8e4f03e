//! The dialog for what the page asks and shows over the conversation. What is in it is loaded when it is wanted.

use leptos::html;

use super::{
    erased::{effect, part},
    extras::extra,
    shared::Lounge,
};
use crate::{components::focus, prelude::*, text::lounge as text};

/// One dialog for all of it.
pub(super) fn dialog(lounge: Lounge) -> AnyView {
    let (dialog, question) = (NodeRef::<html::Dialog>::new(), lounge.question);
    effect(move || {
        let is_asked = question.with(Option::is_some);
        let Some(dialog) = dialog.get() else { return };
        if is_asked && !dialog.open() {
            // It fails only where it is open already.
            let _ = dialog.show_modal();
        } else if !is_asked && dialog.open() {
            dialog.close();
        }
    });
    let asked = move || match question.get() {
        None => ().into_any(),
        Some(asked) => extra(move |extras| {
            // The code may come after the dialog is open.
            request_animation_frame(move || enter(dialog));
            (extras.question)(lounge, asked.clone())
        }),
    };
    view! {
        <dialog class="question" node_ref=dialog closedby="any" aria-label=text::DIALOG on:close=move |_| question.set(None)>
            {part(asked)}
        </dialog>
    }
    .into_any()
}

/// Lets work go on in the dialog, unless it does already.
fn enter(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.try_get_untracked().flatten().filter(|dialog| !focus::is_inside(dialog)) {
        focus::move_into(&dialog);
    }
}
