//! The bar above the conversation while somebody shares or wants to: who shares and who listens, and what can be done.

use heartogether::id::DisplayName;
use heartogether_client::{HostState, Input};

use super::{
    erased::{attribute, effect, flag, icon_button, part, part_when, press, said, switch},
    hearing::player,
    shared::Lounge,
    sharing::sharing,
    sound_stage::{Stage, headline, shared},
};
use crate::{
    components::{Glyph, Icon},
    locale::{self, Locale, Value},
    prelude::*,
    text::{lounge as text, sound as of_sound},
};

/// Names of listeners that are told; of more only the number.
const NAMED: usize = 3;

/// The bar.
pub(super) fn bar(lounge: Lounge) -> AnyView {
    let handle = lounge.handle;
    let stage = Memo::new(move |_| Stage::of(handle));
    close_when_shared(lounge);
    let shown = move || match stage.get() {
        Stage::Quiet => quiet(lounge),
        Stage::Own => own(lounge),
        Stage::Elsewhere => elsewhere(lounge),
        Stage::Other => other(lounge),
    };
    let refused = move || {
        let refusal = handle.sound_refusal.get().map(locale::refusal);
        refusal
            .map_or_else(|| ().into_any(), |text| view! { <p class="sound-note" role="status">{text}</p> }.into_any())
    };
    view! {
        <section
            class="sound-bar"
            aria-label=text::SOUND
            data-testid="sound"
            data-stage=attribute(move || Some(stage.get().name().to_owned()))
        >
            {part(refused)}
            {part(shown)}
        </section>
    }
    .into_any()
}

/// What was to choose from is chosen.
fn close_when_shared(lounge: Lounge) {
    let state = lounge.handle.host_state;
    let is_live = Memo::new(move |_| matches!(state.get(), HostState::Live | HostState::Paused));
    effect(move || {
        if is_live.get() {
            lounge.is_sharing_open.set(false);
        }
    });
}

/// Nobody shares: what there is to share, or the way to it.
fn quiet(lounge: Lounge) -> AnyView {
    let toggle = press(move |_| lounge.is_sharing_open.update(|is_open| *is_open = !*is_open));
    view! {
        <div class="sound-line">
            <button type="button" class="sound-open" aria-expanded=switch(move || lounge.is_sharing_open.get()) on:click=toggle>
                <Icon glyph=Glyph::Headphones />
                {text::LET_HEAR}
            </button>
        </div>
        {part_when(move || lounge.is_sharing_open.get(), move || panel(lounge))}
    }
    .into_any()
}

fn panel(lounge: Lounge) -> AnyView {
    view! { <div class="sound-panel">{sharing(lounge)}</div> }.into_any()
}

/// A line with what is said about the sound, and who listens.
fn line(lounge: Lounge, glyph: Glyph) -> AnyView {
    let locale = Locale::current();
    view! {
        <Icon glyph />
        <span class="sound-who">
            <span class="sound-headline" dir="auto">
                {said(move || locale.say(headline(lounge)).into_owned())}
            </span>
            <span class="sound-listeners" data-testid="sound-listeners">
                {said(move || listeners(lounge, locale))}
            </span>
        </span>
    }
    .into_any()
}

/// How many listen, and who.
fn listeners(lounge: Lounge, locale: Locale) -> String {
    let listeners = shared(lounge.handle).map(|shared| shared.listeners).unwrap_or_default();
    if listeners.is_empty() {
        return locale.say(text::NOBODY_LISTENS).into_owned();
    }
    let count = u32::try_from(listeners.len()).unwrap_or(u32::MAX);
    let name = |name: &DisplayName| locale.write(&Value::from(name));
    let names: Vec<String> = lounge.people.with(|people| {
        let known = listeners.iter().filter_map(|listener| people.iter().find(|person| person.member == *listener));
        known.take(NAMED).map(|person| name(&person.name)).collect()
    });
    let told = locale.say(text::listening_count(count)).into_owned();
    if listeners.len() > NAMED { told } else { format!("{told}: {}", names.join(", ")) }
}

/// What this page shares.
fn own(lounge: Lounge) -> AnyView {
    let handle = lounge.handle;
    let (state, sound) = (handle.host_state, handle.sound);
    let is_live = Memo::new(move |_| matches!(state.get(), HostState::Live | HostState::Paused));
    let is_paused = move || state.get() == HostState::Paused;
    let locale = Locale::current();
    let pause_label = move || locale.say(if is_paused() { of_sound::RESUME } else { of_sound::PAUSE }).into_owned();
    // After a reload, and where something is wrong, the visitor sees what to do.
    let is_wanted = move || {
        let has_trouble = sound.error.get().is_some()
            || sound.lost.get().is_some()
            || sound.microphone_problem.get().is_some()
            || sound.again.get().is_some();
        lounge.is_sharing_open.get() || !is_live.get() || has_trouble
    };
    let pause = move || {
        view! {
            <button type="button" class="button button-secondary" on:click=press(move |_| {
                let is_paused = state.get_untracked() == HostState::Paused;
                lounge.press(if is_paused { Input::ResumePressed } else { Input::PausePressed });
            })>{said(pause_label)}</button>
        }
        .into_any()
    };
    let toggle = press(move |_| lounge.is_sharing_open.update(|is_open| *is_open = !*is_open));
    view! {
        <div class="sound-line">
            {line(lounge, Glyph::Headphones)}
            {part_when(move || is_live.get(), pause)}
            <button
                type="button"
                class="icon-button"
                aria-label=text::SOUND_SETTINGS
                title=text::SOUND_SETTINGS
                aria-expanded=switch(is_wanted)
                on:click=toggle
            >
                <Icon glyph=Glyph::More />
            </button>
            {stop(lounge)}
        </div>
        {part_when(is_wanted, move || panel(lounge))}
    }
    .into_any()
}

/// Ends the member's own sound.
fn stop(lounge: Lounge) -> AnyView {
    let stop = press(move |_| {
        lounge.is_sharing_open.set(false);
        lounge.press(Input::SharingEnded);
    });
    view! {
        <button type="button" class="button button-secondary" on:click=stop>
            {text::STOP_SHARING}
        </button>
    }
    .into_any()
}

/// What another page of the member shares.
fn elsewhere(lounge: Lounge) -> AnyView {
    view! {
        <div class="sound-line">
            {line(lounge, Glyph::Headphones)}
            {stop(lounge)}
        </div>
    }
    .into_any()
}

/// What another member shares. One tap, and it is heard.
fn other(lounge: Lounge) -> AnyView {
    let (handle, locale) = (lounge.handle, Locale::current());
    let listens = Memo::new(move |_| !handle.heard.with(Vec::is_empty));
    let is_full = Memo::new(move |_| !listens.get() && shared(handle).is_some_and(|shared| shared.is_full));
    let listening = attribute(move || listens.get().then(|| handle.listener_state.get().name().to_owned()));
    let full = move || view! { <span class="sound-full">{text::SOUND_FULL}</span> }.into_any();
    let button = move || {
        let toggle = press(move |_| {
            if listens.get_untracked() {
                lounge.press(Input::ListeningEnded);
            } else if let Some(shared) = untrack(move || shared(handle)) {
                // Some browsers let a player play later only if it was told so in a tap.
                handle.play();
                lounge.press(Input::ListenPressed(shared.id));
            }
        });
        let label = move || locale.say(if listens.get() { text::LISTEN_NO_MORE } else { text::LISTEN }).into_owned();
        view! {
            <button type="button" class="button sound-listen" data-listens=flag(move || listens.get()) on:click=toggle>
                {said(label)}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="sound-line" data-listening=listening data-testid="sound-line">
            {line(lounge, Glyph::Volume)}
            {part_when(move || is_full.get(), full)}
            {part_when(move || !is_full.get(), button)}
            {part_when(move || lounge.is_owner.get(), move || stop_other(lounge))}
        </div>
        {part_when(move || listens.get(), move || player(lounge))}
    }
    .into_any()
}

/// The owner ends what another one shares.
fn stop_other(lounge: Lounge) -> AnyView {
    let stop = press(move |_| {
        if let Some(shared) = untrack(move || shared(lounge.handle)) {
            lounge.press(Input::PublicationEndPressed(shared.id));
        }
    });
    icon_button(Glyph::Stop, text::STOP_SOUND, stop)
}
