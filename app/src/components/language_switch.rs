//! The switch for the language.

use leptos::{ev, task::spawn_local};

use super::{Toast, Toasts, Tone};
use crate::{
    locale::{Language, Locale},
    prelude::*,
    routes,
    text::frame as text,
};

/// Each language by its own name. Without a script the server keeps the choice and leads back to the page; with one
/// the page says everything anew, and goes on with what it does.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let (locale, toasts) = (Locale::current(), expect_context::<Toasts>());
    let choose = move |language: Language| {
        spawn_local(async move {
            if !locale.switch(language).await {
                toasts.show(Toast::new(text::LANGUAGE_FAILED).with_tone(Tone::Warn));
            }
        });
    };
    let choice = move |language: Language| {
        view! {
            <button
                type="submit"
                name="language"
                value=language.tag()
                lang=language.tag()
                translate="no"
                aria-pressed=move || if locale.language() == language { "true" } else { "false" }
                on:click=move |event: ev::MouseEvent| {
                    event.prevent_default();
                    choose(language);
                }
            >
                {language.own_name()}
            </button>
        }
    };
    view! {
        <form class="languages" method="post" action=routes::href(routes::LANGUAGE) aria-label=text::LANGUAGE>
            {Language::ALL.map(choice)}
        </form>
    }
    .into_any()
}
