//! What a host's and a listener's page need before they begin, and what stands there when they cannot.

use heartogether::{id::RoomCode, refusal::Refusal};
use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_params_map};

use super::answer_not_found;
use crate::{
    api::{ApiError, IceServer, RoomSummary, ice_servers, look_up_room},
    components::{ButtonLink, JoinForm, Notice, Page, Tone, Variant, Width},
    routes::{self, Destination},
};

/// The room, and the ICE servers, which are known before joining.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Entrance {
    pub(crate) room: RoomSummary,
    pub(crate) ice_servers: Vec<IceServer>,
}

/// Asks for both at once, for the room in the address.
pub(crate) fn ask_for_entrance() -> Resource<Result<Entrance, ApiError>> {
    let params = use_params_map();
    let code = Memo::new(move |_| params.with(|params| params.get("code").unwrap_or_default()));
    Resource::new(
        move || code.get(),
        async |code| {
            let (room, ice_servers) = futures::join!(look_up_room(code), ice_servers());
            Ok(Entrance { room: room?, ice_servers: ice_servers? })
        },
    )
}

/// Says why there is no way in, or asks who the visitor is first.
#[component]
pub(crate) fn NoEntrance(
    /// The `data-page`.
    page: &'static str,
    /// Why.
    error: ApiError,
    /// Where the visitor was going.
    destination: fn(RoomCode) -> Destination,
) -> impl IntoView {
    let code = use_params_map().with_untracked(|params| params.get("code").unwrap_or_default());
    match (error, RoomCode::parse(&code)) {
        (ApiError::Refused(Refusal::NotSignedIn), Ok(code)) => {
            view! { <Redirect path=routes::login_then(destination(code)) /> }.into_any()
        }
        (error, _) => view! { <NoRoom page error code /> }.into_any(),
    }
}

/// There is no such room, or it could not be asked for.
#[component]
pub(crate) fn NoRoom(
    /// The `data-page`.
    page: &'static str,
    /// Why.
    error: ApiError,
    /// What was tried.
    code: String,
) -> impl IntoView {
    let refusal = match error {
        ApiError::Refused(refusal) => Some(refusal),
        ApiError::Fault(_) | ApiError::Unreachable => None,
    };
    if refusal.is_some() {
        answer_not_found();
    }
    view! {
        <Page name=page title="No such room" state="refused" refusal=refusal width=Width::Narrow>
            <h1>"This room cannot be opened"</h1>
            <Notice tone=Tone::Error>{error.text()}</Notice>
            <div class="card">
                <JoinForm code />
            </div>
            <ButtonLink href=routes::HOME variant=Variant::Ghost>
                "Back to the start"
            </ButtonLink>
        </Page>
    }
}
