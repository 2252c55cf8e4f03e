//! A row of the log: a message with what stands before it and on it, or who came and went. A row is drawn as a whole when its
//! message changes; what is pressed in it looks the message up.

use heartogether::room::EmojiOnMessage;
use heartogether_client::{EntryState, Input};
use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    conversation_row::Laid,
    emoji_data::emoji,
    erased::{part, part_when, press},
    extras::extra,
    message_text::words,
    pictures::shown::pictures,
    rows::{Answered, MessageRow, Row, RowKey},
    shared::{Lounge, Person},
    words::{first_line, summary},
};
use crate::{
    browser::locale::{day_name, time_of_day},
    components::{Avatar, Button, Glyph, Icon, Variant},
    locale::{self, Locale, Value},
    prelude::*,
    text::{action, lounge as text},
};

/// Characters of a message that is answered.
const QUOTED_CHARS: usize = 160;
/// Names in the title of an emoji; of more only the number is told.
const NAMED: usize = 12;

/// One row.
pub(super) fn log_row(lounge: Lounge, laid: Laid) -> AnyView {
    let (locale, Laid { key, row }) = (Locale::current(), laid);
    let draw = move |row: &Row| match row {
        Row::ComeAndGo(comings) => {
            let said = comings.phrases().into_iter().map(|phrase| locale.say(phrase)).collect::<Vec<_>>().join(" ");
            view! { <li class="log-line" id=key.id() data-testid="coming">{said}</li> }.into_any()
        }
        Row::Message(row) => message(lounge, key, row, locale),
    };
    part(move || row.with(draw)).into_any()
}

fn message(lounge: Lounge, key: RowKey, row: &MessageRow, locale: Locale) -> AnyView {
    let entry = &row.entry;
    let own = flag(entry.is_own);
    view! {
        <li
            class="row"
            id=key.id()
            tabindex="-1"
            data-message=""
            data-testid="message"
            data-own=own
            data-continues=flag(row.continues)
            data-state=state_name(entry.state)
            data-pinned=flag(entry.message.pinned)
        >
            {dividers(lounge, row, locale)}
            <div class="message">
                {author(lounge, row, locale)}
                <div class="bubble">{quote(lounge, key, row, locale)} {pictures(lounge, row, locale)} {words(lounge, row, locale)} {marks(lounge, row, locale)}</div>
                {actions_button(lounge, key)}
                {part_when(move || lounge.actions.get() == Some(key), move || extra(move |extras| (extras.actions)(lounge, key)))}
            </div>
            {emojis(lounge, key, row, locale)}
            {refused(lounge, key, row, locale)}
        </li>
    }
    .into_any()
}

/// The button that opens the actions. By keyboard it is Enter on the message.
pub(super) fn actions_button(lounge: Lounge, key: RowKey) -> AnyView {
    let toggle = press(move |_| {
        let is_open = lounge.actions.get_untracked() == Some(key);
        lounge.actions.set((!is_open).then_some(key));
    });
    let locale = Locale::current();
    view! {
        <button
            type="button"
            class="icon-button actions-button"
            tabindex="-1"
            aria-label=locale.say(text::ACTIONS)
            title=locale.say(text::ACTIONS)
            aria-haspopup="dialog"
            on:click=toggle
        >
            <Icon glyph=Glyph::More />
        </button>
    }
    .into_any()
}

fn flag(is: bool) -> Option<&'static str> {
    is.then_some("")
}

/// What becomes of a message, for tools.
const fn state_name(state: EntryState) -> &'static str {
    match state {
        EntryState::Sending => "sending",
        EntryState::Kept => "kept",
        EntryState::Refused(_) => "refused",
    }
}

/// The day that begins with a message, and that what follows is new.
fn dividers(lounge: Lounge, row: &MessageRow, locale: Locale) -> AnyView {
    let day = row.begins_day.then(|| day_name(date_of(lounge, row), locale.language()));
    let day = day.map(|day| view! { <p class="divider divider-day">{day}</p> });
    let new = row.is_first_new.then(|| view! { <p class="divider divider-new">{locale.say(text::NEW)}</p> });
    view! { {day} {new} }.into_any()
}

/// When a message was written, as this device's date. One that the room does not have yet is written now.
fn date_of(lounge: Lounge, row: &MessageRow) -> f64 {
    match row.entry.state {
        EntryState::Kept => lounge.handle.date_of(row.entry.message.sent_at),
        _ => js_sys::Date::now(),
    }
}

/// Who wrote it. Where the one before is theirs too, only screen readers say so.
fn author(lounge: Lounge, row: &MessageRow, locale: Locale) -> AnyView {
    let name = locale.write(&Value::from(&row.entry.message.name));
    let said = if row.entry.is_own { locale.say(text::YOU).into_owned() } else { name.clone() };
    view! {
        <Avatar name=name picture=lounge.portrait(row.entry.message.author, row.has_portrait) />
        <p class="author">{said}</p>
    }
    .into_any()
}

/// The message that is answered: its author and its first line. It leads there.
fn quote(lounge: Lounge, key: RowKey, row: &MessageRow, locale: Locale) -> AnyView {
    if row.entry.message.reply_to.is_none() || row.entry.message.text.is_none() {
        return ().into_any();
    }
    let seek = press(move |_| {
        let answered = lounge.with_entry(key, |entry| entry.message.reply_to).flatten();
        lounge.sought.set(answered);
    });
    let name = row.answered.as_ref().map(|on| locale.write(&Value::from(&on.name)));
    let words = match &row.answered {
        None => locale.say(text::EARLIER_MESSAGE).into_owned(),
        Some(Answered { is_folded: true, .. }) => locale.say(text::BLOCKED_MESSAGE).into_owned(),
        Some(Answered { text: None, .. }) => locale.say(text::DELETED).into_owned(),
        Some(Answered { plain: Some(words), .. }) => first_line(words, QUOTED_CHARS),
        Some(Answered { text: Some(words), pictures, .. }) => {
            first_line(&summary(words, *pictures, locale), QUOTED_CHARS)
        }
    };
    view! {
        <button type="button" class="quote" title=locale.say(text::GO_TO) on:click=seek>
            <span class="quote-name" translate="no">
                {name}
            </span>
            <span class="quote-text" dir="auto">
                {words}
            </span>
        </button>
    }
    .into_any()
}

/// When it was written, and what became of it since.
fn marks(lounge: Lounge, row: &MessageRow, locale: Locale) -> AnyView {
    let message = &row.entry.message;
    let time = time_of_day(date_of(lounge, row), locale.language());
    let sign = |glyph: Glyph, title| view! { <span title=locale.say(title)><Icon glyph /></span> }.into_any();
    let word = |word| view! { <span>{locale.say(word)}</span> }.into_any();
    let is_edited = message.version > 0 && message.text.is_some();
    let state = match row.entry.state {
        EntryState::Sending => Some(word(text::SENDING)),
        EntryState::Kept if row.entry.is_own => Some(sign(Glyph::Check, text::SENT)),
        _ => None,
    };
    view! {
        <p class="marks">
            {message.pinned.then(|| sign(Glyph::Pin, text::PINNED))} {is_edited.then(|| word(text::EDITED))}
            <time>{time}</time> {state}
        </p>
    }
    .into_any()
}

/// The emoji on a message with their numbers. Pressing one puts the visitor's there, or takes it away.
fn emojis(lounge: Lounge, key: RowKey, row: &MessageRow, locale: Locale) -> AnyView {
    let emojis = row.entry.message.emoji.clone();
    if emojis.is_empty() {
        return ().into_any();
    }
    // One listener for all of them: those in the same place change.
    let toggle = press(move |event: ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let pressed = target.and_then(|target| target.closest("[data-emoji]").ok().flatten());
        let sign = pressed.and_then(|pressed| pressed.get_attribute("data-emoji"));
        let number = lounge.with_entry(key, |entry| entry.message.number);
        if let (Some(emoji), Some(number)) = (sign.as_deref().and_then(emoji), number) {
            lounge.press(Input::EmojiPressed { number, emoji });
        }
    });
    // Who the members are may become known later.
    let chips = part(move || emojis.iter().map(|on| chip(lounge, on, locale)).collect_view().into_any());
    view! {
        <div class="chips" role="group" aria-label=locale.say(text::REACTIONS) on:click=toggle>
            {chips}
        </div>
    }
    .into_any()
}

fn chip(lounge: Lounge, on: &EmojiOnMessage, locale: Locale) -> AnyView {
    let own = lounge.handle.own_member.get();
    let is_own = own.is_some_and(|own| on.by.contains(&own));
    let (names, sign) = (names_of(lounge, on, locale), on.emoji.to_string());
    let label = locale.say(text::emoji_by(sign.as_str(), names.as_str())).into_owned();
    view! {
        <button
            type="button"
            class="chip"
            data-emoji=sign.clone()
            aria-pressed=if is_own { "true" } else { "false" }
            aria-label=label
            title=names
        >
            <span class="chip-emoji">{sign.clone()}</span>
            <span>{on.by.len().to_string()}</span>
        </button>
    }
    .into_any()
}

/// Who has put an emoji on a message, as far as they are members.
fn names_of(lounge: Lounge, on: &EmojiOnMessage, locale: Locale) -> String {
    let mut names: Vec<String> = lounge.people.with(|people| {
        let named = on.by.iter().filter_map(|by| people.iter().find(|person| person.member == *by));
        let name = |person: &Person| match person.is_oneself {
            true => locale.say(text::YOU).into_owned(),
            false => locale.write(&Value::from(&person.name)),
        };
        named.take(NAMED).map(name).collect()
    });
    let others = on.by.len() - names.len();
    if others > 0 {
        names.push(locale.say(text::others(u32::try_from(others).unwrap_or(u32::MAX))).into_owned());
    }
    names.join(", ")
}

/// Why a message did not get there, and what can be done about it.
fn refused(lounge: Lounge, key: RowKey, row: &MessageRow, locale: Locale) -> AnyView {
    let EntryState::Refused(why) = row.entry.state else { return ().into_any() };
    let act = move |input: fn(u32) -> Input| {
        press(move |_| {
            let nonce = lounge.with_entry(key, |entry| entry.nonce).flatten();
            nonce.into_iter().for_each(|nonce| lounge.press(input(nonce)));
        })
    };
    view! {
        <div class="refused">
            <p role="alert">
                <strong>{locale.say(text::NOT_SENT)}</strong>
                " "
                {locale.say(locale::refusal(why))}
            </p>
            <Button variant=Variant::Ghost on:click=act(Input::MessageRetried)>
                {action::TRY_AGAIN}
            </Button>
            <Button variant=Variant::Ghost on:click=act(Input::MessageDiscarded)>
                {text::DISCARD}
            </Button>
        </div>
    }
    .into_any()
}
