//! What a host's and a listener's page load before they start, and what they show if they cannot start.

use heartogether::{id::RoomCode, refusal::Refusal};
use leptos::{ev, tachys::prelude::IntoAttributeValue, text_prop::TextProp};
use leptos_router::{components::Redirect, hooks::use_params_map};

use super::http_status::set_status;
use crate::{
    api::{ApiError, Asked, Entrance, ReopenRoom, ask, find_entrance},
    components::{Button, ButtonLink, FormAction, JoinForm, Notice, Page, ServerForm, Skeleton, Tone, Variant, Width},
    locale::{self, Key, Phrase},
    prelude::*,
    routes::{self, Destination},
    text::{action, room as text},
};

/// An entrance, as soon as the server has answered.
pub(crate) type AskedEntrance = Asked<Entrance>;

/// Asks for the entrance to the room in the address, unless it has just been handed over.
pub(crate) fn ask_for_entrance() -> AskedEntrance {
    let params = use_params_map();
    let code = Memo::new(move |_| params.with(|params| params.get("code").unwrap_or_default()));
    let handed = use_context::<HandedEntrance>();
    ask(
        move || code.get(),
        move |code| {
            let known = handed.and_then(|handed| handed.take(&code));
            async move {
                match known {
                    Some(entrance) => Ok(entrance),
                    None => find_entrance(code).await,
                }
            }
        },
    )
}

/// What the server said when it let the visitor in, on its way from the preview to the player, which need not ask again.
#[derive(Clone, Copy)]
pub(crate) struct HandedEntrance(StoredValue<Option<Entrance>>);

impl HandedEntrance {
    /// Makes it known to every page.
    pub(crate) fn provide() {
        provide_context(Self(StoredValue::new(None)));
    }

    /// Leaves it for the page that comes next.
    pub(crate) fn hand(self, entrance: Entrance) {
        self.0.set_value(Some(entrance));
    }

    /// Takes it, once, and only for the room it leads into.
    fn take(self, code: &str) -> Option<Entrance> {
        let handed = self.0.try_update_value(Option::take).flatten()?;
        (RoomCode::parse(code) == Ok(handed.room.code)).then_some(handed)
    }
}

/// What stands there until the server has answered: only on the way from another page, for the first one comes complete.
#[component]
pub(crate) fn Loading(
    /// The `data-page`.
    page: &'static str,
    /// The page's title and heading.
    title: Key,
    /// The `data-state`.
    state: &'static str,
) -> impl IntoView {
    view! {
        <Page name=page title state width=Width::Narrow>
            <h1>{title}</h1>
            <Skeleton />
        </Page>
    }
    .into_any()
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
    /// Asks again.
    #[prop(into)]
    retry: Callback<()>,
) -> impl IntoView {
    let code = use_params_map().with_untracked(|params| params.get("code").unwrap_or_default());
    match (error, RoomCode::parse(&code)) {
        (ApiError::Refused(Refusal::NotSignedIn), Ok(code)) => {
            view! { <Redirect path=routes::login_then(destination(code)) /> }.into_any()
        }
        (error, _) => view! { <NoRoom page error code retry /> }.into_any(),
    }
}

/// Opens a room of one's own again under the same code, a short time after its end.
#[component]
pub(crate) fn ReopenForm(
    /// The room's.
    code: RoomCode,
    /// How much it weighs; primary unless told.
    #[prop(optional)]
    variant: Variant,
    /// Its name where there are several.
    #[prop(optional, into)]
    in_full: Option<TextProp>,
    /// What to do once it is open, on a page that stays.
    #[prop(into)]
    on_open: Callback<()>,
) -> impl IntoView {
    let FormAction { action, error, pending } = FormAction::to::<ReopenRoom>();
    Effect::new(move |_| {
        if action.is_done() {
            on_open.run(());
        }
    });
    view! {
        <ServerForm action attr:class="grid gap-3">
            <input type="hidden" name="code" value=code.to_string() />
            <Button submit=true variant pending attr:aria-label=in_full.map(IntoAttributeValue::into_attribute_value)>
                {action::REOPEN}
            </Button>
            {move || error.get().map(|text| view! { <Notice tone=Tone::Error>{text}</Notice> })}
        </ServerForm>
    }
    .into_any()
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
    /// Asks again.
    #[prop(into)]
    retry: Callback<()>,
) -> impl IntoView {
    match error {
        ApiError::Refused(refusal) if !is_of_server(refusal) => view! { <Nowhere page refusal code /> }.into_any(),
        error => view! { <Broken page text=error.phrase() retry /> }.into_any(),
    }
}

/// Whether a refusal does not say that the room is gone, as the server could not look.
const fn is_of_server(refusal: Refusal) -> bool {
    matches!(refusal, Refusal::StorageUnavailable | Refusal::RoomUnreadable | Refusal::ServerStarting)
}

/// The address leads to no room.
#[component]
fn Nowhere(page: &'static str, refusal: Refusal, code: String) -> impl IntoView {
    // Only its owner is told that a room has ended, for the owner can open it again.
    let own = RoomCode::parse(&code).ok().filter(|_| refusal == Refusal::RoomEnded);
    set_status(match refusal {
        Refusal::TooManyRequests => ApiError::from(refusal).status(),
        _ if own.is_some() => 410,
        _ => 404,
    });
    view! {
        <Page name=page title=text::NONE state="refused" refusal=Some(refusal) width=Width::Narrow>
            <h1>{text::UNOPENED}</h1>
            <Notice tone=Tone::Error>{locale::refusal(refusal)}</Notice>
            {own.map(|code| view! { <ReopenForm code on_open=move || _ = window().location().reload() /> })}
            <div class="card">
                <JoinForm code />
            </div>
            <ButtonLink href=routes::HOME variant=Variant::Ghost>
                {action::BACK_TO_START}
            </ButtonLink>
        </Page>
    }
}

/// The room may be there, but nothing can be said about it now.
#[component]
fn Broken(page: &'static str, text: Phrase, retry: Callback<()>) -> impl IntoView {
    set_status(503);
    let retry = move |event: ev::MouseEvent| {
        event.prevent_default();
        retry.run(());
    };
    view! {
        <Page name=page title=text::BROKEN state="refused" width=Width::Narrow>
            <h1>{text::NO_ANSWER}</h1>
            <Notice tone=Tone::Error>{text}</Notice>
            // Before the wasm is there the form asks for the page anew.
            <form class="grid">
                <Button submit=true on:click=retry>
                    {action::TRY_AGAIN}
                </Button>
            </form>
            <ButtonLink href=routes::HOME variant=Variant::Ghost>
                {action::BACK_TO_START}
            </ButtonLink>
        </Page>
    }
}
