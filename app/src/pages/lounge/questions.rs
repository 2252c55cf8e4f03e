//! What the page asks before it does something that others notice, and what it shows over the conversation.

use std::time::Duration;

use heartogether::{
    id::{DisplayName, RoomName},
    limits::{NAME_CHARS, ROOM_NAME_CHARS},
    refusal::Refusal,
};
use heartogether_client::Input;
use leptos::{ev, html};
use leptos_router::hooks::use_navigate;

use super::{
    erased::{action as menu_line, press, said},
    invite::invite,
    pins::pins,
    reports::{report, reports},
    search::search,
    shared::{Lounge, Person, Question},
    waiting::waiting,
};
use crate::{
    components::{Button, Glyph, Toast, Toasts, Variant},
    locale::{self, Key, Locale, Phrase},
    prelude::*,
    routes,
    text::{action, lounge as text},
};

/// How long a removal can be taken back.
const UNDO: Duration = Duration::from_secs(5);

/// What is in the dialog.
pub(super) fn question(lounge: Lounge, asked: Question) -> AnyView {
    let locale = Locale::current();
    match asked {
        Question::Invite => invite(lounge),
        Question::Report(number) => report(lounge, number),
        Question::Reports => reports(lounge),
        Question::Waiting => waiting(lounge),
        Question::Pins => pins(lounge),
        Question::Search => search(lounge),
        Question::About(person) => about(lounge, person, locale),
        Question::NameOneself => name_oneself(lounge, locale),
        Question::NameLounge => name_lounge(lounge, locale),
        asked => {
            let (navigate, toasts) = (use_navigate(), expect_context::<Toasts>());
            let go_home = leptos::prelude::StoredValue::new_local(move || navigate(routes::HOME, Default::default()));
            let leave = move || go_home.with_value(|go_home| go_home());
            ask(lounge, asked, locale, Callback::new(move |asked| carry_out(lounge, &asked, toasts, leave)))
        }
    }
}

/// What can be done about a member.
fn about(lounge: Lounge, person: Person, locale: Locale) -> AnyView {
    let heading = locale.say(text::actions_for(&person.name)).into_owned();
    let choice = |glyph: Glyph, label: Key, question: fn(Person) -> Question| {
        let person = person.clone();
        menu_line(glyph, label, press(move |_| lounge.question.set(Some(question(person.clone())))))
    };
    let is_owner = lounge.is_owner.get_untracked();
    let (member, is_blocked) = (person.member, person.is_blocked);
    let block = match is_blocked {
        true => {
            let unblock = press(move |_| {
                lounge.press(Input::MemberBlocked { member, blocked: false });
                lounge.question.set(None);
            });
            menu_line(Glyph::Muted, text::UNBLOCK, unblock)
        }
        false => choice(Glyph::Muted, text::BLOCK, Question::Block),
    };
    view! {
        <div class="question-body">
            <h2>{heading}</h2>
            <div>
                {is_owner.then(|| {
                    view! {
                        {choice(Glyph::Crown, text::HAND_OVER, Question::HandOver)}
                        {choice(Glyph::Leave, text::SEND_OUT, Question::SendOut)}
                        {choice(Glyph::Close, text::BAN, Question::Ban)}
                    }
                })}
                {block}
            </div>
            {cancel(lounge)}
        </div>
    }
    .into_any()
}

/// What is asked, what it means, and what doing it is called.
fn words(asked: &Question) -> (Phrase, Key, Key) {
    match asked {
        Question::DeleteMessage(_) => (text::DELETE_QUESTION.into(), text::DELETE_HINT, text::DELETE),
        Question::HandOver(person) => (text::hand_over_question(&person.name), text::HAND_OVER_HINT, text::HAND_OVER),
        Question::SendOut(person) => (text::send_out_question(&person.name), text::SEND_OUT_HINT, text::SEND_OUT),
        Question::Block(person) => (text::block_question(&person.name), text::BLOCK_HINT, text::BLOCK),
        Question::Ban(person) => (text::ban_question(&person.name), text::BAN_HINT, text::BAN),
        Question::Leave => (text::LEAVE_QUESTION.into(), text::LEAVE_HINT, text::LEAVE),
        _ => (text::END_QUESTION.into(), text::END_HINT, text::END_FOR_ALL),
    }
}

/// A question with two answers.
fn ask(lounge: Lounge, asked: Question, locale: Locale, carry_out: Callback<Question>) -> AnyView {
    let (heading, hint, yes) = words(&asked);
    let act = press(move |_| {
        lounge.question.set(None);
        carry_out.run(asked.clone());
    });
    view! {
        <div class="question-body">
            <h2>{locale.say(heading)}</h2>
            <p>{hint}</p>
            <div class="question-answers">
                <Button variant=Variant::Danger on:click=act>
                    {yes}
                </Button>
                {cancel(lounge)}
            </div>
        </div>
    }
    .into_any()
}

fn cancel(lounge: Lounge) -> AnyView {
    view! {
        <Button variant=Variant::Secondary on:click=press(move |_| lounge.question.set(None))>
            {text::CANCEL}
        </Button>
    }
    .into_any()
}

fn carry_out(lounge: Lounge, asked: &Question, toasts: Toasts, go_home: impl Fn()) {
    match asked {
        Question::DeleteMessage(number) => lounge.press(Input::MessageDeleted(*number)),
        Question::HandOver(person) => lounge.press(Input::HandOverPressed(person.member)),
        Question::Block(person) => lounge.press(Input::MemberBlocked { member: person.member, blocked: true }),
        Question::SendOut(person) => lounge.press(Input::SendOutPressed(person.member)),
        Question::Delete => lounge.press(Input::StopPressed),
        Question::Ban(person) => {
            // The removal waits for a moment, in which it can be taken back. Who asks to come in is declined at once, also then.
            let member = person.member;
            if lounge.waits(member) {
                lounge.press(Input::JoinAnswered { member, admit: false });
            }
            lounge.press(Input::RemovePressed(member));
            let undo = move || lounge.press(Input::UndoPressed(member));
            toasts.show(Toast::new(text::banned(&person.name)).with_action(action::UNDO, undo).lasting(UNDO));
        }
        Question::Leave => {
            lounge.press(Input::MembershipEnded);
            toasts.show(Toast::new(text::left(lounge.title.get_untracked())));
            go_home();
        }
        _ => {}
    }
}

/// What a field is for, and what is in it.
struct NameField {
    heading: Key,
    label: Key,
    now: String,
    most_chars: usize,
    /// Takes what was typed, or says why not.
    take: fn(&str) -> Result<Input, Refusal>,
}

/// A field for a name, and what is wrong with it.
fn name_form(
    lounge: Lounge,
    NameField { heading, label, now, most_chars, take }: NameField,
    locale: Locale,
) -> AnyView {
    let (field, refusal) = (NodeRef::<html::Input>::new(), RwSignal::new(None));
    let save = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        match take(&field.value()) {
            Ok(input) => {
                lounge.press(input);
                lounge.question.set(None);
            }
            Err(why) => refusal.set(Some(why)),
        }
    };
    let error = move || refusal.get().map(|why| locale.say(locale::refusal(why)).into_owned()).unwrap_or_default();
    view! {
        <form class="question-body" on:submit=save>
            <h2>{heading}</h2>
            <div class="field">
                <label class="field-label" for="new-name">
                    {label}
                </label>
                <input
                    node_ref=field
                    class="input"
                    id="new-name"
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    autofocus
                    value=now
                    maxlength=most_chars.to_string()
                    aria-describedby="new-name-error"
                />
                <p class="field-error" id="new-name-error" role="alert">
                    {said(error)}
                </p>
            </div>
            <div class="question-answers">
                <Button submit=true>{text::SAVE}</Button>
                {cancel(lounge)}
            </div>
        </form>
    }
    .into_any()
}

fn name_oneself(lounge: Lounge, locale: Locale) -> AnyView {
    let now = untrack(|| lounge.oneself()).map(|person| person.name.to_string()).unwrap_or_default();
    let take = |typed: &str| DisplayName::parse(typed).map(Input::NameChosen);
    let (heading, label) = (text::RENAME_ONESELF, text::NAME_HERE);
    name_form(lounge, NameField { heading, label, now, most_chars: NAME_CHARS, take }, locale)
}

fn name_lounge(lounge: Lounge, locale: Locale) -> AnyView {
    let name = lounge.handle.room.with_untracked(|room| room.as_ref().and_then(|room| room.name.clone()));
    let now = name.map(|name| name.to_string()).unwrap_or_default();
    let take = |typed: &str| RoomName::parse(typed).map(Input::RoomNameChosen);
    let (heading, label) = (text::RENAME_LOUNGE, text::LOUNGE_NAME);
    name_form(lounge, NameField { heading, label, now, most_chars: ROOM_NAME_CHARS, take }, locale)
}
