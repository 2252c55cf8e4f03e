//! The members, and what the owner can do about each.

use leptos::{html, prelude::*};

use super::shared::{Lounge, Person, Question};
use crate::{
    components::{Avatar, Glyph, Icon},
    locale::{Key, Locale, Value},
    text::lounge as text,
};

/// The owner first, then those who are here.
#[component]
pub(super) fn Members(lounge: Lounge) -> impl IntoView {
    let people = lounge.people;
    let members = move || people.with(|people| people.iter().map(|person| person.member).collect::<Vec<_>>());
    let count = move || people.with(Vec::len);
    let row = move |member| {
        let person =
            Memo::new(move |_| people.with(|people| people.iter().find(|person| person.member == member).cloned()));
        view! { <Row lounge person /> }
    };
    view! {
        <h2>{text::MEMBERS} " " <span class="text-muted">{count}</span></h2>
        <ul class="members" aria-label=text::MEMBERS>
            <For each=members key=|member| *member let(member)>
                {row(member)}
            </For>
        </ul>
    }
    .into_any()
}

#[component]
fn Row(lounge: Lounge, person: Memo<Option<Person>>) -> impl IntoView {
    let locale = Locale::current();
    let name = Memo::new(move |_| {
        person.with(|person| person.as_ref().map(|person| locale.write(&Value::from(&person.name))).unwrap_or_default())
    });
    let is = move |is: fn(&Person) -> bool| Memo::new(move |_| person.with(|person| person.as_ref().is_some_and(is)));
    let (is_here, is_owner, is_oneself) =
        (is(|person| person.is_here), is(|person| person.is_owner), is(|person| person.is_oneself));
    let about = move || {
        let words = [(is_owner.get(), text::OWNER), (is_oneself.get(), text::YOU_TOO)];
        let said = words.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| locale.say(word));
        said.collect::<Vec<_>>().join(" · ")
    };
    let may_act = Memo::new(move |_| lounge.is_owner.get() && !is_oneself.get());
    // It flashes when its member comes or goes, and not when it is drawn first.
    let flash = Memo::new(move |before: Option<&(bool, bool)>| {
        let here = is_here.get();
        (here, before.is_some_and(|(was_here, flashes)| *flashes || *was_here != here))
    });
    view! {
        <li class="member" data-testid="member" data-here=move || is_here.get().then_some("") data-flash=move || flash.get().1.then(|| if is_here.get() { "came" } else { "went" })>
            <Avatar name=name />
            <span class="member-name">
                <span translate="no" dir="auto">
                    {move || name.get()}
                </span>
                <span class="member-about">{about}</span>
            </span>
            <span class="sr-only">{move || locale.say(if is_here.get() { text::IS_HERE } else { text::IS_AWAY })}</span>
            <Show when=move || may_act.get()>
                <OwnersActions lounge person name />
            </Show>
        </li>
    }
    .into_any()
}

/// What only the owner can do.
#[component]
fn OwnersActions(lounge: Lounge, person: Memo<Option<Person>>, name: Memo<String>) -> impl IntoView {
    let (menu, locale) = (NodeRef::<html::Details>::new(), Locale::current());
    let choice = move |glyph: Glyph, label: Key, question: fn(Person) -> Question| {
        let ask = move |_| {
            menu.get_untracked().iter().for_each(|menu| menu.set_open(false));
            if let Some(person) = person.get_untracked() {
                lounge.question.set(Some(question(person)));
            }
        };
        view! {
            <button type="button" class="action" on:click=ask>
                <Icon glyph />
                {label}
            </button>
        }
    };
    view! {
        <details class="member-menu" node_ref=menu>
            <summary class="icon-button" aria-label=move || locale.say(text::actions_for(name.get())) title=text::ACTIONS>
                <Icon glyph=Glyph::More />
            </summary>
            <div class="member-actions">
                {choice(Glyph::Crown, text::HAND_OVER, Question::HandOver)}
                {choice(Glyph::Leave, text::SEND_OUT, Question::SendOut)}
                {choice(Glyph::Close, text::BAN, Question::Ban)}
            </div>
        </details>
    }
    .into_any()
}
