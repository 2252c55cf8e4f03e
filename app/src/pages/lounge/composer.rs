//! Where the visitor writes: messages, answers, and other texts for their own messages.

mod field;

use heartogether::{id::DisplayName, limits::MESSAGE_CHARS};
use heartogether_client::Input;
use leptos::{ev, prelude::*, tachys::view::IntoRender};

use super::{
    emoji_data::emoji,
    emoji_picker::EmojiPicker,
    shared::{EmojiFor, Lounge, Mode},
    words::first_line,
};
use crate::{
    browser::RoomHandle,
    components::{Glyph, Icon, IconButton},
    locale::{self, Locale, Phrase, Value, say},
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
    let writing = Writing::new(lounge);
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        writing.send();
    };
    let toggle_picker = move |_| {
        let is_open = lounge.picker.get_untracked() == Some(EmojiFor::Text);
        lounge.picker.set((!is_open).then_some(EmojiFor::Text));
    };
    let is_picking = Signal::derive(move || lounge.picker.get() == Some(EmojiFor::Text));
    view! {
        <div class="composer">
            <Picker lounge writing />
            <ModeBar lounge />
            <form class="composer-form" on:submit=send>
                <IconButton label=text::EMOJI glyph=Glyph::Smile pressed=is_picking on:click=toggle_picker />
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
                    aria-invalid=move || writing.error().map(|_| "true")
                    on:input=move |_| writing.note_input()
                    on:keydown=move |event| writing.press(&event)
                ></textarea>
                <button type="submit" class="icon-button composer-send" aria-label=text::SEND title=text::SEND>
                    <Icon glyph=Glyph::Send />
                </button>
            </form>
            <Told handle=lounge.handle writing />
        </div>
    }
    .into_any()
}

/// The emoji, while one is chosen.
#[component]
fn Picker(lounge: Lounge, writing: Writing) -> impl IntoView {
    let is_open = Memo::new(move |_| lounge.picker.get().is_some());
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
    view! {
        <Show when=move || is_open.get()>
            <EmojiPicker on_choose=Callback::new(choose) on_close=Callback::new(move |()| close()) />
        </Show>
    }
    .into_any()
}

/// What is answered or edited, and the way out of that.
#[component]
fn ModeBar(lounge: Lounge) -> impl IntoView {
    let locale = Locale::current();
    let bar = move || {
        let (number, heading) = match lounge.mode.get() {
            Mode::Write => return None,
            Mode::Edit(number) => (number, Phrase::from(text::EDITING)),
            Mode::Reply(number) => {
                let name = lounge.with_message(number, |message| Value::from(&message.name));
                (number, text::replying_to(name.unwrap_or_else(|| Value::from(""))))
            }
        };
        let shown = lounge.text_of(number).map(|text| first_line(&locale.write(&Value::from(&text)), SHOWN_CHARS));
        Some(view! {
            <div class="composer-mode">
                <p class="composer-mode-heading">{heading}</p>
                <p class="composer-mode-text" dir="auto" translate="no">
                    {shown}
                </p>
                <IconButton label=text::CANCEL glyph=Glyph::Close on:click=move |_| lounge.mode.set(Mode::Write) />
            </div>
        })
    };
    view! { {bar} }.into_any()
}

/// Who else is writing, what is wrong with the text, and how long it is. The line is always there, so that nothing moves.
#[component]
fn Told(handle: RoomHandle, writing: Writing) -> impl IntoView {
    let typing = move || typing_phrase(&handle.typing.get());
    let said = move || match (writing.error(), handle.engagement_notice.get()) {
        (Some(why), _) | (None, Some(why)) => Some(locale::refusal(why).into_render()),
        (None, None) => None,
    };
    let is_wrong = move || writing.error().is_some();
    let is_counted = Memo::new(move |_| writing.length.get() > COUNTED_FROM);
    view! {
        <div class="composer-told" id="composer-told">
            <p class="typing" data-testid="typing" aria-live="off">
                {move || typing().map(IntoRender::into_render)}
            </p>
            <p class="composer-said" role="status" data-wrong=move || is_wrong().then_some("")>
                {said}
            </p>
            <Show when=move || is_counted.get()>
                <p class="composer-length" data-testid="message-length">
                    {say(move || text::length(writing.length.get(), MESSAGE_CHARS))}
                </p>
            </Show>
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
