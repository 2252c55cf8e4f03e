//! The form that opens a lounge.

use heartogether::limits::ROOM_NAME_CHARS;

use super::{Button, FormAction, Notice, ServerForm, Tone, Variant};
use crate::{api::OpenLounge, prelude::*, text::home as text};

/// "Open a lounge", with a name if it is to have one: leads to the new lounge, past the sign-in if need be.
#[component]
pub fn OpenLoungeForm() -> impl IntoView {
    let FormAction { action, error, pending } = FormAction::to::<OpenLounge>();
    view! {
        <ServerForm action attr:class="grid gap-3">
            <input
                class="input"
                name="name"
                type="text"
                dir="auto"
                autocomplete="off"
                aria-label=text::LOUNGE_NAME
                placeholder=text::LOUNGE_NAME
                maxlength=ROOM_NAME_CHARS.to_string()
            />
            <Button submit=true variant=Variant::Secondary pending>
                {text::OPEN_LOUNGE}
            </Button>
            {move || error.get().map(|text| view! { <Notice tone=Tone::Error>{text}</Notice> })}
        </ServerForm>
    }
}
