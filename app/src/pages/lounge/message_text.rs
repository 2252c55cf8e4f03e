//! The text of a message: links are links, members who are spoken to stand out, a few emoji alone are large.

use leptos::prelude::*;

use super::{
    rows::MessageRow,
    shared::Lounge,
    words::{Words, is_emoji_alone, parts},
};
use crate::{
    locale::{Locale, Value},
    text::lounge as text,
};

/// The text, or that there is none any more.
#[component]
pub(super) fn MessageBody(lounge: Lounge, shown: Memo<Option<MessageRow>>) -> impl IntoView {
    let locale = Locale::current();
    let words = Memo::new(move |_| {
        shown.with(|row| {
            row.as_ref().and_then(|row| row.entry.message.text.as_ref().map(|text| locale.write(&Value::from(text))))
        })
    });
    let is_large = move || words.with(|words| words.as_deref().is_some_and(is_emoji_alone)).then_some("");
    let is_deleted = move || words.with(Option::is_none).then_some("");
    let said = move || match words.get() {
        None => view! { {text::DELETED} }.into_any(),
        Some(words) => drawn(&words, lounge).into_any(),
    };
    view! {
        <p class="words" dir="auto" data-large=is_large data-deleted=is_deleted>
            {said}
        </p>
    }
    .into_any()
}

fn drawn(words: &str, lounge: Lounge) -> impl IntoView + use<> {
    // A text without the sign names nobody. Who comes later is not looked for in earlier texts.
    let names: Vec<String> = match words.contains('@') {
        true => lounge.people.with_untracked(|people| people.iter().map(|person| person.name.to_string()).collect()),
        false => Vec::new(),
    };
    let oneself = untrack(|| lounge.oneself()).map(|person| person.name.to_string().to_lowercase());
    let part = |part: Words| match part {
        Words::Plain(words) => words.into_any(),
        Words::Link(address) => {
            view! { <a href=address target="_blank" rel="noopener noreferrer nofollow ugc">{address.clone()}</a> }
                .into_any()
        }
        Words::Name(name) => {
            let is_oneself = oneself.as_deref().is_some_and(|own| name[1..].to_lowercase() == own);
            view! { <mark class="name" data-oneself=is_oneself.then_some("")>{name}</mark> }.into_any()
        }
    };
    parts(words, &names).into_iter().map(part).collect_view()
}
