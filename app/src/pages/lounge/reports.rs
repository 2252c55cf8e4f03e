//! Messages that were reported: how a member reports one, and what the owner decides about each.

use heartogether::{
    engagement::MessageText,
    id::MessageNumber,
    limits::REPORT_CHARS,
    room::{Message, Report, ReportedMessage},
};
use heartogether_client::Input;
use leptos::{ev, html};

use super::{
    erased::{action as menu_line, effect, part, press, said},
    shared::{Lounge, Person, Question},
    words::first_line,
};
use crate::{
    components::{Button, Glyph, Icon, Toast, Toasts, Variant},
    locale::{self, Key, Locale, Value},
    prelude::*,
    text::{action, lounge as text},
};

/// Characters of a reported message.
const SHOWN_CHARS: usize = 300;

/// Asks why a message is reported. Who does not say it reports it all the same.
pub(super) fn report(lounge: Lounge, number: MessageNumber) -> AnyView {
    let (field, refusal) = (NodeRef::<html::Input>::new(), RwSignal::new(None));
    let (locale, toasts) = (Locale::current(), expect_context::<Toasts>());
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let typed = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let reason = if typed.trim().is_empty() { Ok(None) } else { MessageText::parse(&typed).map(Some) };
        match reason {
            Ok(reason) => {
                lounge.press(Input::MessageReported { number, reason });
                lounge.question.set(None);
                toasts.show(Toast::new(text::REPORTED));
            }
            Err(why) => refusal.set(Some(why)),
        }
    };
    let error = move || refusal.get().map(|why| locale.say(locale::refusal(why)).into_owned()).unwrap_or_default();
    let cancel = press(move |_| lounge.question.set(None));
    // The dialog is open before this is loaded.
    effect(move || {
        if let Some(field) = field.get() {
            // A browser that refuses leaves the focus where it is, which hurts nobody.
            let _ = field.focus();
        }
    });
    view! {
        <form class="question-body" on:submit=send>
            <h2>{text::REPORT_QUESTION}</h2>
            <p>{text::REPORT_HINT}</p>
            <div class="field">
                <label class="field-label" for="report-reason">
                    {text::REPORT_REASON}
                </label>
                <input
                    node_ref=field
                    class="input"
                    id="report-reason"
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    maxlength=REPORT_CHARS.to_string()
                    aria-describedby="report-error"
                />
                <p class="field-error" id="report-error" role="alert">
                    {said(error)}
                </p>
            </div>
            <div class="question-answers">
                <Button submit=true>{text::REPORT_SEND}</Button>
                <Button variant=Variant::Secondary on:click=cancel>
                    {text::CANCEL}
                </Button>
            </div>
        </form>
    }
    .into_any()
}

/// What was reported, for the owner. What is decided is gone from the list.
pub(super) fn reports(lounge: Lounge) -> AnyView {
    let locale = Locale::current();
    let reported = Memo::new(move |_| {
        lounge.handle.room.with(|room| room.as_ref().map(|room| room.reports.clone()).unwrap_or_default())
    });
    let list = move || {
        let reported = reported.get();
        if reported.is_empty() {
            return view! { <p class="text-muted">{text::NO_REPORTS}</p> }.into_any();
        }
        let items = reported.iter().map(|reported| about(lounge, reported, locale)).collect_view();
        view! { <ul class="reports">{items}</ul> }.into_any()
    };
    let close = press(move |_| lounge.question.set(None));
    view! {
        <div class="question-body">
            <h2>{text::REPORTS}</h2>
            {part(list)}
            <Button variant=Variant::Secondary on:click=close>
                {action::CLOSE}
            </Button>
        </div>
    }
    .into_any()
}

/// A message, who has reported it, and what can be done about it.
fn about(lounge: Lounge, reported: &ReportedMessage, locale: Locale) -> AnyView {
    let number = reported.number;
    let author = author_of(lounge, reported);
    let words = lounge.text_of(number).map(|words| first_line(&locale.write(&Value::from(&words)), SHOWN_CHARS));
    let words = words.unwrap_or_else(|| locale.say(text::EARLIER_MESSAGE).into_owned());
    let name = author.as_ref().map(|person| locale.write(&Value::from(&person.name))).unwrap_or_default();
    let why = |report: &Report| {
        let phrase = match &report.reason {
            Some(reason) => text::reported_because(&report.name, reason),
            None => text::reported_by(&report.name),
        };
        view! { <li>{locale.say(phrase)}</li> }
    };
    let by = reported.by.iter().map(why).collect_view();
    let choice = |glyph: Glyph, label: Key, act: Box<dyn Fn()>| menu_line(glyph, label, press(move |_| act()));
    let go = move || {
        lounge.question.set(None);
        lounge.sought.set(Some(number));
    };
    let ask =
        move |question: Question| -> Box<dyn Fn()> { Box::new(move || lounge.question.set(Some(question.clone()))) };
    let dismiss = move || lounge.press(Input::ReportsDismissed(number));
    let others = author.filter(|person| !person.is_oneself);
    view! {
        <li class="report" data-testid="report">
            <p class="report-author" dir="auto" translate="no">
                {name}
            </p>
            <p class="report-words" dir="auto" translate="no">
                {words}
            </p>
            <ul class="report-by">{by}</ul>
            <div>
                {choice(Glyph::Chat, text::GO_TO, Box::new(go))}
                {choice(Glyph::Check, text::DISMISS, Box::new(dismiss))}
                {choice(Glyph::Delete, text::DELETE, ask(Question::DeleteMessage(number)))}
                {others.map(|person| author_actions(lounge, person, locale))}
            </div>
        </li>
    }
    .into_any()
}

/// What can be done about the author.
fn author_actions(lounge: Lounge, person: Person, locale: Locale) -> AnyView {
    let label = locale.say(text::actions_for(&person.name)).into_owned();
    let ask = press(move |_| lounge.question.set(Some(Question::About(person.clone()))));
    view! {
        <button type="button" class="action" aria-haspopup="dialog" on:click=ask>
            <Icon glyph=Glyph::Person />
            {label}
        </button>
    }
    .into_any()
}

/// The author as a member, or, if they have left, as they were called when they wrote.
fn author_of(lounge: Lounge, reported: &ReportedMessage) -> Option<Person> {
    let member = reported.author;
    let is_there = |people: &Vec<Person>| people.iter().find(|person| person.member == member).cloned();
    let as_written = |message: &Message| Person {
        member,
        name: message.name.clone(),
        has_picture: false,
        is_here: false,
        is_owner: false,
        is_oneself: false,
        is_blocked: false,
    };
    lounge.people.with_untracked(is_there).or_else(|| lounge.with_message(reported.number, as_written))
}
