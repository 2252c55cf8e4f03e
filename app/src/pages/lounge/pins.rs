//! The list of pinned messages, also of those that are far back. Each leads to its message.

use leptos::task::spawn_local;

use super::{
    erased::{effect, part, press},
    search::row,
    shared::Lounge,
};
use crate::{
    api::{ApiError, FoundMessage, FoundMessages, messages_at},
    components::{Button, Notice, Skeleton, Tone, Variant},
    locale::Locale,
    prelude::*,
    text::{action, lounge as text},
};

/// What the server has said last; nothing before that.
type Answer = RwSignal<Option<Result<FoundMessages, ApiError>>>;

/// What is pinned, the latest message first. It is asked for again when that changes.
pub(super) fn pins(lounge: Lounge) -> AnyView {
    let (locale, answer) = (Locale::current(), Answer::default());
    let numbers = Memo::new(move |_| {
        let pins = lounge.handle.room.with(|room| room.as_ref().map(|room| room.pins.clone()).unwrap_or_default());
        pins.iter().map(|number| number.0.to_string()).collect::<Vec<_>>().join(",")
    });
    effect(move || fetch(lounge, numbers, numbers.get(), answer));
    let list = move || match answer.get() {
        None => view! { <Skeleton /> }.into_any(),
        Some(Err(error)) => {
            let again = press(move |_| fetch(lounge, numbers, numbers.get_untracked(), answer));
            view! {
                <Notice tone=Tone::Error>{locale.say(error.phrase()).into_owned()}</Notice>
                <Button variant=Variant::Secondary on:click=again>
                    {action::TRY_AGAIN}
                </Button>
            }
            .into_any()
        }
        Some(Ok(found)) if found.messages.is_empty() => view! { <p class="text-muted">{text::NO_PINS}</p> }.into_any(),
        Some(Ok(found)) => {
            let rows =
                found.messages.iter().map(|message| row(lounge, locale, message, words(lounge, locale, message)));
            view! { <ol class="search-results">{rows.collect_view()}</ol> }.into_any()
        }
    };
    let close = press(move |_| lounge.question.set(None));
    view! {
        <div class="question-body" data-testid="pinned">
            <h2>{text::PINS}</h2>
            {part(list)}
            <Button variant=Variant::Secondary on:click=close>
                {action::CLOSE}
            </Button>
        </div>
    }
    .into_any()
}

/// Asks for the messages of these numbers, unless others are wanted by the time they come.
fn fetch(lounge: Lounge, numbers: Memo<String>, sought: String, answer: Answer) {
    if sought.is_empty() {
        return answer.set(Some(Ok(FoundMessages::default())));
    }
    spawn_local(async move {
        let found = messages_at(lounge.code.to_string(), sought.clone()).await;
        if numbers.try_get_untracked() == Some(sought) {
            answer.set(Some(found));
        }
    });
}

/// What a message says, unless its author is blocked. Reads reactively.
fn words(lounge: Lounge, locale: Locale, message: &FoundMessage) -> AnyView {
    let is_blocked = lounge.handle.blocked.with(|blocked| blocked.contains(&message.author));
    let text = message.excerpt.concat();
    let words = match message.pictures {
        _ if is_blocked => locale.say(text::BLOCKED_MESSAGE).into_owned(),
        1.. if text.is_empty() => locale.say_once(text::pictures(message.pictures)).into_owned(),
        _ => text,
    };
    words.into_any()
}
