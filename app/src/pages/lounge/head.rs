//! What stands above the conversation: the lounge's name, how it is with it, and what is pinned.

use heartogether::{id::MessageNumber, room::Message};
use heartogether_client::SignalingState;
use leptos::{prelude::*, tachys::view::IntoRender};

use super::{
    lounges::unread_elsewhere,
    shared::{Lounge, Question, Sheet},
    words::first_line,
};
use crate::{
    components::{Glyph, Icon, IconButton},
    locale::{self, Locale, Phrase, Value, say},
    text::lounge as text,
};

/// Characters of a pinned message.
const PINNED_CHARS: usize = 160;

/// The name, how many are here, and the ways to what is beside the conversation.
#[component]
pub(super) fn Head(lounge: Lounge) -> impl IntoView {
    let open = move |sheet| move |_| lounge.sheet.set(Some(sheet));
    let others = Memo::new(move |_| unread_elsewhere(lounge));
    view! {
        <header class="lounge-head">
            <span class="only-narrow with-dot" data-dot=move || (others.get() > 0).then_some("")>
                <IconButton label=text::LOUNGES glyph=Glyph::Menu on:click=open(Sheet::Lounges) />
            </span>
            <div class="lounge-name">
                <h1 translate="no" dir="auto">
                    {move || lounge.title.get()}
                </h1>
                <Attendance lounge />
            </div>
            <IconButton label=text::INVITE glyph=Glyph::Share on:click=move |_| lounge.question.set(Some(Question::Invite)) />
            <span class="only-not-wide">
                <IconButton label=text::DETAILS glyph=Glyph::People on:click=open(Sheet::Details) />
            </span>
        </header>
        <Connection lounge />
    }
    .into_any()
}

/// How many are members, and how many of them are here now.
#[component]
fn Attendance(lounge: Lounge) -> impl IntoView {
    let counts = Memo::new(move |_| {
        lounge.people.with(|people| (people.len(), people.iter().filter(|person| person.is_here).count()))
    });
    let said = move || {
        let (all, here) = counts.get();
        (all > 0).then(|| text::attendance(u32::try_from(all).unwrap_or(u32::MAX), here).into_render())
    };
    view! {
        <p class="attendance" data-testid="attendance">
            {said}
        </p>
    }
    .into_any()
}

/// Says that the server is out of reach, and what that means for what is written.
#[component]
fn Connection(lounge: Lounge) -> impl IntoView {
    let handle = lounge.handle;
    let trouble = Memo::new(move |_| {
        handle.trouble.get().map(locale::refusal).or_else(|| match handle.signaling_state.get() {
            SignalingState::Connecting | SignalingState::Attached => None,
            SignalingState::Unreachable => Some(text::UNREACHABLE),
            SignalingState::SocketBlocked => Some(text::BLOCKED),
            SignalingState::Reconnecting => Some(text::RECONNECTING),
        })
    });
    let said = move || trouble.get().map(IntoRender::into_render);
    let is_fine = move || trouble.with(Option::is_none);
    view! {
        <p class="connection" role="status" data-testid="connection" hidden=is_fine>
            {said}
        </p>
    }
    .into_any()
}

/// The pinned messages that are here, one at a time. Pressing it leads to the message, and shows the one before it next.
#[component]
pub(super) fn Pins(lounge: Lounge) -> impl IntoView {
    let locale = Locale::current();
    let pinned = Memo::new(move |_| {
        lounge.handle.conversation.with(|entries| {
            let pinned = entries.iter().map(|entry| &entry.message).filter(|message| message.pinned);
            let pin = |message: &Message| {
                let words =
                    message.text.as_ref().map(|words| first_line(&locale.write(&Value::from(words)), PINNED_CHARS));
                Some((message.number, words?))
            };
            pinned.filter_map(pin).rev().collect::<Vec<(MessageNumber, String)>>()
        })
    });
    let place = RwSignal::new(0);
    let shown = Memo::new(move |_| pinned.with(|pinned| pinned.get(place.get() % pinned.len().max(1)).cloned()));
    let go = move |_| {
        if let Some((number, _)) = shown.get_untracked() {
            lounge.sought.set(Some(number));
            place.update(|place| *place = (*place + 1) % pinned.with_untracked(Vec::len).max(1));
        }
    };
    let heading = move || match pinned.with(Vec::len) {
        0 | 1 => Phrase::from(text::PINNED),
        count => text::pinned_of(place.get() % count + 1, count),
    };
    view! {
        <button type="button" class="pins" data-testid="pins" hidden=move || shown.with(Option::is_none) title=text::GO_TO on:click=go>
            <Icon glyph=Glyph::Pin />
            <span class="pins-heading">{say(heading)}</span>
            <span class="pins-text" dir="auto" translate="no">
                {move || shown.get().map(|(_, words)| words)}
            </span>
        </button>
    }
    .into_any()
}
