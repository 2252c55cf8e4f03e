//! The form for entering a room by its code.

use super::{Button, Entry, Field, FormAction, ServerForm, Variant};
use crate::{
    api::FindRoom,
    prelude::*,
    text::{action, room},
};

/// "Room code" and "Join": leads to the preview of the room.
#[component]
pub fn JoinForm(
    /// What was tried before.
    #[prop(optional, into)]
    code: String,
    /// Whether most visitors come for it.
    #[prop(optional)]
    awaited: bool,
) -> impl IntoView {
    let FormAction { action, error, pending } = FormAction::to::<FindRoom>();
    view! {
        <ServerForm action attr:class="grid gap-3">
            <Field entry=Entry::Code label=room::CODE name="code" value=code error awaited />
            <Button submit=true variant=Variant::Secondary pending>
                {action::JOIN}
            </Button>
        </ServerForm>
    }
}
