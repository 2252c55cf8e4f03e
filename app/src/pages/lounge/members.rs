//! The members, and what can be done about each.

use super::{
    erased::{Attribute, attribute, flag, part, part_when, press, rows, said},
    shared::{Lounge, Person, Question},
};
use crate::{
    components::{Avatar, Glyph, Icon},
    locale::{Locale, Value},
    prelude::*,
    text::lounge as text,
};

/// The owner first, then those who are here.
pub(super) fn members(lounge: Lounge) -> AnyView {
    let (people, locale) = (lounge.people, Locale::current());
    let times_drawn = StoredValue::new(0);
    let ids = move || {
        people.with(|people| {
            times_drawn.update_value(|times| *times += i32::from(!people.is_empty()));
            people.iter().map(|person| person.member.to_string()).collect()
        })
    };
    // Those who are there when the list is drawn first have come before.
    let draw = move |id| row(lounge, id, times_drawn.get_value() > 1, locale);
    view! {
        <h2>{text::MEMBERS} " " <span class="text-muted">{said(move || people.with(Vec::len).to_string())}</span></h2>
        <ul class="members" aria-label=text::MEMBERS>
            {rows(ids, draw)}
        </ul>
    }
    .into_any()
}

fn row(lounge: Lounge, id: String, is_new: bool, locale: Locale) -> AnyView {
    let id = StoredValue::new(id);
    let person = move || {
        let is_meant = |person: &&Person| id.with_value(|id| person.member.to_string() == *id);
        lounge.people.with(|people| people.iter().find(is_meant).cloned())
    };
    let shown = move || person().map_or_else(|| ().into_any(), |person| about(lounge, &person, locale));
    let may_act = move || person().is_some_and(|person| !person.is_oneself);
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
        <li class="member" data-testid="member" data-here=flag(is_here) data-flash=flash(is_here, is_new)>
            {part(shown)}
            {part_when(may_act, button)}
        </li>
    }
    .into_any()
}

/// Who it is.
fn about(lounge: Lounge, person: &Person, locale: Locale) -> AnyView {
    let name = locale.write(&Value::from(&person.name));
    let words =
        [(person.is_owner, text::OWNER), (person.is_oneself, text::YOU_TOO), (person.is_blocked, text::IS_BLOCKED)];
    let words = words.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| locale.say(word));
    view! {
        <Avatar name=name.clone() picture=lounge.portrait(person.member, person.has_picture) />
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

/// A row flashes when its member comes or goes, and when it is new.
fn flash(is_here: impl Fn() -> bool + Send + Sync + 'static, is_new: bool) -> Attribute {
    // Whether the member was here last, and how that came about.
    let known = StoredValue::new((untrack(&is_here) && !is_new, None));
    attribute(move || {
        let (before, how) = known.get_value();
        let now = is_here();
        let how = if now == before { how } else { Some(if now { "came" } else { "went" }) };
        known.set_value((now, how));
        how.map(str::to_owned)
    })
}
