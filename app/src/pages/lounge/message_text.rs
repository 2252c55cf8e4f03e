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
pub(super) fn words(lounge: Lounge, row: &MessageRow, locale: Locale) -> AnyView {
    let Some(words) = row.entry.message.text.as_ref().map(|words| locale.write(&Value::from(words))) else {
        return view! { <p class="words" data-deleted="">{locale.say(text::DELETED)}</p> }.into_any();
    };
    let is_large = is_emoji_alone(&words).then_some("");
    view! {
        <p class="words" dir="auto" data-large=is_large>
            {drawn(&words, lounge)}
        </p>
    }
    .into_any()
}

fn drawn(words: &str, lounge: Lounge) -> AnyView {
    // A text without the sign names nobody. Who comes later is not looked for in earlier texts.
    let names: Vec<String> = match words.contains('@') {
        true => lounge.people.with_untracked(|people| people.iter().map(|person| person.name.to_string()).collect()),
        false => Vec::new(),
    };
    let oneself = untrack(|| lounge.oneself()).map(|person| person.name.to_string().to_lowercase());
    let part = |part: Words| match part {
        Words::Plain(words) => words.into_any(),
        Words::Link(address) => {
            let shown = address.clone();
            view! { <a href=address target="_blank" rel="noopener noreferrer nofollow ugc">{shown}</a> }.into_any()
        }
        Words::Name(name) => {
            let is_oneself = oneself.as_deref().is_some_and(|own| name[1..].to_lowercase() == own);
            view! { <mark class="name" data-oneself=is_oneself.then_some("")>{name}</mark> }.into_any()
        }
    };
    parts(words, &names).into_iter().map(part).collect_view().into_any()
}
