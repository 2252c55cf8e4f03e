//! What can be done with a message.

use heartogether::{engagement::Reaction, id::MessageNumber};
use heartogether_client::{EntryState, Input};
use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, Node};

use super::{
    emoji_data::emoji,
    rows::RowKey,
    shared::{EmojiFor, Lounge, Mode, Question},
};
use crate::{
    browser::clipboard,
    components::{Glyph, Icon, Toast, Toasts, Tone},
    locale::Key,
    text::lounge as text,
};

/// Emoji that are at hand.
const AT_HAND: usize = 6;

/// The button that opens the actions. By keyboard it is Enter on the message.
#[component]
pub(super) fn ActionsButton(lounge: Lounge, key: RowKey) -> impl IntoView {
    let is_open = move || lounge.actions.get() == Some(key);
    let toggle = move |_| {
        let is_open = lounge.actions.get_untracked() == Some(key);
        lounge.actions.set((!is_open).then_some(key));
    };
    view! {
        <button
            type="button"
            class="icon-button actions-button"
            tabindex="-1"
            aria-label=text::ACTIONS
            title=text::ACTIONS
            aria-expanded=move || if is_open() { "true" } else { "false" }
            on:click=toggle
        >
            <Icon glyph=Glyph::More />
        </button>
    }
    .into_any()
}

/// What a message is to its visitor when the actions open.
#[derive(Clone, Copy)]
struct About {
    number: MessageNumber,
    is_own: bool,
    has_words: bool,
    is_pinned: bool,
}

/// The actions, over the log.
#[component]
pub(super) fn Actions(lounge: Lounge, key: RowKey) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    close_from_outside(lounge, key, place);
    let about = lounge.with_entry(key, |entry| {
        let is_kept = entry.state == EntryState::Kept;
        let message = &entry.message;
        is_kept.then_some(About {
            number: message.number,
            is_own: entry.is_own,
            has_words: message.text.is_some(),
            is_pinned: message.pinned,
        })
    });
    let press = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.stop_propagation();
            close(lounge, key);
        }
        "ArrowDown" | "ArrowUp" => {
            event.prevent_default();
            event.stop_propagation();
            move_focus(place, event.key() == "ArrowDown");
        }
        _ => {}
    };
    view! {
        <div class="actions" node_ref=place role="dialog" aria-label=text::ACTIONS on:keydown=press>
            {about.flatten().map(|about| view! { <Choices lounge key about /> })}
        </div>
    }
    .into_any()
}

#[component]
fn Choices(lounge: Lounge, key: RowKey, about: About) -> impl IntoView {
    let About { number, is_own, has_words, is_pinned } = about;
    let is_owner = lounge.is_owner.get_untracked();
    let toasts = expect_context::<Toasts>();
    let copy = move || {
        let words = lounge.text_of(number).map(|text| text.to_string()).unwrap_or_default();
        spawn_local(async move {
            toasts.show(match clipboard::copy(&words).await {
                true => Toast::new(text::COPIED),
                false => Toast::new(text::UNCOPIED).with_tone(Tone::Warn),
            });
        });
    };
    let (pin_label, pinned) = if is_pinned { (text::UNPIN, false) } else { (text::PIN, true) };
    let choice = move |is_offered: bool, glyph: Glyph, label: Key, act: Box<dyn Fn()>| {
        let act = send_wrapper::SendWrapper::new(act);
        is_offered.then(|| {
            let pressed = move |_| {
                close(lounge, key);
                act();
            };
            view! {
                <button type="button" class="action" on:click=pressed>
                    <Icon glyph />
                    {label}
                </button>
            }
        })
    };
    let delete = move || lounge.question.set(Some(Question::DeleteMessage(number)));
    view! {
        {has_words.then(|| view! { <AtHand lounge key number /> })}
        {choice(has_words, Glyph::Reply, text::REPLY, Box::new(move || lounge.mode.set(Mode::Reply(number))))}
        {choice(has_words, Glyph::Copy, text::COPY, Box::new(copy))}
        {choice(has_words && is_own, Glyph::Edit, text::EDIT, Box::new(move || lounge.mode.set(Mode::Edit(number))))}
        {choice(
            is_owner && (has_words || is_pinned),
            Glyph::Pin,
            pin_label,
            Box::new(move || lounge.press(Input::MessagePinned { number, pinned })),
        )}
        {choice(has_words && (is_own || is_owner), Glyph::Delete, text::DELETE, Box::new(delete))}
    }
    .into_any()
}

/// A few emoji, and the way to all of them.
#[component]
fn AtHand(lounge: Lounge, key: RowKey, number: MessageNumber) -> impl IntoView {
    let put = move |sign: &'static str| {
        close(lounge, key);
        if let Some(emoji) = emoji(sign) {
            lounge.press(Input::EmojiPressed { number, emoji });
        }
    };
    let sign = move |reaction: &Reaction| {
        let sign = reaction.emoji();
        view! {
            <button type="button" class="picker-emoji" aria-label=text::react(sign) on:click=move |_| put(sign)>
                {sign}
            </button>
        }
    };
    let more = move |_| {
        lounge.actions.set(None);
        lounge.picker.set(Some(EmojiFor::Message(number)));
    };
    view! {
        <div class="at-hand" role="group" aria-label=text::REACTIONS>
            {Reaction::ALL.iter().take(AT_HAND).map(sign).collect_view()}
            <button type="button" class="picker-emoji" aria-label=text::MORE_EMOJI title=text::MORE_EMOJI on:click=more>
                <Icon glyph=Glyph::Smile />
            </button>
        </div>
    }
    .into_any()
}

/// Closes the actions; reading goes on at the message.
fn close(lounge: Lounge, key: RowKey) {
    lounge.actions.set(None);
    let message = document().get_element_by_id(&key.id()).and_then(|message| message.dyn_into::<HtmlElement>().ok());
    // A browser that refuses leaves the focus where it is, which hurts nobody.
    message.iter().for_each(|message| _ = message.focus());
}

/// The first of the actions gets the focus, and pressing anything else closes them.
fn close_from_outside(lounge: Lounge, key: RowKey, place: NodeRef<html::Div>) {
    Effect::new(move |_| {
        if place.get().is_some() {
            move_focus(place, true);
        }
        let pressed = window_event_listener_untyped("pointerdown", move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
            let is_inside = |id: Option<web_sys::Element>| id.is_some_and(|element| element.contains(target.as_ref()));
            let row =
                document().get_element_by_id(&key.id()).and_then(|row| row.query_selector(".message").ok().flatten());
            if !is_inside(row) && lounge.actions.try_get_untracked().flatten() == Some(key) {
                lounge.actions.set(None);
            }
        });
        on_cleanup(move || pressed.remove());
    });
}

fn move_focus(place: NodeRef<html::Div>, forwards: bool) {
    let Some(place) = place.get_untracked() else { return };
    let Ok(buttons) = place.query_selector_all("button") else { return };
    let count = buttons.length();
    let focused = document().active_element();
    let here = (0..count).find(|at| buttons.get(*at).as_ref() == focused.as_ref().map(AsRef::as_ref));
    let next = match (here, forwards) {
        (None, _) => 0,
        (Some(here), true) => (here + 1) % count.max(1),
        (Some(here), false) => (here + count - 1) % count.max(1),
    };
    let button = buttons.get(next).and_then(|button| button.dyn_into::<HtmlElement>().ok());
    button.iter().for_each(|button| _ = button.focus());
}
