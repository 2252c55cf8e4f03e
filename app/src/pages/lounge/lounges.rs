//! The visitor's lounges, with what is new in each.

use std::{cell::Cell, rc::Rc, time::Duration};

use heartogether::{id::MessageNumber, protocol::LoungesChanged, time::Timestamp};
use heartogether_client::ConversationEntry;
use leptos::task::spawn_local;

use super::{
    erased::{effect, icon_button, part, press},
    news::Unread,
    shared::Lounge,
};
use crate::{
    api::{SavedLounge, saved_lounges},
    browser::sleep,
    components::{Avatar, Glyph, Icon, LanguageSwitch, ThemeSelect},
    locale::Locale,
    prelude::*,
    routes,
    text::{action, lounge as text},
};

/// How often the list is asked for while the page is in sight, in case something that the server has told was lost.
const ASKED_EVERY: Duration = Duration::from_secs(5 * 60);
/// The pause before it is asked for again.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(1);

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
    let (name, count, waiting, is_muted) = match is_here {
        true => {
            let counted = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            (lounge.title.get(), counted(unread.count.get()), counted(unread.waiting.get()), lounge.muted.get())
        }
        false => (name_of(saved, locale), count_of(saved), saved.waiting, saved.muted),
    };
    let muted = is_muted.then(|| {
        view! { <span class="muted-sign" title=locale.say(text::MUTED)><Icon glyph=Glyph::BellOff /></span> }
    });
    let counted = (count > 0).then(|| {
        let label = locale.say(text::new_messages(count)).into_owned();
        view! { <span class="count" role="img" aria-label=label>{shown_count(count)}</span> }
    });
    let asked = (waiting > 0).then(|| {
        let label = locale.say(text::ask_to_come_in(waiting)).into_owned();
        view! {
            <span class="count" role="img" aria-label=label data-testid="waiting-count">
                <Icon glyph=Glyph::Person />
                {shown_count(waiting)}
            </span>
        }
    });
    view! {
        <li>
            <a
                class="lounges-row"
                href=routes::href(&routes::lounge(saved.code))
                aria-current=is_here.then_some("page")
                on:click=press(move |_| lounge.sheet.set(None))
            >
                <Avatar name=name.clone() picture=None />
                <span class="lounges-name" translate="no" dir="auto">
                    {name.clone()}
                </span>
                {muted}
                {asked}
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

fn news_of(row: &SavedLounge) -> u32 {
    count_of(row).saturating_add(row.waiting)
}

/// More than two digits say nothing more.
fn shown_count(count: u32) -> String {
    if count > 99 { "99+".to_owned() } else { count.to_string() }
}

/// What is new in the visitor's other lounges, and who asks to come in there; muted ones apart. Reads reactively.
pub(super) fn unread_elsewhere(lounge: Lounge) -> u32 {
    let is_told = |row: &&SavedLounge| row.code != lounge.code && !row.muted;
    lounge.saved.with(|saved| saved.iter().filter(is_told).map(news_of).fold(0, u32::saturating_add))
}

/// Keeps the list in line with what the server tells of the other lounges, and with the conversation in this one.
fn keep_up_to_date(lounge: Lounge) {
    let asking = Rc::new(Cell::new(Asking::default()));
    let when_wanted = asking.clone();
    let mut asked = 0;
    effect(move || {
        let wanted = lounge.list_news.with(|news| news.asked);
        if std::mem::replace(&mut asked, wanted) != wanted {
            ask(lounge, &when_wanted);
        }
    });
    effect(move || {
        lounge.list_news.track();
        show(lounge, lounge.saved.get_untracked());
    });
    let mut last = None;
    effect(move || {
        let now = lounge.handle.conversation.with(|entries| latest(entries));
        if std::mem::replace(&mut last, now) != now {
            show(lounge, lounge.saved.get_untracked());
        }
    });
    effect(move || {
        let asking = asking.clone();
        let ask_if_seen = move || {
            if !document().hidden() {
                ask(lounge, &asking);
            }
        };
        let timer = set_interval_with_handle(ask_if_seen.clone(), ASKED_EVERY);
        let seen = window_event_listener_untyped("visibilitychange", move |_| ask_if_seen());
        on_cleanup(move || {
            seen.remove();
            timer.iter().for_each(leptos::leptos_dom::helpers::IntervalHandle::clear);
        });
    });
}

/// Whether the list is asked for, or is in the pause after it.
#[derive(Clone, Copy, Default)]
struct Asking {
    is_busy: bool,
    /// Whether it is to be asked for once more.
    is_wanted: bool,
}

/// Asks for the list, at most once in [`ASKED_AGAIN_AFTER`].
fn ask(lounge: Lounge, asking: &Rc<Cell<Asking>>) {
    let is_busy = asking.get().is_busy;
    asking.set(Asking { is_busy: true, is_wanted: true });
    if is_busy {
        return;
    }
    let asking = asking.clone();
    spawn_local(async move {
        while asking.get().is_wanted {
            asking.set(Asking { is_busy: true, is_wanted: false });
            if let Ok(saved) = saved_lounges().await {
                take_mute(lounge, &saved);
                show(lounge, saved);
            }
            sleep(ASKED_AGAIN_AFTER).await;
        }
        asking.set(Asking::default());
    });
}

/// Shows a list, with what has changed since it was made.
fn show(lounge: Lounge, mut list: Vec<SavedLounge>) {
    let is_told = lounge.list_news.try_with_untracked(|news| take_in(&mut list, &news.changed)).is_some();
    let last = lounge.handle.conversation.try_with_untracked(|entries| latest(entries)).flatten();
    let here = list.iter_mut().find(|known| known.code == lounge.code);
    if let (Some(here), Some((number, written_at))) = (here, last)
        && number > here.last_message
    {
        (here.last_message, here.written_at) = (number, written_at);
    }
    sort(&mut list);
    if is_told && lounge.saved.try_with_untracked(|known| *known != list) == Some(true) {
        lounge.saved.set(list);
    }
}

/// The latest message that the room has.
fn latest(entries: &[ConversationEntry]) -> Option<(MessageNumber, Timestamp)> {
    let messages = entries.iter().rev().map(|entry| &entry.message);
    messages.map(|message| (message.number, message.sent_at)).find(|(number, _)| *number > MessageNumber::default())
}

/// This lounge was muted on another page, or is not muted any more.
fn take_mute(lounge: Lounge, saved: &[SavedLounge]) {
    let muted = |list: &[SavedLounge]| list.iter().find(|known| known.code == lounge.code).map(|known| known.muted);
    let before = lounge.saved.try_with_untracked(|known| muted(known)).flatten();
    if let Some(now) = muted(saved).filter(|now| before.is_some_and(|before| before != *now)) {
        _ = lounge.muted.try_set(now);
    }
}

/// Changes a list by what the server has told. What the list already has stays.
fn take_in(list: &mut Vec<SavedLounge>, changed: &LoungesChanged) {
    list.retain(|known| !changed.gone.contains(&known.code));
    for known in list {
        if let Some(news) = changed.news.iter().find(|news| news.room == known.code && news.seq >= known.seq) {
            known.name.clone_from(&news.name);
            known.owner_name.clone_from(&news.owner_name);
            (known.last_message, known.written_at, known.seq) = (news.last_message, news.written_at, news.seq);
            known.waiting = news.waiting;
        }
        if let Some(read) = changed.read.iter().find(|read| read.room == known.code) {
            known.read_up_to = known.read_up_to.max(read.up_to);
        }
    }
}

/// The latest comes first. Lists are nearly sorted, and this needs less code than a sort of the library.
fn sort(list: &mut [SavedLounge]) {
    for end in 1..list.len() {
        let mut place = end;
        while place > 0 && list[place - 1].written_at < list[place].written_at {
            list.swap(place - 1, place);
            place -= 1;
        }
    }
}

#[cfg(test)]
mod tests;
