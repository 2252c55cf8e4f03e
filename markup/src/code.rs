//! Blocks of code, highlighted with classes.
//!
//! The readers are our own, by word lists and a few kinds of quotes and comments. Each looks at a character once, whatever
//! it is sent; rules of regular expressions, as editors have them, need a second for some messages
//! (`docs/decisions/43-markup-on-the-server.md`).

use crate::{
    allowed::{Attribute, Class, Tag},
    limits::Limits,
    tree::{Element, Node},
};

mod documents;
mod families;
mod languages;
mod program;

/// Bytes of the elements around a piece of code with a class, about.
const SPAN_BYTES: usize = 32;
/// Characters in the name of a language that is not known, at most.
const LABEL_CHARS: usize = 20;

/// A block of code in a language.
pub(crate) fn block(language: &str, code: &str, limits: &Limits) -> Element {
    let known = languages::find(language);
    let label = known.map_or_else(|| readable_name(language), |known| Some(known.label.to_owned()));
    let pre = Element::new(Tag::Block).class(Class::CodeBlock);
    let pre = match label {
        Some(label) => pre.with(Attribute::Language, label),
        None => pre,
    };
    let mut pieces = Pieces::default();
    if let Some(known) = known {
        known.syntax.read(code, &mut pieces);
    }
    // Code that is all colours is shown without any, so that it does not use up the message's bytes.
    if known.is_none() || code.len() + SPAN_BYTES * pieces.spans > limits.html_bytes / 2 {
        pieces.nodes = vec![Node::Text(code.to_owned())];
    }
    pre.containing(vec![Element::new(Tag::Code).containing(pieces.nodes).into()])
}

/// The name of a language that is not known, if it looks like one.
fn readable_name(language: &str) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "+#-._".contains(c);
    ((1..=LABEL_CHARS).contains(&language.len()) && language.chars().all(is_name)).then(|| language.to_owned())
}

/// How a language is read.
#[derive(Clone, Copy, Debug)]
enum Syntax {
    /// Words, quotes and comments.
    Program(&'static program::Program),
    /// Tags and attributes.
    Markup,
    /// Lines that were added and removed.
    Diff,
    Markdown,
    Tex,
}

impl Syntax {
    fn read(self, code: &str, pieces: &mut Pieces) {
        match self {
            Self::Program(program) => program.read(code, pieces),
            Self::Markup => documents::markup(code, pieces),
            Self::Diff => documents::diff(code, pieces),
            Self::Markdown => documents::markdown(code, pieces),
            Self::Tex => documents::tex(code, pieces),
        }
    }
}

/// Code in pieces of one class each, one after the other.
#[derive(Default)]
struct Pieces {
    nodes: Vec<Node>,
    /// How many of them have a class.
    spans: usize,
    /// That of the last one.
    class: Option<Class>,
}

impl Pieces {
    fn add(&mut self, code: &str, class: Option<Class>) {
        if code.is_empty() {
            return;
        }
        match (self.nodes.last_mut(), class) {
            (Some(Node::Text(before)), None) => before.push_str(code),
            (Some(Node::Element(piece)), Some(_)) if class == self.class => {
                if let Some(Node::Text(before)) = piece.children.last_mut() {
                    before.push_str(code);
                }
            }
            (_, None) => self.nodes.push(Node::Text(code.to_owned())),
            (_, Some(class)) => {
                self.spans += 1;
                self.nodes.push(Element::new(Tag::Span).class(class).text(code).into());
            }
        }
        self.class = class;
    }
}
