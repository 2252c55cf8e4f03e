//! Messages with markup, rendered on the server: Markdown, formulas, code and diagrams become HTML and SVG, and no page
//! needs a script for them.
//!
//! ```
//! use heartogether_markup::{Limits, render};
//!
//! let limits = Limits::default();
//! let rendered = render("**Hi!** See https://example.org", &limits).expect("it has markup");
//! assert!(rendered.html.starts_with("<p><strong>Hi!</strong> See <a href=\"https://example.org/\""));
//! assert_eq!(render("Hi!", &limits), None);
//! ```
//!
//! It is a pure function: no I/O, no clock, no state but compiled rules. Everybody may send anything, so what comes out is
//! an own tree with an allow-list (`allowed`), written by `tree`, which the fence checks once more with another parser.
//! What is beyond the [`Limits`] has no rendering, and the page shows its source.
//!
//! | module | what it does |
//! | --- | --- |
//! | `reading` | Markdown (<https://spec.commonmark.org/0.31.2/>) to the tree |
//! | `links` | which addresses a link may have; addresses without markup |
//! | `formula` | LaTeX to MathML Core |
//! | `code` | highlights code |
//! | `diagram` | draws Mermaid's diagrams |
//! | `plain` | whether a message has any markup |

mod allowed;
mod code;
mod diagram;
mod fence;
mod formula;
mod limits;
mod links;
mod mentions;
mod plain;
mod reading;
mod tree;
mod visible;

use std::{ops::Range, panic};

pub use self::{diagram::Diagram, limits::Limits};

/// The version of the rendering. It rises with every change of what [`render`] makes of a message, so that what is kept
/// can be rendered anew.
pub const VERSION: u32 = 1;

/// A message as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// HTML of the elements, attributes and classes on the allow-list, without styles, scripts and identifiers.
    pub html: String,
    /// The [`VERSION`] that made it.
    pub version: u32,
    /// The pictures for the `<img data-diagram="0">` in the HTML, by their numbers. The caller gives them addresses.
    pub diagrams: Vec<Diagram>,
}

/// Renders a message. `None` if it has no markup, or is beyond a limit: then the page shows the text itself.
pub fn render(text: &str, limits: &Limits) -> Option<Rendered> {
    render_with(text, limits, &|_| Vec::new())
}

/// The same, with mentions: `mentions` finds them in a text, in order. Each becomes a `<span class="mention">`. It is not
/// asked about code, formulas and the words of links.
pub fn render_with(text: &str, limits: &Limits, mentions: &dyn Fn(&str) -> Vec<Range<usize>>) -> Option<Rendered> {
    if cfg!(debug_assertions) {
        return try_render(text, limits, mentions);
    }
    // A message that makes a parser panic is shown as its source. Tests fail instead.
    panic::catch_unwind(panic::AssertUnwindSafe(|| try_render(text, limits, mentions))).ok().flatten()
}

fn try_render(text: &str, limits: &Limits, mentions: &dyn Fn(&str) -> Vec<Range<usize>>) -> Option<Rendered> {
    if text.chars().nth(limits.chars).is_some() {
        return None;
    }
    let reading::Reading { nodes, diagrams } = reading::read(text, limits)?;
    let nodes = mentions::mark(nodes, mentions);
    if plain::is_plain(&nodes, text) {
        return None;
    }
    let html = tree::write(&nodes, limits.html_bytes)?;
    let is_sound = fence::lets_through(&html);
    debug_assert!(is_sound, "the fence changes {html}\nto {}", fence::clean(&html));
    is_sound.then_some(Rendered { html, version: VERSION, diagrams })
}
