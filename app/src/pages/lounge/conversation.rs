//! The log of the conversation: it stays at its end while it is there, and where the visitor reads otherwise.

mod scrolling;

use heartogether::{id::MessageNumber, time::Timestamp};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::{
    code_blocks::press_code,
    comings::{self, ComeAndGo},
    conversation_row::Laid,
    erased::{effect, key, part, part_when, press, rows, said},
    message::log_row,
    news::Unread,
    rows::{Circumstances, Row, RowKey, lay_out},
    shared::Lounge,
    standing::Standing,
};
use crate::{
    browser::locale::day_number,
    components::{Button, EmptyState, Glyph, Icon, Skeleton, Variant, focus},
    locale::{Key, Locale},
    prelude::*,
    text::lounge as text,
};
use heartogether_client::Input;
use scrolling::Scrolling;

/// The messages, and the way to the latest one.
#[component]
pub(super) fn Conversation(lounge: Lounge, unread: Unread) -> impl IntoView {
    let (keys, laid) = (RwSignal::new(Vec::<RowKey>::new()), StoredValue::new(Vec::<Laid>::new()));
    let scrolling = Scrolling::new(lounge);
    lay_out_anew(lounge, unread, (keys, laid), scrolling);
    scrolling.follow();
    let handle = lounge.handle;
    let looks_back = move || handle.past.with(|past| !past.is_empty());
    let is_there = move || lounge.standing.get() == Standing::Open;
    let ids = move || keys.with(|keys| keys.iter().map(|key| key.id()).collect());
    let row = move |id: String| {
        let laid = RowKey::parse(&id)
            .and_then(|key| laid.with_value(|laid| laid.iter().find(|laid| laid.key == key).cloned()));
        laid.map_or_else(|| ().into_any(), |laid| log_row(lounge, laid))
    };
    let told = move || match (is_there(), handle.conversation.with(Vec::is_empty)) {
        (false, _) => view! { <div class="log-told"><Skeleton /></div> }.into_any(),
        (true, true) => empty(),
        (true, false) => ().into_any(),
    };
    view! {
        <div class="talk">
            <div
                class="log"
                node_ref=scrolling.log
                role="log"
                aria-live="off"
                aria-label=text::CONVERSATION
                tabindex="0"
                on:scroll=move |_| scrolling.note_scroll()
                on:keydown=key(move |event| walk(&event, lounge, scrolling))
                on:click=press_code(expect_context())
            >
                {part(told)}
                {part_when(move || handle.has_earlier_messages.get(), move || further(lounge, Input::EarlierMessagesPressed, text::EARLIER))}
                <ol class="rows" node_ref=scrolling.rows>
                    {rows(ids, row)}
                </ol>
                {part_when(looks_back, move || further(lounge, Input::LaterMessagesPressed, text::LATER))}
            </div>
            {part_when(move || !lounge.is_at_end.get(), move || to_latest(unread, scrolling))}
            <p class="sr-only" role="status" data-testid="announced">
                {said(move || unread.announced.get())}
            </p>
        </div>
    }
    .into_any()
}

fn empty() -> AnyView {
    view! {
        <div class="log-told">
            <EmptyState glyph=Glyph::Chat title=text::EMPTY>
                {text::EMPTY_HINT}
            </EmptyState>
        </div>
    }
    .into_any()
}

/// More messages come by scrolling; the button is for who does not scroll.
fn further(lounge: Lounge, input: Input, label: Key) -> AnyView {
    view! {
        <p class="log-earlier" role="presentation">
            <Button variant=Variant::Ghost on:click=press(move |_| lounge.press(input.clone()))>
                {label}
            </Button>
        </p>
    }
    .into_any()
}

/// The button that leads to the latest message, with the number of those that the visitor has not seen.
fn to_latest(unread: Unread, scrolling: Scrolling) -> AnyView {
    let locale = Locale::current();
    let label = move || match u32::try_from(unread.count.get()).unwrap_or(u32::MAX) {
        0 => locale.say(text::TO_LATEST).into_owned(),
        count => locale.say(text::to_latest_new(count)).into_owned(),
    };
    let go = press(move |_| {
        scrolling.go_to_end();
        focus::focus_on(scrolling.log.get_untracked().map(Into::into));
    });
    view! {
        <button type="button" class="to-latest" on:click=go>
            <Icon glyph=Glyph::Down />
            <span>{said(label)}</span>
        </button>
    }
    .into_any()
}

/// Keeps the rows up to date. A row that stays keeps its signal, so that only what has changed is drawn.
fn lay_out_anew(
    lounge: Lounge,
    unread: Unread,
    (keys, laid): (RwSignal<Vec<RowKey>>, StoredValue<Vec<Laid>>),
    scrolling: Scrolling,
) {
    let comings = comings::follow(lounge.handle);
    effect(move || {
        let new_after = unread.new_after.get();
        let next = comings.with(|comings| laid_out(lounge, comings, new_after));
        let next_keys: Vec<RowKey> = next.iter().map(|(key, _)| *key).collect();
        laid.update_value(|laid| renew(laid, next));
        let (first, is_same) = keys.with_untracked(|keys| (keys.first().copied(), *keys == next_keys));
        scrolling.before_change(first);
        if !is_same {
            keys.set(next_keys);
        }
    });
}

/// Puts what is shown now into the rows that stay, and makes the others. Mostly the rows stay in their order.
fn renew(laid: &mut Vec<Laid>, next: Vec<(RowKey, Row)>) {
    let (before, mut place) = (std::mem::take(laid), 0);
    for (key, row) in next {
        let mut places = (place..before.len()).chain(0..place);
        match places.find(|place| before[*place].key == key) {
            Some(found) => {
                place = found + 1;
                let known = before[found].clone();
                if known.row.with_untracked(|shown| *shown != row) {
                    known.row.set(row);
                }
                laid.push(known);
            }
            None => laid.push(Laid { key, row: ArcRwSignal::new(row) }),
        }
    }
}

fn laid_out(lounge: Lounge, comings: &[ComeAndGo], new_after: Option<MessageNumber>) -> Vec<(RowKey, Row)> {
    let handle = lounge.handle;
    let (now, looks_back) = (js_sys::Date::now(), handle.past.with(|past| !past.is_empty()));
    let ahead = handle.date_of(Timestamp::from_millis(0));
    let (blocked, unfolded, pictured) = (handle.blocked.get(), lounge.unfolded.get(), lounge.pictured());
    let around = Circumstances {
        // Who came and went while the page is there belongs to the newest messages.
        comings: if looks_back { &[] } else { comings },
        new_after,
        pictured: &pictured,
        blocked: &blocked,
        unfolded: &unfolded,
        now: Timestamp::from_millis((now - ahead).max(0.0) as u64),
        day_of: &|at| day_number(ahead + at.as_millis() as f64),
    };
    match looks_back {
        true => handle.past.with(|entries| lay_out(entries, &around)),
        false => handle.conversation.with(|entries| lay_out(entries, &around)),
    }
}

/// The arrow keys go from message to message, Enter opens what can be done with one, Escape leads back to the field.
fn walk(event: &KeyboardEvent, lounge: Lounge, scrolling: Scrolling) {
    let focused = document().active_element();
    let is_on_message = focused.as_ref().is_some_and(|focused| focused.has_attribute("data-message"));
    let is_on_log = focused.is_some() && focused == scrolling.log.get_untracked().map(|log| (*log).clone().into());
    if !is_on_message && !is_on_log {
        return;
    }
    let next = |down: bool| scrolling.neighbour(focused.clone().filter(|_| is_on_message), down);
    let found = match event.key().as_str() {
        "ArrowUp" => next(false),
        "ArrowDown" => next(true),
        "Escape" => document().get_element_by_id("message").and_then(|field| field.dyn_into::<HtmlElement>().ok()),
        "Enter" if is_on_message => {
            event.prevent_default();
            let key = focused.as_ref().and_then(|focused| focused.get_attribute("id"));
            lounge.actions.set(key.and_then(|key| RowKey::parse(&key)));
            return;
        }
        _ => return,
    };
    if let Some(found) = found {
        event.prevent_default();
        // A browser that refuses leaves the focus where it is, which hurts nobody.
        let _ = found.focus();
    }
}
