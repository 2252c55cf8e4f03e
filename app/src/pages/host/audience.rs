//! The list of listeners: how well they hear, and their last messages. Only visible rows are drawn, so thousands of
//! listeners are possible.

mod frozen_rows;
mod virtual_list;

use std::collections::BTreeMap;

use heartogether::id::MemberId;
use leptos::{ev, html};

use crate::{
    browser::RoomHandle,
    components::{Button, FocusPreservingShow, Glyph, Icon, IconButton, Toast, ToastId, Toasts, Variant, focus},
    locale::{Key, Locale, say},
    pages::measured,
    prelude::*,
    text::{action, audience as text, room as of_room},
};
use frozen_rows::Hold;
use heartogether_client::{Input, ListenerRow, PeerState, arranged};
use virtual_list::Window;

/// How many listen, and who, the latest activity first. Nobody moves while the host is about to press something.
#[component]
pub(super) fn Audience(handle: RoomHandle, max_listeners: u32) -> impl IntoView {
    let sought = RwSignal::new(String::new());
    let count = Memo::new(move |_| handle.audience.with(Vec::len));
    let hold = Hold::new();
    let everybody = Memo::new(move |before: Option<&Vec<ListenerRow>>| {
        let is_held = hold.is_on();
        arranged(handle.audience.get(), before.filter(|_| is_held).map(Vec::as_slice))
    });
    let rows = Memo::new(move |_| everybody.with(|rows| named(rows, &sought.get())));
    // A field that has come stays: what is sought in it still holds, and the focus may be in it.
    let is_searched = Memo::new(move |before: Option<&bool>| before == Some(&true) || count.get() > SEARCH_FROM);
    let is_known = Memo::new(move |_| handle.room.with(Option::is_some));
    let heading = move || match is_known.get() {
        true => of_room::listening(count.get(), max_listeners),
        false => text::LABEL.into(),
    };
    let nobody = move || match (count.get(), rows.with(Vec::is_empty)) {
        (0, _) => is_known.get().then_some(text::NOBODY),
        (_, true) => Some(text::NOBODY_FOUND),
        _ => None,
    };
    let is_removing = Memo::new(move |_| handle.audience.with(|rows| rows.iter().any(|row| row.removing)));
    announce_removals(handle, expect_context::<Toasts>());
    view! {
        <section class="card" aria-label=text::LABEL>
            <h2 class="flex items-center gap-3">
                <Icon glyph=Glyph::People />
                <span role="status">{say(heading)}</span>
            </h2>
            <Show when=move || is_searched.get()>
                <input
                    class="input"
                    type="search"
                    aria-label=text::SEARCH
                    placeholder=text::SEARCH_HINT
                    autocomplete="off"
                    prop:value=move || sought.get()
                    on:input=move |event| sought.set(event_target_value(&event))
                />
            </Show>
            {move || nobody().map(|said| view! { <p class="text-muted">{said}</p> })}
            <List handle hold rows />
            // Below the list, so that nothing moves under the pointer.
            <Show when=move || is_removing.get()>
                <p class="field-hint" id=ADDRESS_HINT_ID>
                    {text::BLOCK_ADDRESS_HINT}
                </p>
            </Show>
        </section>
    }
    .into_any()
}

/// Says in a toast who is being removed, which stays in sight while it can be taken back.
fn announce_removals(handle: RoomHandle, toasts: Toasts) {
    let announced = StoredValue::new(BTreeMap::<MemberId, ToastId>::new());
    Effect::new(move |_| {
        let removing = handle.audience.with(|rows| {
            let rows = rows.iter().filter(|row| row.removing);
            rows.map(|row| (row.listener.member, row.listener.name.clone())).collect::<BTreeMap<_, _>>()
        });
        announced.update_value(|announced| {
            announced.retain(|member, id| {
                let goes_on = removing.contains_key(member);
                if !goes_on {
                    toasts.dismiss(*id);
                }
                goes_on
            });
            for (member, name) in removing {
                announced.entry(member).or_insert_with(|| {
                    let undo = move || handle.press(Input::UndoPressed(member));
                    toasts.show(Toast::new(text::removing_name(&name)).with_action(action::UNDO, undo).lasting(None))
                });
            }
        });
    });
    // Toasts outlast the page that shows them, but what they undo does not.
    on_cleanup(move || announced.with_value(|announced| announced.values().for_each(|id| toasts.dismiss(*id))));
}

/// What removing a whole address means.
const ADDRESS_HINT_ID: &str = "address-hint";

/// As many listeners as are found at a glance.
const SEARCH_FROM: usize = 8;

/// Those whose name has this in it.
fn named(rows: &[ListenerRow], sought: &str) -> Vec<ListenerRow> {
    let sought = sought.trim().to_lowercase();
    let is_found = |row: &&ListenerRow| row.listener.name.as_str().to_lowercase().contains(&sought);
    rows.iter().filter(is_found).cloned().collect()
}

/// Draws the rows that can be seen, and keeps the room of the others.
#[component]
fn List(handle: RoomHandle, hold: Hold, rows: Memo<Vec<ListenerRow>>) -> impl IntoView {
    let (list, before, after) = (hold.list, NodeRef::<html::Li>::new(), NodeRef::<html::Li>::new());
    let scrolled_px = RwSignal::new(0);
    let seen = Memo::new(move |_| Window::at(scrolled_px.get(), rows.with(Vec::len)));
    Effect::new(move |_| {
        let Window { before_px, after_px, .. } = seen.get();
        for (spacer, height_px) in [(before, before_px), (after, after_px)] {
            spacer.get().map(|spacer| spacer.style(("height", format!("{height_px}px"))));
        }
    });
    let on_scroll = move |_: ev::Event| {
        if let Some(list) = list.get_untracked() {
            scrolled_px.set(usize::try_from(list.scroll_top()).unwrap_or_default());
        }
    };
    let visible = move || {
        let Window { first, last, .. } = seen.get();
        rows.with(|rows| rows[first..last].iter().map(|row| row.listener.member).collect::<Vec<_>>())
    };
    view! {
        <ul
            class="audience"
            node_ref=list
            tabindex="0"
            aria-label=text::LISTENERS
            on:scroll=on_scroll
            on:pointermove=move |_| hold.point(true)
            on:pointerleave=move |_| hold.point(false)
            on:keydown=move |_| hold.take_hold()
            on:focusin=move |_| hold.take_hold()
            on:focusout=move |_| hold.look_for_focus()
        >
            <li node_ref=before aria-hidden="true"></li>
            <For each=visible key=|member| *member let(member)>
                <Row handle list rows member />
            </For>
            <li node_ref=after aria-hidden="true"></li>
        </ul>
    }
    .into_any()
}

#[component]
fn Row(handle: RoomHandle, list: NodeRef<html::Ul>, rows: Memo<Vec<ListenerRow>>, member: MemberId) -> impl IntoView {
    let place = Memo::new(move |_| rows.with(|rows| rows.iter().position(|row| row.listener.member == member)));
    let row = Memo::new(move |_| rows.with(|rows| rows.get(place.get()?).cloned()));
    let has_left = Memo::new(move |_| row.with(|row| row.as_ref().is_none_or(|row| row.has_left)));
    focus::rescue_on_change(
        move || has_left.get(),
        move || focus::focus_on(list.try_get_untracked().flatten().map(Into::into)),
    );
    view! {
        <li
            class="audience-row"
            data-testid="listener"
            aria-posinset=move || place.get().map(|place| place + 1)
            aria-setsize=move || rows.with(Vec::len)
        >
            <Told handle row member />
            <Show when=move || !has_left.get()>
                <Removal handle row member />
            </Show>
        </li>
    }
    .into_any()
}

/// Who it is, what they said last, and how they are reached.
#[component]
fn Told(handle: RoomHandle, row: Memo<Option<ListenerRow>>, member: MemberId) -> impl IntoView {
    let locale = Locale::current();
    let name = Memo::new(move |_| {
        let name = |row: &ListenerRow| locale.write(&(&row.listener.name).into());
        row.with(|row| row.as_ref().map(name).unwrap_or_default())
    });
    let email = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| row.listener.email.clone())));
    let state = move || row.with(|row| row.as_ref().map(|row| locale.say(state_of(row))));
    let said = move || {
        row.with(|row| {
            let listener = &row.as_ref()?.listener;
            let text = listener.last_message.as_ref().map(|message| locale.say(text::said(&message.text)).into_owned());
            let emoji = listener.last_reaction.map(|reaction| reaction.emoji().to_owned());
            Some([emoji, text].into_iter().flatten().collect::<Vec<_>>().join(" "))
        })
    };
    let measured = move || {
        handle.statistics.with(|round| {
            let (_, statistics) = round.iter().find(|(of, _)| *of == member)?;
            Some(measured::in_short(statistics, locale))
        })
    };
    view! {
        <div class="audience-who">
            <span class="truncate font-semibold">
                <bdi translate="no">{move || name.get()}</bdi>
            </span>
            {move || {
                email.get().map(|email| {
                    view! {
                        <span class="truncate text-sm text-muted">
                            <bdi translate="no">{email}</bdi>
                        </span>
                    }
                })
            }}
            <span class="truncate text-sm text-muted">
                <bdi>{said}</bdi>
            </span>
        </div>
        <div class="audience-how">
            <span class="text-sm text-muted" data-testid="listener-state">
                {state}
            </span>
            <span class="text-sm text-muted tabular-nums">{measured}</span>
        </div>
    }
    .into_any()
}

/// Removes a listener, and takes it back.
#[component]
fn Removal(handle: RoomHandle, row: Memo<Option<ListenerRow>>, member: MemberId) -> impl IntoView {
    let is_removing = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.removing)));
    let is_blocking = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.blocking_address)));
    let locale = Locale::current();
    let label = move || {
        row.with(|row| row.as_ref().map(|row| locale.say(text::remove(&row.listener.name)))).unwrap_or_default()
    };
    view! {
        <FocusPreservingShow
            when=is_removing
            fallback=move || {
                view! {
                    <IconButton label glyph=Glyph::Close on:click=move |_| handle.press(Input::RemovePressed(member)) />
                }
            }
        >
            <div class="audience-removal">
                <Button variant=Variant::Secondary on:click=move |_| handle.press(Input::UndoPressed(member))>
                    {action::UNDO}
                </Button>
                <Button
                    variant=Variant::Ghost
                    attr:aria-pressed=move || if is_blocking.get() { "true" } else { "false" }
                    attr:aria-describedby=ADDRESS_HINT_ID
                    on:click=move |_| handle.press(Input::AddressBlockPressed(member))
                >
                    <span aria-hidden="true">{move || if is_blocking.get() { "✓ " } else { "" }}</span>
                    {text::BLOCK_ADDRESS}
                </Button>
            </div>
        </FocusPreservingShow>
    }
    .into_any()
}

const fn state_of(row: &ListenerRow) -> Key {
    match (row.has_left, row.removing, row.listener.connected, row.peer) {
        (true, ..) => text::LEFT,
        (_, true, ..) => text::REMOVING,
        (_, _, false, _) => text::RECONNECTING,
        (.., Some(PeerState::Connecting)) => text::CONNECTING,
        (.., Some(PeerState::Connected)) => text::CONNECTED,
        (.., Some(PeerState::Disconnected)) => text::RECONNECTING,
        (.., Some(PeerState::Failed)) => text::FAILED,
        (.., None) => text::NEW,
    }
}
