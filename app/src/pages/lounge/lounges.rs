//! The visitor's lounges, with what is new in each.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{news::Unread, shared::Lounge, standing::Standing};
use crate::{
    api::{SavedLounge, saved_lounges},
    components::{Avatar, Glyph, Icon, IconButton, LanguageSwitch, ThemeSelect},
    locale::Locale,
    routes,
    text::{action, lounge as text},
};

/// How often the list is asked for while the page is in sight.
const ASKED_EVERY: Duration = Duration::from_secs(15);

/// The list, and what every page has at its end.
#[component]
pub(super) fn Lounges(lounge: Lounge, unread: Unread) -> impl IntoView {
    keep_up_to_date(lounge);
    let saved = lounge.saved;
    let rows = move || saved.with(|saved| saved.iter().map(|row| row.code).collect::<Vec<_>>());
    let row = move |code| {
        let row = Memo::new(move |_| saved.with(|saved| saved.iter().find(|row| row.code == code).cloned()));
        view! { <Row lounge unread row /> }
    };
    view! {
        <nav class="lounges" aria-label=text::LOUNGES>
            <div class="lounges-head">
                <h2>{text::LOUNGES}</h2>
                <span class="only-narrow">
                    <IconButton label=action::CLOSE glyph=Glyph::Close on:click=move |_| lounge.sheet.set(None) />
                </span>
            </div>
            <ul class="lounges-list">
                <For each=rows key=|code| *code let(code)>
                    {row(code)}
                </For>
            </ul>
            <div class="lounges-foot">
                <a class="link" href=routes::href(routes::HOME)>
                    {text::OPEN_ANOTHER}
                </a>
                <LanguageSwitch />
                <ThemeSelect />
            </div>
        </nav>
    }
    .into_any()
}

#[component]
fn Row(lounge: Lounge, unread: Unread, row: Memo<Option<SavedLounge>>) -> impl IntoView {
    let locale = Locale::current();
    let code = row.with_untracked(|row| row.as_ref().map(|row| row.code));
    let is_here = code == Some(lounge.code);
    let name = Memo::new(move |_| match is_here {
        true => lounge.title.get(),
        false => row.with(|row| row.as_ref().map(|row| name_of(row, locale)).unwrap_or_default()),
    });
    let count = Memo::new(move |_| match is_here {
        true => u32::try_from(unread.count.get()).unwrap_or(u32::MAX),
        false => row.with(|row| row.as_ref().map(count_of).unwrap_or_default()),
    });
    let is_muted = Memo::new(move |_| match is_here {
        true => lounge.muted.get(),
        false => row.with(|row| row.as_ref().is_some_and(|row| row.muted)),
    });
    view! {
        <li>
            <a
                class="lounges-row"
                href=code.map(|code| routes::href(&routes::lounge(code)))
                aria-current=is_here.then_some("page")
                on:click=move |_| lounge.sheet.set(None)
            >
                <Avatar name=name />
                <span class="lounges-name" translate="no" dir="auto">
                    {move || name.get()}
                </span>
                {move || is_muted.get().then(|| view! { <span class="muted-sign" title=text::MUTED><Icon glyph=Glyph::BellOff /></span> })}
                {move || {
                    (count.get() > 0).then(|| view! { <span class="count" aria-label=text::new_messages(count.get())>{shown_count(count.get())}</span> })
                }}
            </a>
        </li>
    }
    .into_any()
}

/// What a lounge is called in a list.
fn name_of(row: &SavedLounge, locale: Locale) -> String {
    let owners = || locale.say(text::of(&row.owner_name)).into_owned();
    row.name.as_ref().map_or_else(owners, ToString::to_string)
}

fn count_of(row: &SavedLounge) -> u32 {
    u32::try_from(row.unread()).unwrap_or(u32::MAX)
}

/// More than two digits say nothing more.
fn shown_count(count: u32) -> String {
    if count > 99 { "99+".to_owned() } else { count.to_string() }
}

/// What is new in the visitor's other lounges, muted ones apart. Reads reactively.
pub(super) fn unread_elsewhere(lounge: Lounge) -> u32 {
    let is_told = |row: &&SavedLounge| row.code != lounge.code && !row.muted;
    lounge.saved.with(|saved| saved.iter().filter(is_told).map(count_of).fold(0, u32::saturating_add))
}

/// Asks for the list now and then, and when the visitor has come in.
fn keep_up_to_date(lounge: Lounge) {
    let ask = move || {
        spawn_local(async move {
            if let Ok(saved) = saved_lounges().await {
                // The page may have gone meanwhile.
                _ = lounge.saved.try_update(|known| {
                    if *known != saved {
                        *known = saved
                    }
                });
            }
        });
    };
    let is_open = Memo::new(move |_| lounge.standing.get() == Standing::Open);
    Effect::new(move |_| {
        if is_open.get() {
            ask();
        }
    });
    Effect::new(move |_| {
        let ask_if_seen = move || {
            if !document().hidden() {
                ask()
            }
        };
        let timer = set_interval_with_handle(ask_if_seen, ASKED_EVERY);
        let seen = window_event_listener_untyped("visibilitychange", move |_| ask_if_seen());
        on_cleanup(move || {
            seen.remove();
            timer.iter().for_each(leptos::leptos_dom::helpers::IntervalHandle::clear);
        });
    });
}
