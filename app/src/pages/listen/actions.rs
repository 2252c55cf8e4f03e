//! The actions that fit the page's state.

use heartogether::{id::RoomCode, role::Role};

use super::{
    super::way_out::RefusalAction,
    shown::{Obstacle, Shown},
};
use crate::{
    browser::RoomHandle,
    components::{Button, ButtonLink, Glyph, Icon, Variant},
    locale::Key,
    prelude::*,
    routes,
    text::{action, listen as text},
};
use heartogether_client::ListenerState;

/// The one thing to do, if there is one, and the way out.
#[component]
pub(super) fn Actions(handle: RoomHandle, shown: Memo<Shown>, code: RoomCode) -> impl IntoView {
    let action = move || match shown.get() {
        Shown { obstacle: Some(Obstacle::Blocked), .. } => view! { <PlayButton handle label=text::TAP /> }.into_any(),
        Shown { obstacle: Some(Obstacle::Held | Obstacle::Interrupted), .. } => {
            view! { <PlayButton handle label=text::GO_ON /> }.into_any()
        }
        Shown { client: ListenerState::Refused(refusal), .. } => {
            view! { <RefusalAction handle refusal role=Role::Listener code /> }.into_any()
        }
        _ => ().into_any(),
    };
    let leave = move || {
        let (label, variant) = match shown.get().client {
            ListenerState::Ended(_) => (action::BACK_TO_START, Variant::Primary),
            ListenerState::Refused(_) => (action::BACK_TO_START, Variant::Ghost),
            _ => (text::LEAVE, Variant::Ghost),
        };
        view! {
            <ButtonLink href=routes::HOME variant>
                {label}
            </ButtonLink>
        }
    };
    view! { <div class="grid gap-3">{action} {leave}</div> }
}

#[component]
fn PlayButton(handle: RoomHandle, label: Key) -> impl IntoView {
    view! {
        <Button on:click=move |_| handle.play()>
            <Icon glyph=Glyph::Play />
            {label}
        </Button>
    }
}
