//! Who listens, how well, and what they said last. Thousands of them cost what fits on the screen.

mod window;

use std::{cmp::Reverse, collections::BTreeMap};

use heartogether::id::MemberId;
use leptos::{ev, html, prelude::*};

use crate::{
    client::{
        Input, PeerState,
        browser::{ListenerRow, Presence},
        statistics::PeerStatistics,
    },
    components::{Button, Glyph, Icon, IconButton, Toast, ToastId, Toasts, Variant},
};
use window::Window;

/// How many listen, and who, the latest activity first.
#[component]
pub(super) fn Audience(presence: Presence, max_listeners: u32) -> impl IntoView {
    let sought = RwSignal::new(String::new());
    let count = Memo::new(move |_| presence.audience.with(Vec::len));
    let rows = Memo::new(move |_| sorted(presence.audience.get(), &sought.get()));
    let nobody = move || match (count.get(), rows.with(Vec::is_empty)) {
        (0, _) => Some("Nobody yet. Hand out the code."),
        (_, true) => Some("Nobody of that name."),
        _ => None,
    };
    announce_removals(presence, expect_context::<Toasts>());
    view! {
        <section class="card" aria-label="Audience">
            <h2 class="flex items-center gap-3">
                <Icon glyph=Glyph::People />
                <span role="status">{move || format!("{} of {max_listeners} listening", count.get())}</span>
            </h2>
            <Show when=move || { count.get() > SEARCH_FROM }>
                <input
                    class="input"
                    type="search"
                    aria-label="Search listeners"
                    placeholder="Search by name"
                    autocomplete="off"
                    on:input=move |event| sought.set(event_target_value(&event))
                />
            </Show>
            {move || nobody().map(|text| view! { <p class="text-muted">{text}</p> })}
            <List presence rows />
        </section>
    }
    .into_any()
}

/// Says in a toast who is being removed, which stays in sight while it can be taken back.
fn announce_removals(presence: Presence, toasts: Toasts) {
    let announced = StoredValue::new(BTreeMap::<MemberId, ToastId>::new());
    Effect::new(move |_| {
        let removing = presence.audience.with(|rows| {
            let rows = rows.iter().filter(|row| row.removing);
            rows.map(|row| (row.listener.member, row.listener.name.to_string())).collect::<BTreeMap<_, _>>()
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
                    let undo = move || presence.press(Input::UndoPressed(member));
                    toasts.show(Toast::new(format!("{name} is being removed.")).with_action("Undo", undo).lasting(None))
                });
            }
        });
    });
    // Toasts outlast the page that shows them, but what they undo does not.
    on_cleanup(move || announced.with_value(|announced| announced.values().for_each(|id| toasts.dismiss(*id))));
}

/// As many listeners as are found at a glance.
const SEARCH_FROM: usize = 8;

fn sorted(mut rows: Vec<ListenerRow>, sought: &str) -> Vec<ListenerRow> {
    let sought = sought.trim().to_lowercase();
    rows.retain(|row| sought.is_empty() || row.listener.name.as_str().to_lowercase().contains(&sought));
    rows.sort_by_key(|row| Reverse(row.listener.active_at));
    rows
}

/// Draws the rows that can be seen, and keeps the room of the others.
#[component]
fn List(presence: Presence, rows: Memo<Vec<ListenerRow>>) -> impl IntoView {
    let (list, before, after) = (NodeRef::<html::Ul>::new(), NodeRef::<html::Li>::new(), NodeRef::<html::Li>::new());
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
    let total = move || rows.with(Vec::len);
    let visible = move || {
        let Window { first, last, .. } = seen.get();
        rows.with(|rows| {
            let members = rows[first..last].iter().map(|row| row.listener.member);
            members.enumerate().map(|(index, member)| (first + index + 1, member)).collect::<Vec<_>>()
        })
    };
    view! {
        <ul class="audience" node_ref=list on:scroll=on_scroll tabindex="0" aria-label="Listeners">
            <li node_ref=before aria-hidden="true"></li>
            <For each=visible key=|(position, member)| (*position, *member) let((position, member))>
                <li class="audience-row" data-testid="listener" aria-posinset=position aria-setsize=total>
                    <Row presence rows member />
                </li>
            </For>
            <li node_ref=after aria-hidden="true"></li>
        </ul>
    }
    .into_any()
}

#[component]
fn Row(presence: Presence, rows: Memo<Vec<ListenerRow>>, member: MemberId) -> impl IntoView {
    let row = Memo::new(move |_| rows.with(|rows| rows.iter().find(|row| row.listener.member == member).cloned()));
    let name =
        Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.listener.name.to_string()).unwrap_or_default()));
    let email = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| row.listener.email.clone())));
    let state = move || row.with(|row| row.as_ref().map_or("", state_of));
    let said = move || {
        row.with(|row| {
            let listener = &row.as_ref()?.listener;
            let text = listener.last_message.as_ref().map(|text| format!("“{text}”"));
            let emoji = listener.last_reaction.map(|reaction| reaction.emoji().to_owned());
            Some([emoji, text].into_iter().flatten().collect::<Vec<_>>().join(" "))
        })
    };
    let measured = move || {
        presence.statistics.with(|round| {
            let (_, statistics) = round.iter().find(|(of, _)| *of == member)?;
            Some(measured_text(statistics))
        })
    };
    let is_removing = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.removing)));
    view! {
        <div class="audience-who">
            <span class="truncate font-semibold">
                <bdi>{name}</bdi>
            </span>
            {move || {
                email.get().map(|email| {
                    view! {
                        <span class="truncate text-sm text-muted">
                            <bdi>{email}</bdi>
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
                {move || if is_removing.get() { "removing" } else { state() }}
            </span>
            <span class="text-sm text-muted tabular-nums">{measured}</span>
        </div>
        // Each in a place of its own: where one button takes the place of another, leptos 0.8 keeps the first one's listener.
        <Show when=move || is_removing.get()>
            <Button variant=Variant::Secondary on:click=move |_| presence.press(Input::UndoPressed(member))>
                "Undo"
            </Button>
        </Show>
        <Show when=move || !is_removing.get()>
            <IconButton
                label=move || format!("Remove {}", name.get())
                glyph=Glyph::Close
                on:click=move |_| presence.press(Input::RemovePressed(member))
            />
        </Show>
    }
    .into_any()
}

/// Path, round trip and loss.
fn measured_text(statistics: &PeerStatistics) -> String {
    let path = statistics.path.as_ref().map(|path| path.name().to_owned());
    let round_trip = statistics.round_trip_ms.map(|ms| format!("{ms} ms"));
    let lost = statistics.loss_permille.map(|permille| format!("{} % lost", permille.div_ceil(10)));
    [path, round_trip, lost].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn state_of(row: &ListenerRow) -> &'static str {
    match (row.listener.attached, row.peer) {
        (false, _) => "reconnecting",
        (true, Some(peer)) => PeerState::name(peer),
        (true, None) => "new",
    }
}
