//! What the visitor can do about the state the page is in.

use heartogether::{id::RoomCode, refusal::Refusal};
use leptos::prelude::*;

use super::shown::{Obstacle, Shown, WayOut};
use crate::{
    browser::RoomHandle,
    components::{Button, ButtonLink, Glyph, Icon, Variant, focus},
    routes::{self, Destination},
};
use heartogether_client::{Input, ListenerState};

/// The one thing to do, if there is one, and the way out.
#[component]
pub(super) fn Actions(handle: RoomHandle, shown: Memo<Shown>, code: RoomCode) -> impl IntoView {
    let action = move || match shown.get() {
        Shown { obstacle: Some(Obstacle::Blocked), .. } => {
            view! { <PlayButton handle label="Tap to hear" /> }.into_any()
        }
        Shown { obstacle: Some(Obstacle::Held | Obstacle::Interrupted), .. } => {
            view! { <PlayButton handle label="Go on listening" /> }.into_any()
        }
        Shown { client: ListenerState::Refused(refusal), .. } => view! { <Exit handle refusal code /> }.into_any(),
        _ => ().into_any(),
    };
    focus::rescue_on_change(move || shown.get().obstacle, focus::rescue_at_last);
    let leave = move || {
        let (label, variant) = match shown.get().client {
            ListenerState::Ended(_) => ("Back to the start", Variant::Primary),
            ListenerState::Refused(_) => ("Back to the start", Variant::Ghost),
            _ => ("Leave", Variant::Ghost),
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
fn PlayButton(handle: RoomHandle, label: &'static str) -> impl IntoView {
    view! {
        <Button on:click=move |_| handle.play()>
            <Icon glyph=Glyph::Play />
            {label}
        </Button>
    }
}

/// The way out of a refusal.
#[component]
fn Exit(handle: RoomHandle, refusal: Refusal, code: RoomCode) -> impl IntoView {
    let retry = move |label: &'static str| {
        view! { <Button on:click=move |_| handle.press(Input::RetryPressed)>{label}</Button> }.into_any()
    };
    match WayOut::of(refusal) {
        WayOut::TryAgain => retry("Try again"),
        WayOut::ListenHere => retry("Listen here instead"),
        // A whole new page, since this one believes that it knows who the visitor is.
        WayOut::SignIn => view! {
            <ButtonLink href=routes::login_then(Destination::Listen(code)) attr:rel="external">
                "Sign in"
            </ButtonLink>
        }
        .into_any(),
        WayOut::Reload => {
            view! { <Button on:click=move |_| _ = window().location().reload()>"Reload the page"</Button> }.into_any()
        }
        WayOut::Leave => ().into_any(),
    }
}
