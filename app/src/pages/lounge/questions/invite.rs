//! The invitation: the code, the link, and its QR code.

use leptos::prelude::*;

use super::super::shared::Lounge;
use crate::{
    api::{ask, room_link},
    components::{Button, Notice, Skeleton, Tone, Variant},
    pages::invitation::Invitation,
    text::{action, lounge as text},
};

/// It is asked for when somebody wants it.
#[component]
pub(super) fn Invite(lounge: Lounge) -> impl IntoView {
    let code = lounge.code;
    let link = ask(move || code.to_string(), room_link);
    let shown = move || {
        link.get().map(|link| match link {
            Ok(link) => view! { <Invitation handle=lounge.handle code link title=text::join_me(lounge.title.get_untracked()) /> }.into_any(),
            Err(error) => view! { <Notice tone=Tone::Error>{error.phrase()}</Notice> }.into_any(),
        })
    };
    view! {
        <div class="question-body">
            <Transition fallback=|| view! { <Skeleton /> }>{shown}</Transition>
            <Button variant=Variant::Secondary on:click=move |_| lounge.question.set(None)>
                {action::CLOSE}
            </Button>
        </div>
    }
    .into_any()
}
