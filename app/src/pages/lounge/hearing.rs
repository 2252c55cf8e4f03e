//! How it is with the sound that is heard, and what can be set there. Only who listens sees it.

use heartogether_client::{ListenerState, PlayerState, Volume};
use send_wrapper::SendWrapper;

use super::{
    erased::{attribute, effect, part, part_when, press, said, switch},
    shared::Lounge,
};
use crate::{
    browser::{
        RoomHandle,
        media_session::{MediaKey, MediaSession, MediaState},
        volume,
    },
    components::{Glyph, Icon, LevelMeter, Slider},
    locale::{Key, Locale},
    pages::{ip_privacy::HideAddress, speaker::SpeakerChoice},
    prelude::*,
    text::lounge as text,
};

/// How it is with what is heard: in words, as a level, and how loud.
pub(super) fn player(lounge: Lounge) -> AnyView {
    let (handle, locale) = (lounge.handle, Locale::current());
    show_on_lock_screen(lounge);
    let chosen = RwSignal::new(volume::remembered());
    effect(move || handle.set_volume(chosen.get()));
    let choose = move |volume: Volume| {
        volume::remember(volume);
        chosen.set(volume);
    };
    let mute = press(move |_| {
        let volume = chosen.get_untracked();
        choose(Volume { muted: !volume.muted, ..volume });
    });
    let mute_label = move || locale.say(if chosen.get().muted { text::UNMUTE } else { text::MUTE_SOUND }).into_owned();
    let glyph = move || {
        let glyph = if chosen.get().muted { Glyph::Muted } else { Glyph::Volume };
        view! { <Icon glyph /> }.into_any()
    };
    // Whoever moves the slider wants to hear the difference.
    let slide = move |percent: u32| choose(Volume { percent, muted: false });
    let tap = move || {
        let play = press(move |_| handle.play());
        view! {
            <button type="button" class="button button-primary" on:click=play>
                {text::TAP_TO_HEAR}
            </button>
        }
        .into_any()
    };
    let slider = move || {
        view! { <Slider label=text::VOLUME id="lounge-volume" value=Signal::derive(move || chosen.get().percent) on_change=slide /> }
            .into_any()
    };
    let is_held = move || handle.player.get() != PlayerState::Playing;
    let is_open = RwSignal::new(false);
    view! {
        <div class="sound-player">
            <span class="sound-state" role="status">
                {said(move || locale.say(state_text(handle)).into_owned())}
            </span>
            {part_when(is_held, tap)}
            <LevelMeter level=handle.level />
            <button
                type="button"
                class="icon-button"
                aria-pressed=switch(move || chosen.get().muted)
                aria-label=attribute(move || Some(mute_label()))
                on:click=mute
            >
                {part(glyph)}
            </button>
            {part_when(volume::can_be_set, slider)}
            {way_to_settings(is_open)}
        </div>
        {part_when(move || is_open.get(), move || settings(handle))}
    }
    .into_any()
}

fn way_to_settings(is_open: RwSignal<bool>) -> AnyView {
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=text::SOUND_SETTINGS
            title=text::SOUND_SETTINGS
            aria-expanded=switch(move || is_open.get())
            on:click=press(move |_| is_open.update(|is_open| *is_open = !*is_open))
        >
            <Icon glyph=Glyph::More />
        </button>
    }
    .into_any()
}

/// Where what is heard comes out, and whether who sends it learns of the visitor's address.
fn settings(handle: RoomHandle) -> AnyView {
    view! {
        <div class="sound-panel" data-testid="hearing">
            <SpeakerChoice handle />
            <HideAddress handle relay=handle.relay() />
        </div>
    }
    .into_any()
}

/// How it is with what is heard.
fn state_text(handle: RoomHandle) -> Key {
    match (handle.player.get(), handle.listener_state.get()) {
        (PlayerState::Blocked, _) => text::HEARD_BLOCKED,
        (PlayerState::PausedByListener | PlayerState::PausedBySystem, _) => text::HEARD_HELD,
        (_, ListenerState::Listening) => text::HEARD,
        (_, ListenerState::Paused) => text::HEARD_PAUSED,
        (_, ListenerState::Reconnecting) => text::HEARD_RECONNECTING,
        (_, ListenerState::OutOfReach(_)) => text::HEARD_NO_PATH,
        _ => text::HEARD_CONNECTING,
    }
}

/// Title and buttons where the system shows what plays, and what is pressed there.
fn show_on_lock_screen(lounge: Lounge) {
    let (session, handle) = (StoredValue::new(None), lounge.handle);
    effect(move || {
        let press = move |key| match key {
            MediaKey::Play => handle.play(),
            MediaKey::Pause => handle.hold(),
        };
        // The one before takes its entry with it.
        session.set_value(None);
        session.set_value(MediaSession::begin(&lounge.title.get(), press).map(SendWrapper::new));
    });
    effect(move || {
        lounge.title.track();
        let state = match (handle.player.get(), handle.listener_state.get()) {
            (PlayerState::Playing, ListenerState::Listening | ListenerState::Paused | ListenerState::Reconnecting) => {
                MediaState::Playing
            }
            (PlayerState::Playing, _) => MediaState::Nothing,
            _ => MediaState::Paused,
        };
        session.with_value(|session| session.iter().for_each(|session| session.show(state)));
    });
    on_cleanup(move || session.set_value(None));
}
