//! One labelled input.

use heartogether::limits::{LINK_INPUT_CHARS, NAME_CHARS};
use leptos::{prelude::*, text_prop::TextProp};

use super::{Glyph, Icon};
use crate::locale::Phrase;

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
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described_by = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        let has_hint = hint.is_some();
        move || match (error.with(Option::is_some), has_hint) {
            (true, _) => Some(error_id.clone()),
            (false, true) => Some(hint_id.clone()),
            (false, false) => None,
        }
    };
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
            <div id=error_id role="alert">
                {move || {
                    error
                        .get()
                        .map(|text| {
                            view! {
                                <p class="field-error">
                                    <Icon glyph=Glyph::Alert />
                                    {text}
                                </p>
                            }
                        })
                }}
            </div>
        </div>
    }
}
