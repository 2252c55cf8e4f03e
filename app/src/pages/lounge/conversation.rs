//! The log of the conversation: it stays at its end while it is there, and where the visitor reads otherwise.

mod scrolling;

use std::collections::HashMap;

use heartogether::{id::MessageNumber, time::Timestamp};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::{
    comings::{self, ComeAndGo},
    conversation_row::Laid,
    message::LogRow,
    news::Unread,
    rows::{Circumstances, Row, RowKey, lay_out},
    shared::Lounge,
    standing::Standing,
};
use crate::{
    browser::locale::day_number,
    components::{Button, EmptyState, Glyph, Icon, Skeleton, Variant, focus},
    locale::say,
    text::lounge as text,
};
use heartogether_client::Input;
use scrolling::Scrolling;

/// The messages, and the way to the latest one.
#[component]
pub(super) fn Conversation(lounge: Lounge, unread: Unread) -> impl IntoView {
    let rows = RwSignal::new(Vec::<Laid>::new());
    let scrolling = Scrolling::new(lounge);
    lay_out_anew(lounge, unread, rows, scrolling);
    scrolling.follow();
    let handle = lounge.handle;
    let is_there = Memo::new(move |_| lounge.standing.get() == Standing::Open);
    let is_empty = Memo::new(move |_| is_there.get() && handle.conversation.with(Vec::is_empty));
    let press = move |event: KeyboardEvent| walk(&event, lounge, scrolling);
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
                on:keydown=press
            >
                <Show when=move || !is_there.get()>
                    <div class="log-told">
                        <Skeleton />
                    </div>
                </Show>
                <Show when=move || handle.has_earlier_messages.get()>
                    <p class="log-earlier" role="presentation">
                        <Button variant=Variant::Ghost on:click=move |_| handle.press(Input::EarlierMessagesPressed)>
                            {text::EARLIER}
                        </Button>
                    </p>
                </Show>
                <Show when=move || is_empty.get()>
                    <div class="log-told">
                        <EmptyState glyph=Glyph::Chat title=text::EMPTY>
                            {text::EMPTY_HINT}
                        </EmptyState>
                    </div>
                </Show>
                <ol class="rows" node_ref=scrolling.rows>
                    <For each=move || rows.get() key=|laid| laid.key let(laid)>
                        <LogRow lounge laid />
                    </For>
                </ol>
            </div>
            <ToLatest lounge unread scrolling />
            <p class="sr-only" role="status" data-testid="announced">
                {move || unread.announced.get()}
            </p>
        </div>
    }
    .into_any()
}

/// The button that leads to the latest message, with the number of those that the visitor has not seen.
#[component]
fn ToLatest(lounge: Lounge, unread: Unread, scrolling: Scrolling) -> impl IntoView {
    let is_away = Memo::new(move |_| !lounge.is_at_end.get());
    let count = Memo::new(move |_| u32::try_from(unread.count.get()).unwrap_or(u32::MAX));
    let label = move || if count.get() > 0 { text::to_latest_new(count.get()) } else { text::TO_LATEST.into() };
    let go = move |_| {
        scrolling.go_to_end();
        focus::focus_on(scrolling.log.get_untracked().map(Into::into));
    };
    view! {
        <Show when=move || is_away.get()>
            <button type="button" class="to-latest" on:click=go>
                <Icon glyph=Glyph::Down />
                <span>{say(label)}</span>
            </button>
        </Show>
    }
    .into_any()
}

/// Keeps the rows up to date. A row that stays keeps its signal, so that only what has changed is drawn.
fn lay_out_anew(lounge: Lounge, unread: Unread, rows: RwSignal<Vec<Laid>>, scrolling: Scrolling) {
    let comings = comings::follow(lounge.handle);
    Effect::new(move |_| {
        let new_after = unread.new_after.get();
        let laid = comings.with(|comings| laid_out(lounge, comings, new_after));
        let mut known: HashMap<RowKey, ArcRwSignal<Row>> =
            rows.with_untracked(|rows| rows.iter().map(|laid| (laid.key, laid.row.clone())).collect());
        let keep = |(key, row): (RowKey, Row)| match known.remove(&key) {
            Some(shown) => {
                if shown.with_untracked(|shown| *shown != row) {
                    shown.set(row);
                }
                Laid { key, row: shown }
            }
            None => Laid { key, row: ArcRwSignal::new(row) },
        };
        let next: Vec<Laid> = laid.into_iter().map(keep).collect();
        let is_same = rows.with_untracked(|rows| rows.iter().map(|laid| laid.key).eq(next.iter().map(|laid| laid.key)));
        scrolling.before_change(rows.with_untracked(|rows| rows.first().map(|laid| laid.key)));
        if !is_same {
            rows.set(next);
        }
    });
}

fn laid_out(lounge: Lounge, comings: &[ComeAndGo], new_after: Option<MessageNumber>) -> Vec<(RowKey, Row)> {
    let handle = lounge.handle;
    let now = js_sys::Date::now();
    let ahead = handle.date_of(Timestamp::from_millis(0));
    let around = Circumstances {
        comings,
        new_after,
        now: Timestamp::from_millis((now - ahead).max(0.0) as u64),
        day_of: &|at| day_number(ahead + at.as_millis() as f64),
    };
    handle.conversation.with(|entries| lay_out(entries, &around))
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
