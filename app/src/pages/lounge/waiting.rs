//! Those who ask to come in, for the owner, who lets each in, declines or bans.

use heartogether::{refusal::Refusal, room::Waiting};
use heartogether_client::Input;
use leptos::html;

use super::{
    erased::{part_when, press, rows, said},
    shared::{Lounge, Person, Question},
};
use crate::{
    components::{Button, Variant, focus},
    locale::{self, Key, Locale, Phrase, Value},
    prelude::*,
    text::{action, lounge as text},
};

/// The list. Who is answered is gone from it.
pub(super) fn waiting(lounge: Lounge) -> AnyView {
    let locale = Locale::current();
    let waiting = Memo::new(move |_| {
        lounge.handle.room.with(|room| room.as_ref().map(|room| room.waiting.clone()).unwrap_or_default())
    });
    let is_empty = move || waiting.with(Vec::is_empty);
    let nobody = || view! { <p class="text-muted">{text::NOBODY_WAITS}</p> }.into_any();
    let list = move || {
        let ids = move || waiting.with(|waiting| waiting.iter().map(id).collect());
        let draw = move |row: String| {
            let found = waiting.with_untracked(|waiting| waiting.iter().find(|waiting| id(waiting) == row).cloned());
            found.map_or_else(|| ().into_any(), |waiting| about(lounge, &waiting, locale))
        };
        view! { <ul class="reports">{rows(ids, draw)}</ul> }.into_any()
    };
    let close = press(move |_| lounge.question.set(None));
    let heading = NodeRef::<html::H2>::new();
    // The buttons of who is answered are gone. Whoever presses a key twice answers nobody else.
    let go_on = move || focus::focus_on(heading.try_get_untracked().flatten().map(Into::into));
    focus::rescue_on_change(move || waiting.with(|waiting| waiting.iter().map(id).collect::<Vec<_>>()), go_on);
    view! {
        <div class="question-body">
            <h2 tabindex="-1" node_ref=heading>
                {text::WAITING}
            </h2>
            {part_when(is_empty, nobody)}
            {part_when(move || !is_empty(), list)}
            <Button variant=Variant::Secondary on:click=close>
                {action::CLOSE}
            </Button>
        </div>
    }
    .into_any()
}

/// Who asks anew under another name has another row.
fn id(waiting: &Waiting) -> String {
    format!("{} {}", waiting.member, waiting.name)
}

/// Who asks, and the three answers.
fn about(lounge: Lounge, waiting: &Waiting, locale: Locale) -> AnyView {
    let (name, member) = (locale.write(&Value::from(&waiting.name)), waiting.member);
    let refused = move || {
        let refused = lounge.handle.refused_answer.get().filter(|(refused, _)| *refused == member);
        refused.map(|(_, why)| locale.say(cannot_be_let_in(why)).into_owned()).unwrap_or_default()
    };
    let person = Person {
        member,
        name: waiting.name.clone(),
        has_picture: false,
        is_here: false,
        is_owner: false,
        is_oneself: false,
        is_blocked: false,
    };
    let ban = press(move |_| lounge.question.set(Some(Question::Ban(person.clone()))));
    let ban_described = locale.say(text::ban_one(&waiting.name)).into_owned();
    let answer = |label: Key, described: Phrase, variant: Variant, admit: bool| {
        let act = press(move |_| lounge.press(Input::JoinAnswered { member, admit }));
        let described = locale.say(described).into_owned();
        view! {
            <Button variant attr:aria-label=described on:click=act>
                {label}
            </Button>
        }
    };
    view! {
        <li class="report" data-testid="asks">
            <p class="report-author" dir="auto" translate="no">
                {name}
            </p>
            <div class="question-answers">
                {answer(text::ADMIT, text::admit_one(&waiting.name), Variant::Primary, true)}
                {answer(text::DECLINE, text::decline_one(&waiting.name), Variant::Secondary, false)}
                <Button variant=Variant::Ghost attr:aria-label=ban_described attr:aria-haspopup="dialog" on:click=ban>
                    {text::BAN}
                </Button>
            </div>
            <p class="field-error" role="alert">
                {said(refused)}
            </p>
        </li>
    }
    .into_any()
}

/// Why the owner cannot let somebody in. What else is said of a refusal is said to whoever asks.
const fn cannot_be_let_in(refusal: Refusal) -> Key {
    match refusal {
        Refusal::RoomFull => text::ADMIT_FULL,
        Refusal::AddressFull => text::ADMIT_ADDRESS_FULL,
        Refusal::NameTaken => text::ADMIT_NAME_TAKEN,
        Refusal::Removed => text::ADMIT_BANNED,
        refusal => locale::refusal(refusal),
    }
}
