//! One labelled input.

use heartogether::limits::{LINK_INPUT_CHARS, NAME_CHARS};
use leptos::text_prop::TextProp;

use super::{Glyph, Icon};
use crate::{locale::Phrase, prelude::*};

/// What a field asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A room's code, however it is typed, or a link to the room.
    Code,
    /// What others shall call the visitor.
    Name,
}

/// A labelled input. Its error stands below it, is announced when it appears and belongs to the input for screen readers.
#[component]
pub fn Field(
    /// What is asked for: decides keyboard, length and looks.
    entry: Entry,
    /// The accessible name.
    #[prop(into)]
    label: TextProp,
    /// The name in the form, and the id.
    name: &'static str,
    /// One line that helps, below the input.
    #[prop(optional, into)]
    hint: Option<TextProp>,
    /// What is wrong with what was entered.
    #[prop(optional, into)]
    error: Signal<Option<Phrase>>,
    /// What is in it at first.
    #[prop(optional, into)]
    value: String,
    /// Whether the page is about this field alone, so that it has the focus from the start.
    #[prop(optional)]
    autofocus: bool,
    /// Whether most visitors come for it, so that it has the focus from the start where that brings up no keyboard.
    #[prop(optional)]
    awaited: bool,
) -> impl IntoView {
    let code = entry == Entry::Code;
    let (hint_id, error_id) = (hint_id(name), error_id(name));
    let described_by = describes(name, hint.is_some(), error);
    view! {
        <div class="field">
            <label class="field-label" for=name>
                {move || label.get()}
            </label>
            <input
                class=if code { "input input-code" } else { "input" }
                id=name
                name=name
                type="text"
                dir="auto"
                value=value
                maxlength=if code { LINK_INPUT_CHARS } else { NAME_CHARS }.to_string()
                autocomplete=if code { "off" } else { "nickname" }
                autocapitalize=if code { "characters" } else { "words" }
                spellcheck="false"
                enterkeyhint="go"
                placeholder=code.then_some("ABC 234")
                autofocus=autofocus
                data-awaited=awaited.then_some("")
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by
            />
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id hidden=move || error.with(Option::is_some)>{move || hint.get()}</p> })}
            <FieldError id=error_id error />
        </div>
    }
}

fn hint_id(name: &str) -> String {
    format!("{name}-hint")
}

fn error_id(name: &str) -> String {
    format!("{name}-error")
}

/// The id of what says more of the field, if anything does.
fn describes(name: &'static str, has_hint: bool, error: Signal<Option<Phrase>>) -> impl Fn() -> Option<String> + Clone {
    move || match (error.with(Option::is_some), has_hint) {
        (true, _) => Some(error_id(name)),
        (false, true) => Some(hint_id(name)),
        (false, false) => None,
    }
}

/// What is wrong with what was entered, announced at once.
#[component]
fn FieldError(id: String, error: Signal<Option<Phrase>>) -> impl IntoView {
    let text = |text| {
        view! {
            <p class="field-error">
                <Icon glyph=Glyph::Alert />
                {text}
            </p>
        }
    };
    view! { <div id=id role="alert">{move || error.get().map(text)}</div> }
}
