//! What can be done with a message.

use heartogether::{engagement::Reaction, id::MessageNumber};
use heartogether_client::{EntryState, Input};
use leptos::html;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, Node};

use super::{
    copying::copy,
    emoji_data::emoji,
    erased::{effect, key, press},
    rows::RowKey,
    shared::{EmojiFor, Lounge, Mode, Question},
};
use crate::{
    components::{Glyph, Icon, Toasts},
    locale::Key,
    prelude::*,
    text::lounge as text,
};

/// Emoji that are at hand.
const AT_HAND: usize = 6;

/// What a message is to its visitor when the actions open.
#[derive(Clone, Copy)]
struct About {
    number: MessageNumber,
    is_own: bool,
    is_there: bool,
    has_words: bool,
    is_pinned: bool,
}

/// The actions, over the log.
pub(super) fn actions(lounge: Lounge, of: RowKey) -> AnyView {
    let place = NodeRef::<html::Div>::new();
    close_from_outside(lounge, of, place);
    let about = lounge.with_entry(of, |entry| {
        let is_kept = entry.state == EntryState::Kept;
        let message = &entry.message;
        is_kept.then_some(About {
            number: message.number,
            is_own: entry.is_own,
            is_there: message.text.is_some(),
            has_words: message.text.as_ref().is_some_and(|text| !text.is_none()),
            is_pinned: message.pinned,
        })
    });
    let press_key = key(move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.stop_propagation();
            close(lounge, of);
        }
        "ArrowDown" | "ArrowUp" => {
            event.prevent_default();
            event.stop_propagation();
            move_focus(place, event.key() == "ArrowDown");
        }
        _ => {}
    });
    view! {
        <div class="actions" node_ref=place role="dialog" aria-label=text::ACTIONS on:keydown=press_key>
            {about.flatten().map(|about| choices(lounge, of, about))}
        </div>
    }
    .into_any()
}

/// What a press on a choice does.
#[derive(Clone, Copy)]
enum Act {
    Reply,
    Copy,
    Edit,
    Pin,
    Unpin,
    Report,
    Delete,
}

impl Act {
    const fn drawn(self) -> (Glyph, Key) {
        match self {
            Self::Reply => (Glyph::Reply, text::REPLY),
            Self::Copy => (Glyph::Copy, text::COPY),
            Self::Edit => (Glyph::Edit, text::EDIT),
            Self::Pin => (Glyph::Pin, text::PIN),
            Self::Unpin => (Glyph::Pin, text::UNPIN),
            Self::Report => (Glyph::Alert, text::REPORT),
            Self::Delete => (Glyph::Delete, text::DELETE),
        }
    }

    fn carry_out(self, lounge: Lounge, number: MessageNumber, toasts: Toasts) {
        match self {
            Self::Reply => lounge.mode.set(Mode::Reply(number)),
            Self::Edit => lounge.mode.set(Mode::Edit(number)),
            Self::Pin => lounge.press(Input::MessagePinned { number, pinned: true }),
            Self::Unpin => lounge.press(Input::MessagePinned { number, pinned: false }),
            Self::Report => lounge.question.set(Some(Question::Report(number))),
            Self::Delete => lounge.question.set(Some(Question::DeleteMessage(number))),
            Self::Copy => {
                copy(lounge.text_of(number).map(|text| text.to_string()).unwrap_or_default(), toasts);
            }
        }
    }
}

fn choices(lounge: Lounge, of: RowKey, about: About) -> AnyView {
    let About { number, is_own, is_there, has_words, is_pinned } = about;
    let is_owner = lounge.is_owner.get_untracked();
    let toasts = expect_context::<Toasts>();
    let offered = [
        (is_there, Act::Reply),
        (has_words, Act::Copy),
        (is_there && is_own, Act::Edit),
        (is_there && is_owner && !is_pinned, Act::Pin),
        (is_owner && is_pinned, Act::Unpin),
        (is_there && !is_own && !is_owner, Act::Report),
        (is_there && (is_own || is_owner), Act::Delete),
    ];
    let choice = move |act: Act| {
        let (glyph, label) = act.drawn();
        let pressed = press(move |_| {
            close(lounge, of);
            act.carry_out(lounge, number, toasts);
        });
        view! {
            <button type="button" class="action" on:click=pressed>
                <Icon glyph />
                {label}
            </button>
        }
    };
    let choices = offered.into_iter().filter(|(is_offered, _)| *is_offered).map(|(_, act)| choice(act)).collect_view();
    view! { {is_there.then(|| at_hand(lounge, of, number))} {choices} }.into_any()
}

/// A few emoji, and the way to all of them.
fn at_hand(lounge: Lounge, of: RowKey, number: MessageNumber) -> AnyView {
    let sign = move |reaction: &Reaction| {
        let sign = reaction.emoji();
        let put = press(move |_| {
            close(lounge, of);
            if let Some(emoji) = emoji(sign) {
                lounge.press(Input::EmojiPressed { number, emoji });
            }
        });
        view! {
            <button type="button" class="picker-emoji" aria-label=text::react(sign) on:click=put>
                {sign}
            </button>
        }
    };
    let more = press(move |_| {
        lounge.actions.set(None);
        lounge.picker.set(Some(EmojiFor::Message(number)));
    });
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
fn close(lounge: Lounge, of: RowKey) {
    lounge.actions.set(None);
    let message = document().get_element_by_id(&of.id()).and_then(|message| message.dyn_into::<HtmlElement>().ok());
    // A browser that refuses leaves the focus where it is, which hurts nobody.
    message.iter().for_each(|message| _ = message.focus());
}

/// The first of the actions gets the focus, and pressing anything else closes them.
fn close_from_outside(lounge: Lounge, of: RowKey, place: NodeRef<html::Div>) {
    effect(move || {
        if let Some(actions) = place.get() {
            show_whole(&actions);
            move_focus(place, true);
        }
        let pressed = window_event_listener_untyped("pointerdown", move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
            let is_inside = |id: Option<Element>| id.is_some_and(|element| element.contains(target.as_ref()));
            let row =
                document().get_element_by_id(&of.id()).and_then(|row| row.query_selector(".message").ok().flatten());
            if !is_inside(row) && lounge.actions.try_get_untracked().flatten() == Some(of) {
                lounge.actions.set(None);
            }
        });
        on_cleanup(move || pressed.remove());
    });
}

/// Below one of a few messages they may end behind the field.
fn show_whole(actions: &Element) {
    let bottom = |element: &Element| element.get_bounding_client_rect().bottom();
    let log = actions.closest("[role=log]").ok().flatten();
    if log.is_some_and(|log| bottom(actions) > bottom(&log)) {
        actions.scroll_into_view_with_bool(false);
    }
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
