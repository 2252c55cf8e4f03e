//! What stands above the conversation: the lounge's name, how it is with it, and what is pinned.

use heartogether::room::Message;
use heartogether_client::SignalingState;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::{
    erased::{effect, flag, icon_button, part_when, press, said},
    lounges::unread_elsewhere,
    markup::words_of,
    news::who_waits,
    shared::{Lounge, Question, Sheet},
    words::first_line,
};
use crate::{
    components::{Glyph, Icon},
    locale::{self, Locale},
    prelude::*,
    text::lounge as text,
};

/// Characters of a pinned message.
const PINNED_CHARS: usize = 160;

/// The name, how many are here, and the ways to what is beside the conversation.
pub(super) fn head(lounge: Lounge) -> AnyView {
    let locale = Locale::current();
    search_by_keys(lounge);
    let open = move |sheet| press(move |_| lounge.sheet.set(Some(sheet)));
    let attendance = move || {
        let (all, here) =
            lounge.people.with(|people| (people.len(), people.iter().filter(|person| person.is_here).count()));
        let all = u32::try_from(all).unwrap_or(u32::MAX);
        if all == 0 { String::new() } else { locale.say(text::attendance(all, here)).into_owned() }
    };
    view! {
        <header class="lounge-head">
            <span class="only-narrow with-dot" data-dot=flag(move || unread_elsewhere(lounge) > 0)>
                {icon_button(Glyph::Menu, text::LOUNGES, open(Sheet::Lounges))}
            </span>
            <div class="lounge-name">
                <h1 translate="no" dir="auto">
                    {said(move || lounge.title.get())}
                </h1>
                <p class="attendance" data-testid="attendance">
                    {said(attendance)}
                </p>
            </div>
            {icon_button(Glyph::Search, text::SEARCH, press(move |_| lounge.question.set(Some(Question::Search))))}
            {icon_button(Glyph::Share, text::INVITE, press(move |_| lounge.question.set(Some(Question::Invite))))}
            <span class="only-not-wide">{icon_button(Glyph::People, text::DETAILS, open(Sheet::Details))}</span>
        </header>
        {connection(lounge)}
        {waiting(lounge)}
        {reports(lounge)}
        {pins(lounge)}
    }
    .into_any()
}

/// Ctrl, Shift and F opens the search: Ctrl and F alone belongs to the browser.
fn search_by_keys(lounge: Lounge) {
    effect(move || {
        let typed = window_event_listener_untyped("keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if event.code() == "KeyF" && event.shift_key() && (event.ctrl_key() || event.meta_key()) {
                event.prevent_default();
                lounge.question.set(Some(Question::Search));
            }
        });
        on_cleanup(move || typed.remove());
    });
}

/// Says that the server is out of reach, and what that means for what is written.
pub(super) fn connection(lounge: Lounge) -> AnyView {
    let (handle, locale) = (lounge.handle, Locale::current());
    let trouble = move || {
        handle.trouble.get().map(locale::refusal).or_else(|| match handle.signaling_state.get() {
            SignalingState::Connecting | SignalingState::Attached => None,
            SignalingState::Unreachable => Some(text::UNREACHABLE),
            SignalingState::SocketBlocked => Some(text::BLOCKED),
            SignalingState::Reconnecting => Some(text::RECONNECTING),
        })
    };
    view! {
        <p class="connection" role="status" data-testid="connection" hidden=flag(move || trouble().is_none())>
            {said(move || trouble().map(|trouble| locale.say(trouble).into_owned()).unwrap_or_default())}
        </p>
    }
    .into_any()
}

/// Who asks to come in, for the owner, who is told at once.
fn waiting(lounge: Lounge) -> AnyView {
    let locale = Locale::current();
    let told = Memo::new(move |_| {
        lounge.handle.room.with(|room| room.as_ref().map(|room| who_waits(&room.waiting, locale).1)).unwrap_or_default()
    });
    let shown = move || {
        let open = press(move |_| lounge.question.set(Some(Question::Waiting)));
        view! {
            <button type="button" class="pins" data-testid="waiting" aria-haspopup="dialog" on:click=open>
                <Icon glyph=Glyph::Person />
                <span class="pins-heading" dir="auto">
                    {said(move || told.get())}
                </span>
            </button>
        }
        .into_any()
    };
    view! {
        <p class="sr-only" role="status" data-testid="waiting-announced">
            {said(move || told.get())}
        </p>
        {part_when(move || told.with(|told| !told.is_empty()), shown)}
    }
    .into_any()
}

/// How many messages were reported, for the owner.
fn reports(lounge: Lounge) -> AnyView {
    let locale = Locale::current();
    let count = move || lounge.handle.room.with(|room| room.as_ref().map_or(0, |room| room.reports.len()));
    let said_count = move || locale.say(text::reports_count(u32::try_from(count()).unwrap_or(u32::MAX))).into_owned();
    let shown = move || {
        let open = press(move |_| lounge.question.set(Some(Question::Reports)));
        view! {
            <button type="button" class="pins" data-testid="reports" aria-haspopup="dialog" on:click=open>
                <Icon glyph=Glyph::Alert />
                <span class="pins-heading">{said(said_count)}</span>
            </button>
        }
        .into_any()
    };
    part_when(move || count() > 0, shown)
}

/// How many messages are pinned, and what the latest of them says if it is here. It leads to all of them.
fn pins(lounge: Lounge) -> AnyView {
    let locale = Locale::current();
    let count = move || lounge.handle.room.with(|room| room.as_ref().map_or(0, |room| room.pins.len()));
    let said_count = move || locale.say(text::pins_count(u32::try_from(count()).unwrap_or(u32::MAX))).into_owned();
    let shown = move || {
        let open = press(move |_| lounge.question.set(Some(Question::Pins)));
        view! {
            <button type="button" class="pins" data-testid="pins" aria-haspopup="dialog" on:click=open>
                <Icon glyph=Glyph::Pin />
                <span class="pins-heading">{said(said_count)}</span>
                <span class="pins-text" dir="auto" translate="no">
                    {said(move || latest_pin(lounge, locale))}
                </span>
            </button>
        }
        .into_any()
    };
    part_when(move || count() > 0, shown)
}

/// The first line of the message that was pinned last, if it is here. Reads reactively.
fn latest_pin(lounge: Lounge, locale: Locale) -> String {
    let handle = lounge.handle;
    handle.conversation.track();
    handle.past.track();
    let is_blocked = |member| handle.blocked.with(|blocked| blocked.contains(&member));
    let words = |message: &Message| match is_blocked(message.author) {
        true => Some(locale.say(text::BLOCKED_MESSAGE).into_owned()),
        false => words_of(message, locale).map(|words| first_line(&words, PINNED_CHARS)),
    };
    let latest = handle.room.with(|room| room.as_ref().and_then(|room| room.pins.last().copied()));
    latest.and_then(|number| lounge.with_message(number, words).flatten()).unwrap_or_default()
}
