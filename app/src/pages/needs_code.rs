//! Controls that do nothing without the page's code.

use crate::{browser::RoomHandle, prelude::*};

/// What is in it cannot be pressed until the page is drawn. It is not for what works before, such as links and forms.
#[component]
pub(crate) fn NeedsCode(handle: RoomHandle, children: Children) -> impl IntoView {
    view! {
        <fieldset class="contents" role="presentation" disabled=move || !handle.stands.get()>
            {children()}
        </fieldset>
    }
    .into_any()
}
