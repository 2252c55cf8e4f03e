//! The listener's page: one big state, and the sound.

mod actions;
mod attendance;
mod controls;
#[cfg(feature = "hydrate")]
mod early;
mod engagement;
mod quality;
mod shown;
mod status_orb;

use heartogether::{
    id::RoomCode,
    role::Role,
    room::{RoomView, StreamState},
};
use send_wrapper::SendWrapper;

use super::{
    ip_privacy::HideAddressSetting,
    link_note::LinkNote,
    room_bootstrap::{AskedEntrance, Loading, NoEntrance},
    session_time::EndWarning,
    speaker::SpeakerChoice,
};
use crate::{
    api::Entrance,
    browser::{
        RoomHandle,
        media_session::{MediaKey, MediaSession},
    },
    components::{EmailQuestion, LevelMeter, Page, StatusBadge, Width},
    locale::{Around, Locale, Phrase, Value, say},
    prelude::*,
    routes::Destination,
    text::{action, listen as text, room as of_room},
};
use actions::Actions;
use attendance::Attendance;
use controls::Controls;
#[cfg(feature = "hydrate")]
pub(crate) use early::teller;
use engagement::Engagement;
use heartogether_client::Volume;
use quality::QualityBadge;
use shown::{Obstacle, Shown};
use status_orb::StatusOrb;

/// Joins the room, and draws the page once that may take its time: drawing keeps the browser's one thread, on which the first
/// sound is negotiated.
pub(super) async fn draw(entrance: AskedEntrance) -> AnyView {
    let joined = if cfg!(feature = "hydrate") { join_ahead(entrance).await } else { None };
    view! { <ListenPage entrance joined=StoredValue::new(joined) /> }.into_any()
}

/// The handle in the room that the address leads to, with its first sound negotiated if that goes fast.
async fn join_ahead(entrance: AskedEntrance) -> Option<(RoomCode, RoomHandle)> {
    let entrance = entrance.await.ok()?;
    let handle = join(&entrance);
    on_cleanup(move || handle.leave());
    handle.settle().await;
    Some((entrance.room.code, handle))
}

/// A handle in the room, which stays outside on the server.
fn join(Entrance { room, ice_servers }: &Entrance) -> RoomHandle {
    let handle = RoomHandle::new();
    if cfg!(feature = "hydrate") {
        handle.start(Role::Listener, room.code, ice_servers.clone(), None);
    }
    handle
}

/// `/listen/:code`
#[component]
fn ListenPage(
    entrance: AskedEntrance,
    /// What was begun before the page was drawn.
    joined: StoredValue<Option<(RoomCode, RoomHandle)>>,
) -> impl IntoView {
    let content = move || {
        entrance.get().map(|answer| match answer {
            Ok(entrance) => {
                let known = joined.try_update_value(Option::take).flatten();
                let known = known.filter(|(code, _)| *code == entrance.room.code);
                let handle = known.map_or_else(|| join(&entrance), |(_, handle)| handle);
                view! { <Player entrance handle /> }.into_any()
            }
            Err(error) => {
                if cfg!(feature = "hydrate") {
                    heartogether_browser::abandon();
                }
                let retry = move || entrance.refetch();
                view! { <NoEntrance page="listen" error destination=Destination::Listen retry /> }.into_any()
            }
        })
    };
    view! { <Transition fallback=|| view! { <Loading page="listen" title=action::LISTEN state="connecting" /> }>{content}</Transition> }
}

/// In the room, or on the way in.
#[component]
fn Player(entrance: Entrance, handle: RoomHandle) -> impl IntoView {
    let relay = entrance.ice_servers.relay();
    let room = entrance.room;
    let (code, host_name) = (room.code, Value::from(&room.host_name));
    let title = of_room::of(host_name.clone());
    let volume = RwSignal::new(Volume::default());
    if cfg!(feature = "hydrate") {
        handle.stand();
    }
    on_cleanup(move || handle.leave());
    let shown = show_state(handle, volume, room.stream);
    show_on_lock_screen(title.clone(), handle, shown);
    let can_engage = Memo::new(move |_| {
        let is_in = handle.room.with(Option::is_some);
        is_in && !shown.get().is_over()
    });
    view! {
        <Page
            name="listen"
            title
            state=Signal::derive(move || shown.get().state())
            refusal=Signal::derive(move || shown.get().refusal())
            link=Signal::derive(move || handle.signaling_state.get().name())
            width=Width::Narrow
        >
            <div class="player">
                <h1>
                    <Around text=of_room::of name=host_name />
                </h1>
                <StatusOrb shown level=handle.level />
                <StatusBadge
                    status=Signal::derive(move || shown.get().status())
                    label=move || shown.get().headline()
                />
                <p class="text-lg text-muted" role="status">
                    {say(move || shown.get().explanation())}
                </p>
                <Attendance handle shown />
            </div>
            <div hidden node_ref=handle.player_place></div>
            <Show when=move || !shown.get().is_over()>
                <div class="grid gap-4">
                    <LevelMeter level=handle.level />
                    <QualityBadge handle relay />
                    <Controls handle chosen=volume />
                    <SpeakerChoice handle />
                </div>
                <HideAddressSetting handle relay />
            </Show>
            <EndWarning
                handle
                advice=text::ENDS_ADVICE
            />
            <Actions handle shown code />
            <Show when=move || can_engage.get()>
                <Engagement handle />
                <EmailQuestion />
            </Show>
            <LinkNote handle role=Role::Listener />
        </Page>
    }
}

/// What the listener is told, as it changes; `first` is what the host sends as far as the server knew.
fn show_state(handle: RoomHandle, volume: RwSignal<Volume>, first: StreamState) -> Memo<Shown> {
    let stream = Memo::new(move |_| handle.room.with(|known| known.as_ref().map_or(first, RoomView::stream)));
    Memo::new(move |_| {
        let obstacles = Obstacle::among(handle.player.get(), volume.get());
        Shown::of(handle.listener_state.get(), stream.get(), obstacles).with_silence(handle.host_silent.get())
    })
}

/// Title and buttons where the system shows what plays, and what is pressed there.
fn show_on_lock_screen(title: Phrase, handle: RoomHandle, shown: Memo<Shown>) {
    let (session, locale) = (StoredValue::new(None), Locale::current());
    let title = Memo::new(move |_| locale.say(title.clone()).into_owned());
    Effect::new(move |_| {
        let press = move |key| match key {
            MediaKey::Play => handle.play(),
            MediaKey::Pause => handle.hold(),
        };
        // The one before takes its entry with it.
        session.set_value(None);
        session.set_value(title.with(|title| MediaSession::begin(title, press)).map(SendWrapper::new));
    });
    Effect::new(move |_| {
        title.track();
        let state = shown.get().media_state();
        session.with_value(|session| session.iter().for_each(|session| session.show(state)));
    });
    on_cleanup(move || session.set_value(None));
}
