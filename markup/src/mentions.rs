//! Marks the mentions that the caller finds.

use std::ops::Range;

use crate::{
    allowed::{Class, Tag},
    tree::{Element, Node},
};

/// The nodes with their mentions in elements of their own.
pub(crate) fn mark(nodes: Vec<Node>, mentions: &dyn Fn(&str) -> Vec<Range<usize>>) -> Vec<Node> {
    let mut marked = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node {
            Node::Text(text) => split(&text, &mentions(&text), &mut marked),
            Node::Element(mut element) => {
                if !matches!(element.tag, Tag::Block | Tag::Code | Tag::Link | Tag::Math) {
                    element.children = mark(element.children, mentions);
                }
                marked.push(element.into());
            }
        }
    }
    marked
}

fn split(text: &str, found: &[Range<usize>], marked: &mut Vec<Node>) {
    let mut end = 0;
    for range in found {
        let (Some(before), Some(name)) = (text.get(end..range.start), text.get(range.clone())) else { continue };
        if !before.is_empty() {
            marked.push(Node::Text(before.to_owned()));
        }
        marked.push(Element::new(Tag::Span).class(Class::Mention).text(name).into());
        end = range.end;
    }
    if end < text.len() {
        marked.push(Node::Text(text[end..].to_owned()));
    }
}
