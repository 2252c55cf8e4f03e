//! The search in what members of a lounge have written. A result leads to its message.

use std::time::Duration;

use heartogether::{id::MessageNumber, limits::SEARCH_CHARS};
use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::{
    erased::{effect, icon_button, key, part, part_when, press, said},
    shared::Lounge,
};
use crate::{
    api::{ApiError, FoundMessage, FoundMessages, search_messages},
    browser::locale::{day_name, time_of_day},
    components::{Button, EmptyState, Glyph, Notice, Skeleton, Tone, Variant},
    locale::{Locale, Value},
    prelude::*,
    text::{action, search as text},
};

/// How long the visitor types nothing before what is typed is looked for.
const PAUSE: Duration = Duration::from_millis(350);

/// A search as it is.
#[derive(Clone, Copy)]
struct Searching {
    lounge: Lounge,
    locale: Locale,
    /// What is in the field.
    typed: RwSignal<String>,
    /// What is looked for. Answers about anything else come too late.
    sought: RwSignal<String>,
    /// All results that are here; nothing before the first answer.
    results: RwSignal<Option<FoundMessages>>,
    is_waiting: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    /// Ends the pause.
    pause: StoredValue<Option<TimeoutHandle>>,
    list: NodeRef<html::Ol>,
    field: NodeRef<html::Input>,
}

/// The field, and what was found.
pub(super) fn search(lounge: Lounge) -> AnyView {
    let searching = Searching {
        lounge,
        locale: Locale::current(),
        typed: RwSignal::default(),
        sought: RwSignal::default(),
        results: RwSignal::new(None),
        is_waiting: RwSignal::new(false),
        failure: RwSignal::new(None),
        pause: StoredValue::new(None),
        list: NodeRef::new(),
        field: NodeRef::new(),
    };
    on_cleanup(move || searching.stop_pause());
    let walk = key(move |event: KeyboardEvent| {
        if searching.go(event.key().as_str()) {
            event.prevent_default();
        }
    });
    view! {
        <div class="question-body search" data-testid="search" on:keydown=walk>
            <div class="search-head">
                <h2>{text::HEADING}</h2>
                {icon_button(Glyph::Close, action::CLOSE, press(move |_| lounge.question.set(None)))}
            </div>
            {field(searching)}
            <p class="field-hint" role="status" data-testid="search-status">
                {said(move || searching.status())}
            </p>
            {part_when(move || searching.failure.with(Option::is_some), move || failed(searching))}
            {results(searching)}
        </div>
    }
    .into_any()
}

impl Searching {
    fn stop_pause(self) {
        if let Some(pause) = self.pause.try_update_value(Option::take).flatten() {
            pause.clear();
        }
    }

    /// The visitor has typed: what is typed is looked for after a pause.
    fn note_typed(self, typed: String) {
        self.typed.set(typed);
        self.stop_pause();
        let pause = set_timeout_with_handle(move || self.begin(), PAUSE);
        self.pause.set_value(pause.ok());
    }

    /// Looks for what is typed, unless that is what was looked for last.
    fn begin(self) {
        self.stop_pause();
        let typed = self.typed.get_untracked().trim().to_owned();
        if typed == self.sought.get_untracked() && self.failure.with_untracked(Option::is_none) {
            return;
        }
        self.sought.set(typed);
        self.results.set(None);
        self.fetch(None);
    }

    /// Asks for a page of results. An empty search finds nothing.
    fn fetch(self, before: Option<MessageNumber>) {
        let sought = self.sought.get_untracked();
        self.failure.set(None);
        self.is_waiting.set(!sought.is_empty());
        if sought.is_empty() {
            return;
        }
        spawn_local(async move {
            let code = self.lounge.code.to_string();
            let answer = search_messages(code, sought.clone(), before.map(|before| before.0)).await;
            // The visitor may look for something else by now, or be done.
            if self.sought.try_get_untracked().as_ref() == Some(&sought) {
                self.take(answer);
            }
        });
    }

    fn take(self, answer: Result<FoundMessages, ApiError>) {
        self.is_waiting.set(false);
        match answer {
            Err(error) => self.failure.set(Some(error)),
            Ok(page) => self.results.update(|results| {
                let results = results.get_or_insert_default();
                results.messages.extend(page.messages);
                results.more_before = page.more_before;
            }),
        }
    }

    /// What is said of the search. Reads reactively.
    fn status(self) -> String {
        let phrase = match self.results.with(|results| results.as_ref().map(|found| found.messages.len())) {
            _ if self.is_waiting.get() => text::WAITING.into(),
            None | Some(0) => return String::new(),
            Some(count) if self.has_more() => text::found_so_far(count),
            Some(count) => text::found(u32::try_from(count).unwrap_or(u32::MAX)),
        };
        self.locale.say(phrase).into_owned()
    }

    fn has_more(self) -> bool {
        self.results.with(|results| results.as_ref().is_some_and(|results| results.more_before.is_some()))
    }

    /// Whether there is an answer, and nothing in it.
    fn is_vain(self) -> bool {
        self.results.with(|results| {
            results.as_ref().is_some_and(|found| found.messages.is_empty() && found.more_before.is_none())
        })
    }

    /// Moves the focus among the field and the results.
    fn go(self, key: &str) -> bool {
        let nodes = self.list.get_untracked().and_then(|list| list.query_selector_all("button").ok());
        let element = |place: u32| nodes.as_ref()?.get(place)?.dyn_into::<HtmlElement>().ok();
        let count = nodes.as_ref().map_or(0, web_sys::NodeList::length);
        let focused = document().active_element();
        let here = (0..count).find(|place| element(*place).as_deref() == focused.as_ref());
        let there = match (key, here) {
            ("ArrowDown", None) => element(0),
            ("ArrowDown", Some(here)) => element((here + 1).min(count - 1)),
            ("ArrowUp", Some(0)) => self.field.get_untracked().and_then(|field| field.dyn_into().ok()),
            ("ArrowUp", Some(here)) => element(here - 1),
            ("Home", Some(_)) => element(0),
            ("End", Some(_)) => element(count - 1),
            _ => None,
        };
        there.is_some_and(|there| there.focus().is_ok())
    }
}

fn field(searching: Searching) -> AnyView {
    let field = searching.field;
    effect(move || {
        if let Some(field) = field.get() {
            // A browser that refuses leaves the focus where it is, which hurts nobody.
            let _ = field.focus();
        }
    });
    let enter = move |event: ev::SubmitEvent| {
        event.prevent_default();
        searching.begin();
    };
    let note = move |event: ev::Event| searching.note_typed(event_target_value(&event));
    view! {
        <form role="search" on:submit=enter>
            <input
                node_ref=field
                class="input"
                type="search"
                dir="auto"
                autocomplete="off"
                autofocus
                enterkeyhint="search"
                maxlength=SEARCH_CHARS.to_string()
                aria-label=text::FIELD
                placeholder=text::FIELD
                on:input=note
            />
        </form>
    }
    .into_any()
}

/// Why there are no results, or no more of them.
fn failed(searching: Searching) -> AnyView {
    let phrase = searching.failure.with_untracked(|failure| failure.as_ref().map(ApiError::phrase));
    let again = press(move |_| {
        let more = searching.results.with_untracked(|results| results.as_ref().and_then(|found| found.more_before));
        searching.fetch(more);
    });
    view! {
        <Notice tone=Tone::Error>{phrase.map(|phrase| searching.locale.say(phrase).into_owned())}</Notice>
        <p>
            <Button variant=Variant::Secondary on:click=again>
                {action::TRY_AGAIN}
            </Button>
        </p>
    }
    .into_any()
}

fn results(searching: Searching) -> AnyView {
    let rows = part(move || {
        let rows = searching.results.with(|results| {
            let messages = results.iter().flat_map(|results| &results.messages);
            messages.map(|message| row(searching.lounge, searching.locale, message, marked(message))).collect_view()
        });
        view! {
            <ol class="search-results" node_ref=searching.list aria-label=text::RESULTS>
                {rows}
            </ol>
        }
        .into_any()
    });
    let none = || {
        view! {
            <EmptyState glyph=Glyph::Search title=text::NONE>
                {text::NONE_HINT}
            </EmptyState>
        }
        .into_any()
    };
    let more = move || {
        let go_on = press(move |_| {
            let more = searching.results.with_untracked(|results| results.as_ref().and_then(|found| found.more_before));
            searching.fetch(more);
        });
        view! {
            <Button variant=Variant::Secondary pending=searching.is_waiting on:click=go_on>
                {text::MORE}
            </Button>
        }
        .into_any()
    };
    let is_first = move || searching.is_waiting.get() && searching.results.with(Option::is_none);
    view! {
        {part_when(is_first, || view! { <Skeleton /> }.into_any())}
        {part_when(move || searching.is_vain(), none)}
        {rows}
        {part_when(move || searching.has_more(), more)}
    }
    .into_any()
}

/// Where the words are that were looked for.
fn marked(message: &FoundMessage) -> AnyView {
    let part = |(place, part): (usize, &String)| match place % 2 {
        0 => part.clone().into_any(),
        _ => view! { <mark>{part.clone()}</mark> }.into_any(),
    };
    message.excerpt.iter().enumerate().map(part).collect_view().into_any()
}

/// A message in a list: who wrote it, when, and some of its words. It leads to the message.
pub(super) fn row(lounge: Lounge, locale: Locale, message: &FoundMessage, words: AnyView) -> AnyView {
    let number = message.number;
    let go = press(move |_| {
        lounge.question.set(None);
        lounge.sheet.set(None);
        lounge.sought.set(Some(number));
    });
    let date = lounge.handle.date_of(message.sent_at);
    let when = format!("{}, {}", day_name(date, locale.language()), time_of_day(date, locale.language()));
    view! {
        <li>
            <button type="button" class="search-result" data-testid="search-result" title=locale.say(text::GO_TO) on:click=go>
                <span class="search-about">
                    <strong translate="no" dir="auto">{locale.write(&Value::from(&message.name))}</strong>
                    <time>{when}</time>
                </span>
                <span class="search-words" dir="auto" translate="no">
                    {words}
                </span>
            </button>
        </li>
    }
    .into_any()
}
