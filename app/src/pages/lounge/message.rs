//! A row of the log: a message with what stands before it and on it, or who came and went.

use heartogether::room::EmojiOnMessage;
use heartogether_client::{EntryState, Input};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    conversation_row::Laid,
    emoji_data::emoji,
    message_actions::{Actions, ActionsButton},
    message_text::MessageBody,
    rows::{MessageRow, Row, RowKey},
    shared::Lounge,
    words::first_line,
};
use crate::{
    browser::locale::{day_name, time_of_day},
    components::{Avatar, Button, Glyph, Icon, Variant},
    locale::{self, Locale, Phrase, Value, say},
    text::{action, lounge as text},
};

/// Characters of a message that is answered.
const QUOTED_CHARS: usize = 160;
/// Names in the title of an emoji; of more only the number is told.
const NAMED: usize = 12;

/// One row.
#[component]
pub(super) fn LogRow(lounge: Lounge, laid: Laid) -> impl IntoView {
    let Laid { key, row } = laid;
    match key {
        RowKey::ComeAndGo(_) => view! { <Comings key row /> }.into_any(),
        RowKey::Message(_) | RowKey::Own(_) => view! { <MessageItem lounge key row /> }.into_any(),
    }
}

#[component]
fn Comings(key: RowKey, row: ArcRwSignal<Row>) -> impl IntoView {
    let locale = Locale::current();
    let said = move || match &*row.read() {
        Row::ComeAndGo(comings) => {
            comings.phrases().into_iter().map(|phrase| locale.say(phrase)).collect::<Vec<_>>().join(" ")
        }
        Row::Message(_) => String::new(),
    };
    view! {
        <li class="log-line" id=key.id() data-testid="coming">
            {said}
        </li>
    }
    .into_any()
}

#[component]
fn MessageItem(lounge: Lounge, key: RowKey, row: ArcRwSignal<Row>) -> impl IntoView {
    let shown = Memo::new(move |_| match &*row.read() {
        Row::Message(row) => Some((**row).clone()),
        Row::ComeAndGo(_) => None,
    });
    let on = move |is: fn(&MessageRow) -> bool| move || shown.with(|row| row.as_ref().is_some_and(is)).then_some("");
    let state = move || shown.with(|row| row.as_ref().map(|row| state_name(row.entry.state)));
    let is_acting = Memo::new(move |_| lounge.actions.get() == Some(key));
    let seek = move |_| {
        let answered = shown.with_untracked(|row| row.as_ref().and_then(|row| row.entry.message.reply_to));
        lounge.sought.set(answered);
    };
    view! {
        <li
            class="row"
            id=key.id()
            tabindex="-1"
            data-message=""
            data-testid="message"
            data-own=on(|row| row.entry.is_own)
            data-continues=on(|row| row.continues)
            data-state=state
            data-pinned=on(|row| row.entry.message.pinned)
        >
            <Dividers lounge shown />
            <div class="message">
                <Author shown />
                <div class="bubble">
                    <Quote shown on:click=seek />
                    <MessageBody lounge shown />
                    <Marks lounge shown />
                </div>
                <ActionsButton lounge key />
                <Show when=move || is_acting.get()>
                    <Actions lounge key />
                </Show>
            </div>
            <Emojis lounge shown />
            <Refused lounge shown />
        </li>
    }
    .into_any()
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
#[component]
fn Dividers(lounge: Lounge, shown: Memo<Option<MessageRow>>) -> impl IntoView {
    let locale = Locale::current();
    let day =
        Memo::new(move |_| shown.with(|row| row.as_ref().filter(|row| row.begins_day).map(|row| date_of(lounge, row))));
    let is_new = Memo::new(move |_| shown.with(|row| row.as_ref().is_some_and(|row| row.is_first_new)));
    let day = move || {
        day.get()
            .map(|date_ms| view! { <p class="divider divider-day">{move || day_name(date_ms, locale.language())}</p> })
    };
    let new = move || is_new.get().then(|| view! { <p class="divider divider-new">{text::NEW}</p> });
    view! { {day} {new} }.into_any()
}

/// When a message was written, as this device's date. One that the room does not have yet is written now.
fn date_of(lounge: Lounge, row: &MessageRow) -> f64 {
    match row.entry.state {
        EntryState::Kept => lounge.handle.date_of(row.entry.message.sent_at).round(),
        _ => js_sys::Date::now(),
    }
}

/// Who wrote it. Where the one before is theirs too, only screen readers say so.
#[component]
fn Author(shown: Memo<Option<MessageRow>>) -> impl IntoView {
    let locale = Locale::current();
    let name = Memo::new(move |_| {
        shown
            .with(|row| row.as_ref().map(|row| locale.write(&Value::from(&row.entry.message.name))).unwrap_or_default())
    });
    let is_own = Memo::new(move |_| shown.with(|row| row.as_ref().is_some_and(|row| row.entry.is_own)));
    view! {
        <Avatar name=name />
        <p class="author">
            {move || if is_own.get() { locale.say(text::YOU).into_owned() } else { name.get() }}
        </p>
    }
    .into_any()
}

/// The message that is answered: its author and its first line. It leads there.
#[component]
fn Quote(shown: Memo<Option<MessageRow>>) -> impl IntoView {
    let locale = Locale::current();
    let quoted = Memo::new(move |_| {
        shown.with(|row| {
            let row = row.as_ref().filter(|row| row.entry.message.text.is_some())?;
            row.entry.message.reply_to.map(|_| row.answered.clone())
        })
    });
    let is_answer = Memo::new(move |_| quoted.with(Option::is_some));
    let name = move || quoted.with(|quoted| quoted.as_ref()?.as_ref().map(|on| locale.write(&Value::from(&on.name))));
    let words = move || {
        quoted.with(|quoted| match quoted.as_ref()? {
            None => Some(locale.say(text::EARLIER_MESSAGE).into_owned()),
            Some(on) => Some(match &on.text {
                Some(words) => first_line(&locale.write(&Value::from(words)), QUOTED_CHARS),
                None => locale.say(text::DELETED).into_owned(),
            }),
        })
    };
    view! {
        <button type="button" class="quote" title=text::GO_TO hidden=move || !is_answer.get()>
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
#[component]
fn Marks(lounge: Lounge, shown: Memo<Option<MessageRow>>) -> impl IntoView {
    let locale = Locale::current();
    let date = Memo::new(move |_| {
        // To the minute: the two clocks are compared anew each time.
        shown.with(|row| row.as_ref().map(|row| (date_of(lounge, row) / 60_000.0).floor() as i64))
    });
    let time = move || date.get().map(|minutes| time_of_day(minutes as f64 * 60_000.0, locale.language()));
    let mark = move |is: fn(&MessageRow) -> bool| Memo::new(move |_| shown.with(|row| row.as_ref().is_some_and(is)));
    let is_edited = mark(|row| row.entry.message.version > 0 && row.entry.message.text.is_some());
    let is_pinned = mark(|row| row.entry.message.pinned);
    let (is_sending, is_kept) = (
        mark(|row| row.entry.state == EntryState::Sending),
        mark(|row| row.entry.is_own && row.entry.state == EntryState::Kept),
    );
    view! {
        <p class="marks">
            {move || is_pinned.get().then(|| view! { <span title=text::PINNED><Icon glyph=Glyph::Pin /></span> })}
            {move || is_edited.get().then(|| view! { <span>{text::EDITED}</span> })}
            <time>{time}</time>
            {move || is_sending.get().then(|| view! { <span class="sending">{text::SENDING}</span> })}
            {move || is_kept.get().then(|| view! { <span title=text::SENT><Icon glyph=Glyph::Check /></span> })}
        </p>
    }
    .into_any()
}

/// The emoji on a message with their numbers. Pressing one puts the visitor's there, or takes it away.
#[component]
fn Emojis(lounge: Lounge, shown: Memo<Option<MessageRow>>) -> impl IntoView {
    let locale = Locale::current();
    let emojis = Memo::new(move |_| {
        shown.with(|row| {
            row.as_ref().map(|row| (row.entry.message.number, row.entry.message.emoji.clone())).unwrap_or_default()
        })
    });
    // One listener for all of them: those in the same place change.
    let press = move |event: ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let pressed = target.and_then(|target| target.closest("[data-emoji]").ok().flatten());
        let sign = pressed.and_then(|pressed| pressed.get_attribute("data-emoji"));
        if let Some(emoji) = sign.as_deref().and_then(emoji) {
            lounge.press(Input::EmojiPressed { number: emojis.with_untracked(|(number, _)| *number), emoji });
        }
    };
    let chip = move |on: &EmojiOnMessage| {
        let own = lounge.handle.own_member.get();
        let is_own = own.is_some_and(|own| on.by.contains(&own));
        let names = names_of(lounge, on, locale);
        let sign = on.emoji.to_string();
        let label = locale.say(text::emoji_by(sign.as_str(), names.as_str())).into_owned();
        view! {
            <button type="button" class="chip" data-emoji=sign aria-pressed=if is_own { "true" } else { "false" } aria-label=label title=names>
                <span class="chip-emoji">{sign.clone()}</span>
                <span>{on.by.len()}</span>
            </button>
        }
    };
    let chips = move || emojis.with(|(_, emojis)| emojis.iter().map(chip).collect_view());
    let is_empty = Memo::new(move |_| emojis.with(|(_, emojis)| emojis.is_empty()));
    view! {
        <div class="chips" role="group" aria-label=text::REACTIONS hidden=move || is_empty.get() on:click=press>
            {chips}
        </div>
    }
    .into_any()
}

/// Who has put an emoji on a message, as far as they are members.
fn names_of(lounge: Lounge, on: &EmojiOnMessage, locale: Locale) -> String {
    let mut names: Vec<String> = lounge.people.with(|people| {
        let named = on.by.iter().filter_map(|by| people.iter().find(|person| person.member == *by));
        let name = |person: &super::shared::Person| match person.is_oneself {
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
#[component]
fn Refused(lounge: Lounge, shown: Memo<Option<MessageRow>>) -> impl IntoView {
    let refused = Memo::new(move |_| {
        shown.with(|row| match row.as_ref().map(|row| (row.entry.state, row.entry.nonce)) {
            Some((EntryState::Refused(why), Some(nonce))) => Some((why, nonce)),
            _ => None,
        })
    });
    let press = move |input: fn(u32) -> Input| {
        move |_| {
            if let Some((_, nonce)) = refused.get_untracked() {
                lounge.press(input(nonce));
            }
        }
    };
    let why =
        move || refused.get().map_or_else(|| Phrase::from(text::NOT_SENT), |(why, _)| locale::refusal(why).into());
    let is_refused = Memo::new(move |_| refused.with(Option::is_some));
    view! {
        <Show when=move || is_refused.get()>
            <div class="refused">
                <p role="alert">
                    <strong>{text::NOT_SENT}</strong>
                    " "
                    {say(why)}
                </p>
                <Button variant=Variant::Ghost on:click=press(Input::MessageRetried)>
                    {action::TRY_AGAIN}
                </Button>
                <Button variant=Variant::Ghost on:click=press(Input::MessageDiscarded)>
                    {text::DISCARD}
                </Button>
            </div>
        </Show>
    }
    .into_any()
}
