//! The player: one big state, and the sound.

use heartogether::{
    refusal::Refusal,
    role::Role,
    wire::{EndReason, StreamState},
};
use leptos::{html::Audio, prelude::*};

use super::entrance::{Entrance, NoEntrance, ask_for_entrance};
use crate::{
    client::{Input, LinkState, ListenerState, browser::Presence},
    components::{Button, ButtonLink, Glyph, Icon, LevelMeter, Page, StatusBadge, Variant, Wave, Width},
    routes::{self, Destination},
};

/// `/listen/:code`
#[component]
pub fn ListenPage() -> impl IntoView {
    let entrance = ask_for_entrance();
    let content = move || {
        entrance.get().map(|entrance| match entrance {
            Ok(entrance) => view! { <Player entrance /> }.into_any(),
            Err(error) => view! { <NoEntrance page="listen" error destination=Destination::Listen /> }.into_any(),
        })
    };
    view! { <Transition fallback=|| view! { <Page name="listen" title="Listen" state="connecting">""</Page> }>{content}</Transition> }
}

/// In the room, or on the way in.
#[component]
fn Player(entrance: Entrance) -> impl IntoView {
    let Entrance { room, ice_servers } = entrance;
    let (code, host_name) = (room.code, room.host_name.to_string());
    let presence = Presence::new();
    let player = NodeRef::<Audio>::new();
    Effect::new(move |_| presence.start(Role::Listener, code, &ice_servers, player));
    on_cleanup(move || presence.leave());
    let shown = Memo::new(move |_| Shown::of(presence.listener_state.get(), presence.playback_blocked.get()));
    let stream =
        Memo::new(move |_| presence.room.with(|known| known.as_ref().map_or(room.stream, |known| known.stream)));
    view! {
        <Page
            name="listen"
            title=format!("{host_name}’s room")
            state=move || shown.get().state()
            refusal=move || shown.get().refusal()
            link=move || presence.link_state.get().name()
            width=Width::Narrow
        >
            <div class="grid justify-items-center gap-4 pt-4 pb-2 text-center">
                <StatusBadge status=stream label=move || badge(shown.get(), stream.get()) />
                <h1>{format!("{host_name}’s room")}</h1>
                <Wave />
                <div class="w-full">
                    <LevelMeter level=presence.level />
                </div>
                <p class="text-lg text-muted" role="status">
                    {move || explain(shown.get(), stream.get())}
                </p>
            </div>
            <audio node_ref=player data-testid="stream" autoplay></audio>
            <Actions presence shown />
            <Show when=move || presence.link_state.get() == LinkState::Reconnecting>
                <p class="text-center text-sm text-muted" role="status">
                    "Reconnecting to the room. What you hear goes on."
                </p>
            </Show>
        </Page>
    }
}

/// What the visitor can do about the state the page is in.
#[component]
fn Actions(presence: Presence, shown: Memo<Shown>) -> impl IntoView {
    let actions = move || match shown.get() {
        Shown::Blocked => view! {
            <Button on:click=move |_| presence.play()>
                <Icon glyph=Glyph::Play />
                "Tap to hear"
            </Button>
        }
        .into_any(),
        Shown::Client(ListenerState::Refused(Refusal::SessionReplaced)) => view! {
            <Button variant=Variant::Secondary on:click=move |_| presence.press(Input::RetryPressed)>
                "Listen here instead"
            </Button>
        }
        .into_any(),
        Shown::Client(ListenerState::Refused(_)) => view! {
            <Button variant=Variant::Secondary on:click=move |_| presence.press(Input::RetryPressed)>
                "Try again"
            </Button>
            <ButtonLink href=routes::HOME variant=Variant::Ghost>
                "Back to the start"
            </ButtonLink>
        }
        .into_any(),
        Shown::Client(ListenerState::Ended(_)) => {
            view! { <ButtonLink href=routes::HOME>"Back to the start"</ButtonLink> }.into_any()
        }
        Shown::Client(_) => view! {
            <ButtonLink href=routes::HOME variant=Variant::Ghost>
                "Leave"
            </ButtonLink>
        }
        .into_any(),
    };
    view! { <div class="grid gap-3">{actions}</div> }
}

/// The client's state, and the one thing it cannot know: that the browser does not play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Client(ListenerState),
    Blocked,
}

impl Shown {
    fn of(state: ListenerState, playback_blocked: bool) -> Self {
        match state {
            ListenerState::Listening | ListenerState::Paused if playback_blocked => Self::Blocked,
            state => Self::Client(state),
        }
    }

    const fn state(self) -> &'static str {
        match self {
            Self::Client(state) => state.name(),
            Self::Blocked => "refused",
        }
    }

    const fn refusal(self) -> Option<Refusal> {
        match self {
            Self::Blocked => Some(Refusal::PlaybackBlocked),
            Self::Client(ListenerState::Refused(refusal)) => Some(refusal),
            Self::Client(_) => None,
        }
    }
}

fn badge(shown: Shown, stream: StreamState) -> &'static str {
    match shown {
        Shown::Blocked => "Ready",
        Shown::Client(state) => match state {
            ListenerState::Connecting if stream == StreamState::Idle => "Waiting for the host",
            ListenerState::Connecting => "Connecting",
            ListenerState::Listening => "Listening",
            ListenerState::Paused => "Paused",
            ListenerState::Reconnecting => "Reconnecting",
            ListenerState::Ended(_) => "Ended",
            ListenerState::Refused(_) => "Not connected",
        },
    }
}

fn explain(shown: Shown, stream: StreamState) -> &'static str {
    match shown {
        Shown::Blocked => Refusal::PlaybackBlocked.text(),
        Shown::Client(state) => match state {
            ListenerState::Connecting if stream == StreamState::Idle => {
                "You are in. The sound begins as soon as the host shares it."
            }
            ListenerState::Connecting => "Connecting you to the host.",
            ListenerState::Listening => "You hear what the host hears, live.",
            ListenerState::Paused => "The host has paused. Stay, it goes on here.",
            ListenerState::Reconnecting if stream == StreamState::Interrupted => {
                "The host is reconnecting. Stay, it goes on here."
            }
            ListenerState::Reconnecting => "The connection to the host was lost and is being brought back.",
            ListenerState::Ended(EndReason::Stopped) => "The host has ended this room. Thank you for listening.",
            ListenerState::Ended(EndReason::Idle) => "The room ended because nothing happened in it for a while.",
            ListenerState::Ended(EndReason::HostAbsent) => "The room ended because the host did not come back.",
            ListenerState::Refused(refusal) => refusal.text(),
        },
    }
}
