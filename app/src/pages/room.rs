//! A room's preview: who hosts it, whether it is live, and the Listen button.

use std::time::Duration;

use heartogether::{id::RoomCode, refusal::Refusal, room::StreamState};
use leptos::{ev, task::spawn_local};
use leptos_router::{
    components::Redirect,
    hooks::{use_navigate, use_params_map},
};

use super::{
    listen_code,
    room_bootstrap::{HandedEntrance, Loading, NoRoom},
};
use crate::{
    api::{ApiError, Listen, RoomSummary, ask, enter_room, look_up_room},
    components::{
        Button, ButtonLink, CodeDisplay, FormAction, Glyph, Icon, Notice, Page, ServerForm, StatusBadge, Tone, Variant,
        Wave, Width, state_name,
    },
    locale::{self, Around, Locale, Part, Value, say},
    prelude::*,
    routes::{self, Destination},
    text::{action, room as text},
};

/// How often the page looks at the room again while it is seen.
const REFRESH_EVERY: Duration = Duration::from_secs(5);

/// `/room/:code`
#[component]
pub(super) fn RoomPage() -> impl IntoView {
    let params = use_params_map();
    let code = move || params.with(|params| params.get("code").unwrap_or_default());
    let found = ask(code, look_up_room);
    let content = move || {
        found.get().map(|room| match room {
            Ok(room) if room.kind.members_stay() => view! { <Redirect path=routes::lounge(room.code) /> }.into_any(),
            Ok(room) => view! { <Preview room /> }.into_any(),
            Err(error) => {
                view! { <NoRoom page="room" error code=untrack(code) retry=move || found.refetch() /> }.into_any()
            }
        })
    };
    view! { <Transition fallback=|| view! { <Loading page="room" title=text::TITLE state="idle" /> }>{content}</Transition> }
}

/// A room that was there when it was asked for.
#[component]
fn Preview(room: RoomSummary) -> impl IntoView {
    let (code, host_name, is_owner) = (room.code, Value::from(&room.host_name), room.is_owner);
    let room = follow(room);
    let stream = Memo::new(move |_| room.with(|room| room.stream));
    let refusal = Memo::new(move |_| {
        room.with(|room| match room.stream {
            StreamState::Ended => Some(Refusal::RoomEnded),
            _ => room.is_full_for_visitor().then_some(Refusal::RoomFull),
        })
    });
    let ended = move || stream.get() == StreamState::Ended;
    view! {
        <Page
            name="room"
            title=text::of(host_name.clone())
            state=Signal::derive(move || if ended() { "refused" } else { state_name(stream.get()) })
            refusal
            width=Width::Narrow
        >
            <div class="grid justify-items-center gap-4 pt-4 text-center">
                <StatusBadge status=stream />
                <h1>
                    <Around text=text::of name=host_name />
                </h1>
            </div>
            <Wave />
            <div class="card">
                <div class="flex flex-wrap items-baseline justify-between gap-x-4">
                    <CodeDisplay code small=true />
                    <p class="text-muted">
                        {say(move || room.with(|room| text::listening(room.listener_count, room.max_listeners)))}
                    </p>
                </div>
                {move || refusal.get().map(|refusal| view! { <Notice tone=Tone::Warn>{locale::refusal(refusal)}</Notice> })}
                <Show when=move || !ended() fallback=|| view! { <ButtonLink href=routes::HOME>{action::BACK_TO_START}</ButtonLink> }>
                    <ListenForm code full=Signal::derive(move || refusal.get().is_some()) />
                </Show>
                <Show when=move || stream.get() == StreamState::Idle>
                    <p class="text-sm text-muted">{text::EARLY}</p>
                </Show>
                {move || {
                    (is_owner && !ended())
                        .then(|| {
                            view! {
                                <ButtonLink href=routes::host(code) variant=Variant::Secondary>
                                    {text::HOST}
                                </ButtonLink>
                            }
                        })
                }}
            </div>
        </Page>
    }
}

/// The one button. Before hydration the form is posted; after it the answer is taken along to the player, which then
/// has nothing to ask for.
#[component]
fn ListenForm(code: RoomCode, full: Signal<bool>) -> impl IntoView {
    let handed = expect_context::<HandedEntrance>();
    let navigate = use_navigate();
    let FormAction { action, error, .. } = FormAction::to::<Listen>();
    let pending = RwSignal::new(false);
    let refused = RwSignal::new(None);
    let locale = Locale::current();
    Effect::new(move |_| {
        listen_code::prepare();
        spawn_local(async move { _ = locale.complete(Part::Listener).await });
    });
    let go_in = move |event: ev::MouseEvent| {
        event.prevent_default();
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            let answer = enter_room(code.to_string()).await;
            if pending.is_disposed() {
                // The visitor has gone elsewhere meanwhile, and is left there.
                return;
            }
            match answer {
                Ok(entrance) => {
                    handed.hand(entrance);
                    navigate(&routes::listen(code), Default::default());
                }
                // Where there are no guests, whoever listens says who they are first.
                Err(ApiError::Refused(Refusal::NotSignedIn)) => {
                    navigate(&routes::login_then(Destination::Listen(code)), Default::default());
                }
                Err(error) => {
                    refused.set(Some(error.phrase()));
                    pending.set(false);
                }
            }
        });
    };
    let error = move || refused.get().or_else(|| error.get());
    view! {
        <ServerForm action attr:class="grid gap-3">
            <input type="hidden" name="code" value=code.to_string() />
            <Button submit=true pending disabled=full on:click=go_in>
                <Icon glyph=Glyph::Headphones />
                {action::LISTEN}
            </Button>
            {move || error().map(|text| view! { <Notice tone=Tone::Error>{text}</Notice> })}
        </ServerForm>
    }
}

/// Keeps a room up to date while the page is seen. A look-up that fails for want of a network changes nothing.
fn follow(room: RoomSummary) -> RwSignal<RoomSummary> {
    let code = room.code.to_string();
    let room = RwSignal::new(room);
    let refresh = move || {
        if document().hidden() || room.with_untracked(|room| room.stream == StreamState::Ended) {
            return;
        }
        let code = code.clone();
        spawn_local(async move {
            match look_up_room(code).await {
                Ok(now) => _ = room.try_set(now),
                Err(ApiError::Refused(Refusal::RoomNotFound)) => {
                    _ = room.try_update(|room| room.stream = StreamState::Ended);
                }
                Err(_) => {}
            }
        });
    };
    Effect::new(move |_| {
        let timer = set_interval_with_handle(refresh.clone(), REFRESH_EVERY);
        let refresh = refresh.clone();
        let seen = window_event_listener_untyped("visibilitychange", move |_| refresh());
        on_cleanup(move || {
            seen.remove();
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
    room
}
