//! The invitation: the code, the link, and its QR code.

use super::{
    erased::{part, press},
    shared::Lounge,
};
use crate::{
    components::{Button, Notice, Skeleton, Tone, Variant},
    pages::{host::ask_for_link, invitation::Invitation},
    prelude::*,
    text::{action, lounge as text},
};

/// It is asked for when somebody wants it.
pub(super) fn invite(lounge: Lounge) -> AnyView {
    let (code, link) = (lounge.code, ask_for_link());
    let shown = move || match link.get() {
        None => view! { <Skeleton /> }.into_any(),
        Some(Ok(link)) => {
            view! { <Invitation handle=lounge.handle code link title=text::join_me(lounge.title.get_untracked()) /> }
                .into_any()
        }
        Some(Err(error)) => view! { <Notice tone=Tone::Error>{error.phrase()}</Notice> }.into_any(),
    };
    let close = press(move |_| lounge.question.set(None));
    view! {
        <div class="question-body">
            {part(shown)}
            <Button variant=Variant::Secondary on:click=close>
                {action::CLOSE}
            </Button>
        </div>
    }
    .into_any()
}
