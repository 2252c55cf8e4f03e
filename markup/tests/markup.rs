//! What messages become, by what people write.

mod code;
mod corpus;
mod diagrams;
mod formulas;
mod hostile;
mod links;
mod markdown;
mod mentions;
mod plain;
mod safety;
mod soup;
mod stylesheet;

use heartogether_markup::{Limits, Rendered, render};

/// The HTML of a message that has markup.
fn html(text: &str) -> String {
    rendered(text).html
}

fn rendered(text: &str) -> Rendered {
    render(text, &Limits::default()).unwrap_or_else(|| panic!("no markup: {text:?}"))
}

/// Whether the page shows the message as it was typed.
fn is_plain(text: &str) -> bool {
    render(text, &Limits::default()).is_none()
}

/// How many times something stands in a text.
fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}
