//! The tree of a message, and how it is written.

use std::borrow::Cow;

use crate::allowed::{Attribute, Class, Tag};

/// An element or a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
}

/// An element with what is in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Element {
    pub(crate) tag: Tag,
    pub(crate) attributes: Vec<(Attribute, Cow<'static, str>)>,
    pub(crate) children: Vec<Node>,
}

impl Element {
    pub(crate) const fn new(tag: Tag) -> Self {
        Self { tag, attributes: Vec::new(), children: Vec::new() }
    }

    pub(crate) fn with(mut self, attribute: Attribute, value: impl Into<Cow<'static, str>>) -> Self {
        debug_assert!(self.tag.attributes().contains(&attribute), "{:?} has no {attribute:?}", self.tag);
        self.attributes.push((attribute, value.into()));
        self
    }

    pub(crate) fn class(self, class: Class) -> Self {
        self.with(Attribute::Class, class.name())
    }

    pub(crate) fn containing(mut self, children: Vec<Node>) -> Self {
        self.children = children;
        self
    }

    pub(crate) fn text(self, text: impl Into<String>) -> Self {
        self.containing(vec![Node::Text(text.into())])
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

/// All texts in these nodes, one after the other.
pub(crate) fn text_of(nodes: &[Node]) -> String {
    let mut all = String::new();
    collect_text(nodes, &mut all);
    all
}

fn collect_text(nodes: &[Node], all: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => all.push_str(text),
            Node::Element(element) => collect_text(&element.children, all),
        }
    }
}

/// How many nodes these are, with those in them.
pub(crate) fn count_of(nodes: &[Node]) -> usize {
    let counts = nodes.iter().map(|node| match node {
        Node::Text(_) => 1,
        Node::Element(element) => 1 + count_of(&element.children),
    });
    counts.sum()
}

/// Writes the nodes as HTML, in the form in which a browser would write its own document (HTML, section 13.3). `None` if
/// that is longer than so many bytes.
pub(crate) fn write(nodes: &[Node], most_bytes: usize) -> Option<String> {
    let mut html = String::new();
    write_nodes(nodes, most_bytes, &mut html).then_some(html)
}

fn write_nodes(nodes: &[Node], most_bytes: usize, html: &mut String) -> bool {
    nodes.iter().all(|node| {
        match node {
            Node::Text(text) => escape(text, false, html),
            Node::Element(element) => return write_element(element, most_bytes, html),
        }
        html.len() <= most_bytes
    })
}

fn write_element(element: &Element, most_bytes: usize, html: &mut String) -> bool {
    let name = element.tag.name();
    html.push('<');
    html.push_str(name);
    for (attribute, value) in &element.attributes {
        html.push(' ');
        html.push_str(attribute.name());
        html.push_str("=\"");
        escape(value, true, html);
        html.push('"');
    }
    html.push('>');
    if !element.tag.is_void() {
        if !write_nodes(&element.children, most_bytes, html) {
            return false;
        }
        html.push_str("</");
        html.push_str(name);
        html.push('>');
    }
    html.len() <= most_bytes
}

/// As a browser escapes (HTML, section 13.3, "escaping a string").
fn escape(text: &str, is_attribute: bool, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '\u{a0}' => html.push_str("&nbsp;"),
            '"' if is_attribute => html.push_str("&quot;"),
            _ => html.push(c),
        }
    }
}
