//! What stands above the conversation: the lounge's name, how it is with it, and what is pinned.

use heartogether::{id::MessageNumber, room::Message};
use heartogether_client::SignalingState;
use leptos::prelude::*;

use super::{
    erased::{flag, icon_button, part, press, said},
    lounges::unread_elsewhere,
    shared::{Lounge, Question, Sheet},
    words::first_line,
};
use crate::{
    components::{Glyph, Icon},
    locale::{self, Locale, Value},
    text::lounge as text,
};

/// Characters of a pinned message.
const PINNED_CHARS: usize = 160;

/// The name, how many are here, and the ways to what is beside the conversation.
pub(super) fn head(lounge: Lounge) -> AnyView {
    let locale = Locale::current();
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
            {icon_button(Glyph::Share, text::INVITE, press(move |_| lounge.question.set(Some(Question::Invite))))}
            <span class="only-not-wide">{icon_button(Glyph::People, text::DETAILS, open(Sheet::Details))}</span>
        </header>
        {connection(lounge)}
        {pins(lounge)}
    }
    .into_any()
}

/// Says that the server is out of reach, and what that means for what is written.
fn connection(lounge: Lounge) -> AnyView {
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

/// The pinned messages that are here with their first lines, the latest first.
fn pinned(lounge: Lounge, locale: Locale) -> Vec<(MessageNumber, String)> {
    let pin = |message: &Message| {
        let words = message.text.as_ref().map(|words| first_line(&locale.write(&Value::from(words)), PINNED_CHARS));
        Some((message.number, words?))
    };
    lounge.handle.conversation.with(|entries| {
        let pinned = entries.iter().map(|entry| &entry.message).filter(|message| message.pinned);
        pinned.rev().filter_map(pin).collect()
    })
}

/// One of the pinned messages. Pressing it leads to the message, and shows the one before it next.
fn pins(lounge: Lounge) -> AnyView {
    let (locale, place) = (Locale::current(), RwSignal::new(0));
    let go = move || {
        press(move |_| {
            let pinned = untrack(|| pinned(lounge, locale));
            let here = place.get_untracked() % pinned.len().max(1);
            if let Some((number, _)) = pinned.get(here) {
                lounge.sought.set(Some(*number));
                place.set((here + 1) % pinned.len());
            }
        })
    };
    let shown = move || {
        let pinned = pinned(lounge, locale);
        let (count, here) = (pinned.len(), place.get() % pinned.len().max(1));
        let Some((_, words)) = pinned.into_iter().nth(here) else { return ().into_any() };
        let heading = if count > 1 { text::pinned_of(here + 1, count) } else { text::PINNED.into() };
        view! {
            <button type="button" class="pins" data-testid="pins" title=locale.say(text::GO_TO) on:click=go()>
                <Icon glyph=Glyph::Pin />
                <span class="pins-heading">{locale.say(heading)}</span>
                <span class="pins-text" dir="auto" translate="no">
                    {words}
                </span>
            </button>
        }
        .into_any()
    };
    part(shown).into_any()
}
