//! What a text would look like as a message, while it is written. The server says so, and nobody else sees it.

use std::time::Duration;

use heartogether::engagement::MessageText;
use leptos::task::spawn_local;

use super::{
    erased::{effect, part},
    markup::{Surroundings, complete},
    shared::Lounge,
};
use crate::{
    api::{ApiError, preview_message},
    browser::sleep,
    locale::Locale,
    prelude::*,
    text::lounge as text,
};

/// So long nothing is typed before the server is asked.
const PAUSE: Duration = Duration::from_millis(350);

/// What the server has said last.
#[derive(Clone)]
enum Shown {
    Nothing,
    Text(String),
    Html(String),
    Failed(ApiError),
}

/// The preview. `written` reads what is typed reactively.
pub(super) fn preview(lounge: Lounge, written: Callback<(), String>) -> AnyView {
    let (shown, turns) = (RwSignal::new(Shown::Nothing), StoredValue::new(0_u32));
    effect(move || {
        let text = written.run(());
        let turn = turns.get_value().wrapping_add(1);
        turns.set_value(turn);
        if MessageText::parse(&text).is_err() {
            return shown.set(Shown::Nothing);
        }
        spawn_local(async move {
            // What is typed later takes the turn, and so does the end of the preview.
            let is_next = move || turns.try_get_value() == Some(turn);
            sleep(PAUSE).await;
            if !is_next() {
                return;
            }
            let said = match preview_message(lounge.code.to_string(), text.clone()).await {
                Ok(Some(html)) => Shown::Html(html),
                Ok(None) => Shown::Text(text),
                Err(error) => Shown::Failed(error),
            };
            if is_next() {
                shown.set(said);
            }
        });
    });
    let locale = Locale::current();
    let drawn = move || match shown.get() {
        Shown::Nothing => view! { <p class="preview-empty">{text::PREVIEW_EMPTY}</p> }.into_any(),
        Shown::Text(text) => view! { <p class="words" dir="auto">{text}</p> }.into_any(),
        Shown::Html(html) => {
            let html = completed(&html, lounge, locale);
            view! { <div class="words rich" inner_html=html></div> }.into_any()
        }
        Shown::Failed(error) => view! { <p class="preview-empty">{error.phrase()}</p> }.into_any(),
    };
    view! {
        <section class="preview" aria-label=text::PREVIEW data-testid="preview">
            {part(drawn)}
        </section>
    }
    .into_any()
}

/// A diagram has no address before the message is sent: its source stands for it.
fn completed(html: &str, lounge: Lounge, locale: Locale) -> String {
    let oneself = untrack(|| lounge.oneself()).map(|person| person.name.to_string()).unwrap_or_default();
    let say = |key| locale.say(key).into_owned();
    complete(html, &Surroundings { code: lounge.code, oneself: &oneself, say: &say }, |_, attributes| {
        let source = attributes.split_once(" alt=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
        format!("<pre class=\"code-block\"><code>{source}</code></pre>")
    })
}
