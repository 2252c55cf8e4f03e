//! What is drawn once a lounge has ended.

use heartogether::room::EndReason;
use heartogether_client::{Ending, Input};

use super::{
    erased::{part, part_when},
    shared::Lounge,
    standing::Standing,
};
use crate::{
    components::{ButtonLink, Notice, Variant},
    pages::room_bootstrap::ReopenForm,
    prelude::*,
    routes,
    text::{action, lounge as text},
};

/// That the lounge has ended, and why. Its owner can open it again for a while.
pub(super) fn over(lounge: Lounge) -> AnyView {
    let ending = move || match lounge.standing.get() {
        Standing::Ended(ending) => Some(ending),
        _ => None,
    };
    let told = move || {
        let said = match ending() {
            Some(Ending::Told(EndReason::Idle | EndReason::HostAbsent)) => text::ENDED_IDLE,
            Some(Ending::Asked) => text::ENDED_ASKED,
            _ => text::ENDED_HINT,
        };
        view! { <Notice>{said}</Notice> }.into_any()
    };
    let may_reopen = move || lounge.is_owner.get() && ending() != Some(Ending::Asked);
    let code = lounge.code;
    let reopen = move || view! { <ReopenForm code on_open=move || lounge.press(Input::RetryPressed) /> }.into_any();
    view! {
        <div class="card lounge-card">
            <h1>{text::ENDED}</h1>
            {part(told)}
            {part_when(may_reopen, reopen)}
            <ButtonLink href=routes::HOME variant=Variant::Ghost>
                {action::BACK_TO_START}
            </ButtonLink>
        </div>
    }
    .into_any()
}
