//! The host's page: what the host shares, who listens, and how to end it.

mod audience;
mod capture_error;
mod chat;
mod controls;
mod diagnostics;
#[cfg(feature = "hydrate")]
mod early;
mod floating_reactions;
mod microphone_notice;
mod shown;

use heartogether::{
    id::RoomCode,
    refusal::Refusal,
    role::{Permission, Role},
};
use leptos_router::{components::Redirect, hooks::use_params_map};

use super::{
    http_status::set_status,
    invitation::Invitation,
    link_note::LinkNote,
    room_bootstrap::{AskedEntrance, Loading, NoEntrance, ReopenForm},
    session_time::{EndWarning, SessionTime},
    way_out::RefusalAction,
};
use crate::{
    api::{Asked, Entrance, JoinLink, ask, room_link},
    browser::RoomHandle,
    components::{Button, ButtonLink, Notice, Page, Session, StatusBadge, Tone, Variant, Width},
    locale::{self, Value},
    prelude::*,
    routes::{self, Destination},
    text::{action, host as text, no_path, room as of_room},
};
use audience::Audience;
use chat::Chat;
use controls::Controls;
pub(super) use controls::Sources;
use diagnostics::Diagnostics;
#[cfg(feature = "hydrate")]
pub(crate) use early::teller;
use floating_reactions::Rising;
use heartogether_browser::early_microphone;
use heartogether_client::{Ending, HostState, Input, NoPath};
pub(crate) use microphone_notice::MicrophoneNotice;
use shown::{Shown, why_ended};

/// The link to the room, as soon as the server has answered.
pub(super) type AskedLink = Asked<JoinLink>;

/// Asks for the link to the room in the address.
pub(super) fn ask_for_link() -> AskedLink {
    let params = use_params_map();
    ask(move || params.with(|params| params.get("code").unwrap_or_default()), room_link)
}

/// `/host/:code`
#[component]
pub(super) fn HostPage(entrance: AskedEntrance, link: AskedLink) -> impl IntoView {
    let retry = move || {
        entrance.refetch();
        link.refetch();
    };
    let session = expect_context::<Session>();
    // Where only those who sign in host, a guest's room of earlier waits for that. A memo, for what is said of the session
    // anew is no reason to make a stage anew.
    let kept = Memo::new(move |_| session.view().and_then(|view| view.kind()?.check(Permission::Host).err()));
    let content = move || {
        let (entrance, link) = (entrance.get()?, link.get()?);
        Some(match (entrance.and_then(|entrance| Ok((entrance, link?))), kept.get()) {
            (Ok((Entrance { room, .. }, _)), Some(why)) if room.is_owner => {
                abandon();
                view! { <Redirect path=routes::login_because(why, Destination::Host(room.code)) /> }.into_any()
            }
            (Ok((entrance, link)), _) if entrance.room.is_owner => view! { <Stage entrance link /> }.into_any(),
            (Ok(_), _) => {
                abandon();
                view! { <NotOwner /> }.into_any()
            }
            (Err(error), _) => {
                abandon();
                view! { <NoEntrance page="host" error destination=Destination::Host retry /> }.into_any()
            }
        })
    };
    view! { <Transition fallback=|| view! { <Loading page="host" title=of_room::YOURS state="idle" /> }>{content}</Transition> }
}

/// Ends what was begun before the page was drawn: there is no stage for it.
fn abandon() {
    if cfg!(feature = "hydrate") {
        heartogether_browser::abandon();
    }
}

/// The owner's page.
#[component]
fn Stage(entrance: Entrance, link: JoinLink) -> impl IntoView {
    let relay = entrance.ice_servers.relay();
    let Entrance { room, ice_servers } = entrance;
    let host_name = Value::from(&room.host_name);
    let (code, max_listeners) = (room.code, room.max_listeners);
    let handle = RoomHandle::new();
    Effect::new(move |_| {
        handle.start(Role::Host, code, ice_servers.clone(), Some(heartogether_browser::open_devices));
        handle.stand();
        early_microphone::remove_notice();
    });
    on_cleanup(move || handle.leave());
    let state = handle.host_state;
    let stage = move || match state.get() {
        HostState::Refused(refusal) => view! { <Refused handle refusal code /> }.into_any(),
        HostState::Ended(ending) => view! { <Ended handle code ending /> }.into_any(),
        _ => ().into_any(),
    };
    let is_open = Memo::new(move |_| !Shown::on(handle).is_over());
    view! {
        <Page
            name="host"
            title=of_room::YOURS
            state=Signal::derive(move || state.get().name())
            refusal=Signal::derive(move || Shown::on(handle).refusal())
            link=Signal::derive(move || handle.signaling_state.get().name())
        >
            <Heading handle />
            {stage}
            <NoPathNotice handle />
            <EndWarning handle advice=text::ENDS_ADVICE />
            <Show when=move || is_open.get()>
                <div class="grid items-start gap-6 md:grid-cols-2">
                    <div class="relative">
                        <Controls handle listener_count=Signal::derive(move || handle.audience.with(Vec::len)) />
                        <Rising handle />
                    </div>
                    <Invitation handle code link=link.clone() title=of_room::of(host_name.clone()) />
                </div>
                <div class="grid items-start gap-6 md:grid-cols-2">
                    <Audience handle max_listeners />
                    <Chat handle />
                </div>
                <Diagnostics handle relay />
            </Show>
            <LinkNote handle role=Role::Host />
        </Page>
    }
}

/// What room it is, and how it is with it.
#[component]
fn Heading(handle: RoomHandle) -> impl IntoView {
    view! {
        <div class="flex flex-wrap items-center justify-between gap-3">
            <h1>{of_room::YOURS}</h1>
            <div class="flex items-center gap-4">
                <SessionTime handle />
                <StatusBadge
                    status=Signal::derive(move || Shown::on(handle).status())
                    label=move || Shown::on(handle).headline()
                />
            </div>
        </div>
    }
    .into_any()
}

/// Says that a listener cannot be reached, and what may help.
#[component]
fn NoPathNotice(handle: RoomHandle) -> impl IntoView {
    let allow = move || {
        view! {
            <Button variant=Variant::Secondary on:click=move |_| handle.allow_microphone()>
                {no_path::ALLOW_MICROPHONE}
            </Button>
        }
    };
    let notice = move || {
        let why = handle.no_path.get()?;
        let button = (why == NoPath::NamesOnly).then(allow);
        Some(view! {
            <Notice tone=Tone::Warn>
                <div class="grid justify-items-start gap-3">
                    <p>{locale::no_path_at_host(why)}</p>
                    {button}
                </div>
            </Notice>
        })
    };
    view! { <div data-testid="no-path">{notice}</div> }.into_any()
}

/// Somebody else's room.
#[component]
fn NotOwner() -> impl IntoView {
    set_status(403);
    view! {
        <Page name="host" title=text::NOT_YOURS state="refused" refusal=Some(Refusal::NotOwner) width=Width::Narrow>
            <h1>{text::SOMEBODY_ELSES}</h1>
            <Notice tone=Tone::Error>{locale::refusal(Refusal::NotOwner)}</Notice>
            <ButtonLink href=routes::HOME>{action::BACK_TO_START}</ButtonLink>
        </Page>
    }
}

#[component]
fn Refused(handle: RoomHandle, refusal: Refusal, code: RoomCode) -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn>{locale::refusal(refusal)}</Notice>
        <div class="flex flex-wrap gap-3">
            <RefusalAction handle refusal role=Role::Host code />
            <ButtonLink href=routes::HOME variant=Variant::Ghost>
                {action::BACK_TO_START}
            </ButtonLink>
        </div>
    }
}

#[component]
fn Ended(handle: RoomHandle, code: RoomCode, ending: Ending) -> impl IntoView {
    let reopen = move || view! { <ReopenForm code on_open=move || handle.press(Input::RetryPressed) /> };
    view! {
        <Notice>{why_ended(ending)}</Notice>
        <div class="flex flex-wrap gap-3">
            {(ending != Ending::Asked).then(reopen)}
            <ButtonLink href=routes::HOME variant=Variant::Ghost>
                {action::BACK_TO_START}
            </ButtonLink>
        </div>
    }
}
