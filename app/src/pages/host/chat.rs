//! The messages of listeners.

use heartogether::{id::MessageNumber, room::Message};
use leptos::html;

use crate::{
    browser::{RoomHandle, locale::time_of_day},
    components::{Button, Variant, focus},
    locale::{Locale, Value},
    prelude::*,
    text::chat as text,
};
use heartogether_client::Input;

/// Pixels from the end within which the list counts as being at its end.
const AT_END_PX: i32 = 40;

/// Every message of the room, newest at the bottom. It stays at its end while it is there, and where the host reads
/// otherwise.
#[component]
pub(super) fn Chat(handle: RoomHandle) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    let (at_end, last_top_px) = (StoredValue::new(true), StoredValue::new(0));
    let on_scroll = move |_| {
        if let Some(list) = list.get_untracked() {
            let (top_px, before_px) = (list.scroll_top(), last_top_px.get_value());
            last_top_px.set_value(top_px);
            let left_px = list.scroll_height() - top_px - list.client_height();
            // By the time a step down is told, more may have come below; only a step up leaves the end.
            at_end.update_value(|at_end| *at_end = left_px < AT_END_PX || *at_end && top_px >= before_px);
        }
    };
    Effect::new(move |_| {
        handle.messages.track();
        request_animation_frame(move || {
            // The chat may be gone before the next frame.
            let is_at_end = at_end.try_get_value() == Some(true);
            if let Some(list) = list.try_get_untracked().flatten().filter(|_| is_at_end) {
                list.set_scroll_top(list.scroll_height());
            }
        });
    });
    focus::rescue_on_change(
        move || handle.has_earlier_messages.get(),
        move || focus::focus_on(list.try_get_untracked().flatten().map(Into::into)),
    );
    let is_empty = Memo::new(move |_| handle.messages.with(Vec::is_empty));
    let keys =
        move || handle.messages.with(|messages| messages.iter().map(|message| message.number).collect::<Vec<_>>());
    view! {
        <section class="card" aria-label=text::HEADING>
            <h2>{text::HEADING}</h2>
            <Show when=move || is_empty.get()>
                <p class="text-muted">{text::EMPTY}</p>
            </Show>
            <Show when=move || handle.has_earlier_messages.get()>
                <Button variant=Variant::Ghost on:click=move |_| handle.press(Input::EarlierMessagesPressed)>
                    {text::EARLIER}
                </Button>
            </Show>
            <div class="chat" node_ref=list on:scroll=on_scroll role="log" tabindex="0" aria-label=text::FROM_LISTENERS hidden=move || is_empty.get()>
                <ol>
                    <For each=keys key=|seq| *seq let(seq)>
                        {shown(handle, seq)}
                    </For>
                </ol>
            </div>
        </section>
    }
    .into_any()
}

/// A message never changes once the host has it.
fn shown(handle: RoomHandle, number: MessageNumber) -> Option<impl IntoView> {
    let found = |messages: &Vec<Message>| messages.iter().find(|message| message.number == number).cloned();
    let Message { name, text, sent_at, .. } = handle.messages.with_untracked(found)?;
    let (date_ms, locale) = (handle.date_of(sent_at), Locale::current());
    let (name, text) = (Value::from(&name), text.as_ref().map(Value::from));
    Some(view! {
        <li class="chat-message" data-testid="message">
            <span class="text-sm text-muted">
                <bdi translate="no">{move || locale.write(&name)}</bdi>
                " · "
                <time>{move || time_of_day(date_ms, locale.language())}</time>
            </span>
            <span class="chat-text" dir="auto">
                {text.map(|text| move || locale.write(&text))}
            </span>
        </li>
    })
}
