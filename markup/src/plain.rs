//! Tells a message with markup from one without.

use crate::{
    allowed::Tag,
    tree::{Node, text_of},
    visible::visible,
};

/// Whether the source shows as much as these nodes: they are nothing but its lines, or show nothing at all.
pub(crate) fn is_plain(nodes: &[Node], source: &str) -> bool {
    let is_text = nodes.iter().all(is_plain_paragraph);
    let seen = text_of(nodes);
    let without_space = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    (is_text && without_space(&seen) == without_space(&visible(source)))
        || (seen.trim().is_empty() && !nodes.iter().any(is_seen))
}

fn is_plain_paragraph(node: &Node) -> bool {
    let Node::Element(paragraph) = node else { return false };
    paragraph.tag == Tag::Paragraph
        && paragraph.children.iter().all(|child| match child {
            Node::Text(_) => true,
            Node::Element(element) => element.tag == Tag::Break,
        })
}

/// Whether an element without text can be seen.
fn is_seen(node: &Node) -> bool {
    let Node::Element(element) = node else { return false };
    matches!(element.tag, Tag::Image | Tag::Rule) || element.children.iter().any(is_seen)
}
