//! The form that creates a room.

use super::{Button, FormAction, Notice, ServerForm, Tone};
use crate::{api::CreateRoom, prelude::*, text};

/// "Create a room": leads to the new room's stage, past the sign-in if need be.
#[component]
pub fn CreateRoomForm() -> impl IntoView {
    let FormAction { action, error, pending } = FormAction::to::<CreateRoom>();
    view! {
        <ServerForm action attr:class="grid gap-3">
            <Button submit=true pending>
                {text::action::CREATE_ROOM}
            </Button>
            {move || error.get().map(|text| view! { <Notice tone=Tone::Error>{text}</Notice> })}
        </ServerForm>
    }
}
