//! The text of a message: with its markup, as the server has made HTML of it, or as it was typed. A few emoji alone are large.

use heartogether::{engagement::MessageText, id::MessageNumber};

use super::{
    erased::press,
    markup::{Surroundings, html_of},
    rows::MessageRow,
    shared::Lounge,
    words::is_emoji_alone,
};
use crate::{
    locale::{Locale, Value},
    prelude::*,
    text::lounge as text,
};

/// The text, or that there is none any more.
pub(super) fn words(lounge: Lounge, row: &MessageRow, locale: Locale) -> AnyView {
    let message = &row.entry.message;
    if row.is_folded && message.text.is_some() {
        return folded(lounge, message.number);
    }
    if !message.pictures.is_empty() && message.text.as_ref().is_some_and(MessageText::is_none) {
        return ().into_any();
    }
    let Some(words) = message.text.as_ref().map(|words| locale.write(&Value::from(words))) else {
        return view! { <p class="words" data-deleted="">{locale.say(text::DELETED)}</p> }.into_any();
    };
    let oneself = untrack(|| lounge.oneself()).map(|person| person.name.to_string()).unwrap_or_default();
    if let Some(html) = html_of(
        message,
        &Surroundings { code: lounge.code, oneself: &oneself, say: &|key| locale.say(key).into_owned() },
    ) {
        return view! { <div class="words rich" inner_html=html></div> }.into_any();
    }
    let is_large = is_emoji_alone(&words).then_some("");
    view! {
        <p class="words" dir="auto" data-large=is_large>
            {words}
        </p>
    }
    .into_any()
}

/// What stands in the place of a message whose author is blocked.
fn folded(lounge: Lounge, number: MessageNumber) -> AnyView {
    let show = press(move |_| lounge.unfolded.update(|unfolded| unfolded.push(number)));
    view! {
        <p class="words" data-deleted="">
            {text::BLOCKED_MESSAGE}
            " "
            <button type="button" class="link" on:click=show>
                {text::SHOW_BLOCKED}
            </button>
        </p>
    }
    .into_any()
}
