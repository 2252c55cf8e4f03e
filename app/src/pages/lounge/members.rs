//! The members, and what the owner can do about each.

use leptos::prelude::*;

use super::{
    erased::{Attribute, attribute, flag, part, part_when, press, rows, said},
    shared::{Lounge, Person, Question},
};
use crate::{
    components::{Avatar, Glyph, Icon},
    locale::{Locale, Value},
    text::lounge as text,
};

/// The owner first, then those who are here.
pub(super) fn members(lounge: Lounge) -> AnyView {
    let (people, locale) = (lounge.people, Locale::current());
    let ids = move || people.with(|people| people.iter().map(|person| person.member.to_string()).collect());
    view! {
        <h2>{text::MEMBERS} " " <span class="text-muted">{said(move || people.with(Vec::len).to_string())}</span></h2>
        <ul class="members" aria-label=text::MEMBERS>
            {rows(ids, move |id| row(lounge, id, locale))}
        </ul>
    }
    .into_any()
}

fn row(lounge: Lounge, id: String, locale: Locale) -> AnyView {
    let id = StoredValue::new(id);
    let person = move || {
        let is_meant = |person: &&Person| id.with_value(|id| person.member.to_string() == *id);
        lounge.people.with(|people| people.iter().find(is_meant).cloned())
    };
    let shown = move || person().map_or_else(|| ().into_any(), |person| about(&person, locale));
    let may_act = move || lounge.is_owner.get() && person().is_some_and(|person| !person.is_oneself);
    let button = move || {
        let ask = press(move |_| lounge.question.set(untrack(person).map(Question::About)));
        let label = attribute(move || Some(locale.say(text::actions_for(&person()?.name)).into_owned()));
        view! {
            <button type="button" class="icon-button" aria-haspopup="dialog" aria-label=label title=text::ACTIONS on:click=ask>
                <Icon glyph=Glyph::More />
            </button>
        }
        .into_any()
    };
    let is_here = move || person().is_some_and(|person| person.is_here);
    view! {
        <li class="member" data-testid="member" data-here=flag(is_here) data-flash=flash(is_here)>
            {part(shown)}
            {part_when(may_act, button)}
        </li>
    }
    .into_any()
}

/// Who it is.
fn about(person: &Person, locale: Locale) -> AnyView {
    let name = locale.write(&Value::from(&person.name));
    let words = [(person.is_owner, text::OWNER), (person.is_oneself, text::YOU_TOO)];
    let words = words.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| locale.say(word));
    view! {
        <Avatar name=name.clone() />
        <span class="member-name">
            <span translate="no" dir="auto">
                {name.clone()}
            </span>
            <span class="member-about">{words.collect::<Vec<_>>().join(" · ")}</span>
        </span>
        <span class="sr-only">{locale.say(if person.is_here { text::IS_HERE } else { text::IS_AWAY })}</span>
    }
    .into_any()
}

/// A row flashes when its member comes or goes, and not when it is drawn first.
fn flash(is_here: impl Fn() -> bool + Send + Sync + 'static) -> Attribute {
    let first = StoredValue::new(None);
    attribute(move || {
        let now = is_here();
        let has_changed = first.get_value().is_some_and(|first| first != now);
        if first.get_value().is_none() {
            first.set_value(Some(now));
        }
        let name = if now { "came" } else { "went" };
        // Once it has changed, each change flashes.
        if has_changed {
            first.set_value(Some(!now));
        }
        has_changed.then(|| name.to_owned())
    })
}
