//! Where the visitor writes: messages, answers, and other texts for their own messages.

mod field;

use heartogether::{id::DisplayName, limits::MESSAGE_CHARS};
use heartogether_client::Input;
use leptos::ev;

use super::{
    emoji_data::emoji,
    erased::{attribute, flag, key, part, part_when, press, said, switch},
    extras::extra,
    markup::words_of,
    pictures,
    shared::{EmojiFor, Lounge, Mode},
    words::first_line,
};
use crate::{
    components::{Glyph, Icon},
    locale::{self, Locale, Phrase, Value},
    prelude::*,
    text::lounge as text,
};
use field::Writing;

/// From so many characters on their number is shown.
const COUNTED_FROM: usize = MESSAGE_CHARS - 400;
/// Characters of a message that is answered or edited.
const SHOWN_CHARS: usize = 120;

/// The field, what it is for, and what became of what was written last.
#[component]
pub(super) fn Composer(lounge: Lounge) -> impl IntoView {
    let (writing, previews) = (Writing::new(lounge), RwSignal::new(false));
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        writing.send();
    };
    let toggle_picker = press(move |_| {
        let is_open = lounge.picker.get_untracked() == Some(EmojiFor::Text);
        lounge.picker.set((!is_open).then_some(EmojiFor::Text));
    });
    view! {
        <div class="composer">
            {part_when(move || lounge.picker.get().is_some(), move || picker(lounge, writing))}
            {mode_bar(lounge)} {pictures::added(lounge)}
            <form class="composer-form" on:submit=send>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=text::EMOJI
                    title=text::EMOJI
                    aria-pressed=switch(move || lounge.picker.get() == Some(EmojiFor::Text))
                    on:click=toggle_picker
                >
                    <Icon glyph=Glyph::Smile />
                </button>
                {pictures::button(lounge)}
                <textarea
                    node_ref=writing.field
                    class="composer-field"
                    id="message"
                    rows="1"
                    dir="auto"
                    data-awaited=""
                    enterkeyhint="send"
                    autocomplete="off"
                    aria-label=text::MESSAGE
                    placeholder=text::WRITE
                    aria-describedby="composer-told"
                    aria-invalid=attribute(move || writing.error().map(|_| "true".to_owned()))
                    on:input=move |_| writing.note_input()
                    on:paste=move |event| writing.paste(&event)
                    on:keydown=key(move |event| writing.press(&event))
                ></textarea>
                <button type="submit" class="icon-button composer-send" aria-label=text::SEND title=text::SEND>
                    <Icon glyph=Glyph::Send />
                </button>
            </form>
            {told(lounge, writing, previews)}
            {part_when(move || previews.get(), move || preview(lounge, writing))}
        </div>
    }
    .into_any()
}

/// What the text would look like as a message.
fn preview(lounge: Lounge, writing: Writing) -> AnyView {
    let text = Callback::new(move |()| writing.text());
    extra(move |extras| (extras.preview)(lounge, text))
}

/// The emoji, while one is chosen.
fn picker(lounge: Lounge, writing: Writing) -> AnyView {
    let choose = move |chosen: String| match lounge.picker.get_untracked() {
        Some(EmojiFor::Message(number)) => {
            if let Some(emoji) = emoji(&chosen) {
                lounge.press(Input::EmojiPressed { number, emoji });
            }
            lounge.picker.set(None);
            writing.focus();
        }
        _ => writing.insert(&chosen),
    };
    let close = move || {
        lounge.picker.set(None);
        writing.focus();
    };
    let (on_choose, on_close) = (Callback::new(choose), Callback::new(move |()| close()));
    extra(move |extras| (extras.picker)(on_choose, on_close))
}

/// What is answered or edited, and the way out of that.
fn mode_bar(lounge: Lounge) -> AnyView {
    let locale = Locale::current();
    let cancel = move || {
        let cancel = press(move |_| lounge.mode.set(Mode::Write));
        view! {
            <button type="button" class="icon-button" aria-label=text::CANCEL title=text::CANCEL on:click=cancel>
                <Icon glyph=Glyph::Close />
            </button>
        }
    };
    let bar = move || {
        let (number, heading) = match lounge.mode.get() {
            Mode::Write => return ().into_any(),
            Mode::Edit(number) => (number, Phrase::from(text::EDITING)),
            Mode::Reply(number) => {
                let name = lounge.with_message(number, |message| Value::from(&message.name));
                (number, text::replying_to(name.unwrap_or_else(|| Value::from(""))))
            }
        };
        let shown = lounge.with_message(number, |message| words_of(message, locale)).flatten();
        let shown = shown.map(|words| first_line(&words, SHOWN_CHARS));
        view! {
            <div class="composer-mode">
                <p class="composer-mode-heading">{locale.say(heading)}</p>
                <p class="composer-mode-text" dir="auto" translate="no">
                    {shown}
                </p>
                {cancel()}
            </div>
        }
        .into_any()
    };
    part(bar).into_any()
}

/// Who else is writing, what is wrong with the text, how long it is, and the switch of the preview. The line is always there, so that
/// nothing moves.
fn told(lounge: Lounge, writing: Writing, previews: RwSignal<bool>) -> AnyView {
    let (handle, locale) = (lounge.handle, Locale::current());
    let typing = move || {
        let phrase = handle.typing.with(|names| typing_phrase(names));
        phrase.map(|phrase| locale.say(phrase).into_owned()).unwrap_or_default()
    };
    let why = move || {
        let why = writing.error().or_else(|| handle.engagement_notice.get());
        let why = why.map(|why| locale::refusal(why).into()).or_else(|| writing.told_of_pictures());
        why.map(|why: Phrase| locale.say(why).into_owned()).unwrap_or_default()
    };
    let length = move || match writing.length.get() {
        length if length > COUNTED_FROM => locale.say(text::length(length, MESSAGE_CHARS)).into_owned(),
        _ => String::new(),
    };
    view! {
        <div class="composer-told" id="composer-told">
            <p class="typing" data-testid="typing" aria-live="off">
                {said(typing)}
            </p>
            <p class="composer-said" role="status" data-wrong=flag(move || writing.error().is_some())>
                {said(why)}
            </p>
            <p class="composer-length" data-testid="message-length">
                {said(length)}
            </p>
            <button
                type="button"
                class="preview-switch"
                aria-pressed=switch(move || previews.get())
                on:click=press(move |_| previews.update(|previews| *previews = !*previews))
            >
                {text::PREVIEW}
            </button>
        </div>
    }
    .into_any()
}

fn typing_phrase(names: &[DisplayName]) -> Option<Phrase> {
    match names {
        [] => None,
        [one] => Some(text::typing_one(one)),
        [one, other] => Some(text::typing_two(one, other)),
        more => Some(text::typing_many(more.len())),
    }
}
