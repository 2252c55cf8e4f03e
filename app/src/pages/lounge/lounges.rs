//! The visitor's lounges, with what is new in each.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{
    erased::{effect, icon_button, part, press},
    news::Unread,
    shared::Lounge,
    standing::Standing,
};
use crate::{
    api::{SavedLounge, saved_lounges},
    components::{Avatar, Glyph, Icon, LanguageSwitch, ThemeSelect},
    locale::Locale,
    routes,
    text::{action, lounge as text},
};

/// How often the list is asked for while the page is in sight.
const ASKED_EVERY: Duration = Duration::from_secs(15);

/// The list, and what every page has at its end.
pub(super) fn lounges(lounge: Lounge, unread: Unread) -> AnyView {
    keep_up_to_date(lounge);
    let locale = Locale::current();
    let rows = move || {
        let saved = lounge.saved.get();
        saved.into_iter().map(|saved| row(lounge, unread, &saved, locale)).collect_view().into_any()
    };
    view! {
        <nav class="lounges" aria-label=text::LOUNGES>
            <div class="lounges-head">
                <h2>{text::LOUNGES}</h2>
                <span class="only-narrow">
                    {icon_button(Glyph::Close, action::CLOSE, press(move |_| lounge.sheet.set(None)))}
                </span>
            </div>
            <ul class="lounges-list">{part(rows)}</ul>
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

/// A row. What is known of the lounge that is open is newer than the list.
fn row(lounge: Lounge, unread: Unread, saved: &SavedLounge, locale: Locale) -> AnyView {
    let is_here = saved.code == lounge.code;
    let (name, count, is_muted) = match is_here {
        true => {
            let count = u32::try_from(unread.count.get()).unwrap_or(u32::MAX);
            (lounge.title.get(), count, lounge.muted.get())
        }
        false => (name_of(saved, locale), count_of(saved), saved.muted),
    };
    let muted = is_muted.then(|| {
        view! { <span class="muted-sign" title=locale.say(text::MUTED)><Icon glyph=Glyph::BellOff /></span> }
    });
    let counted = (count > 0).then(|| {
        let label = locale.say(text::new_messages(count)).into_owned();
        view! { <span class="count" role="img" aria-label=label>{shown_count(count)}</span> }
    });
    view! {
        <li>
            <a
                class="lounges-row"
                href=routes::href(&routes::lounge(saved.code))
                aria-current=is_here.then_some("page")
                on:click=press(move |_| lounge.sheet.set(None))
            >
                <Avatar name=name.clone() />
                <span class="lounges-name" translate="no" dir="auto">
                    {name.clone()}
                </span>
                {muted}
                {counted}
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
    effect(move || {
        if lounge.standing.get() == Standing::Open {
            ask();
        }
    });
    effect(move || {
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
