//! Rich text that is pasted, as Markdown. Another program's HTML is read into an inert document: nothing in it runs or loads.

mod markdown;

use wasm_bindgen::JsCast;
use web_sys::{DomParser, Element, Node, SupportedType};

use markdown::{Piece, write};

/// Elements in one another that are read; what is deeper is left out.
const DEPTH: usize = 100;

/// The Markdown for HTML; `None` if a browser cannot read it, or it holds nothing.
pub(super) fn markdown_of(html: &str) -> Option<String> {
    let document = DomParser::new().ok()?.parse_from_string(html, SupportedType::TextHtml).ok()?;
    let body = document.body()?;
    Some(write(&pieces_of(&body, DEPTH))).filter(|text| !text.is_empty())
}

fn pieces_of(node: &Node, depth: usize) -> Vec<Piece> {
    let children = node.child_nodes();
    let nodes = (0..children.length()).filter_map(|place| children.get(place));
    nodes.filter_map(|node| piece_of(&node, depth)).collect()
}

fn piece_of(node: &Node, depth: usize) -> Option<Piece> {
    if node.node_type() == Node::TEXT_NODE {
        return node.text_content().map(Piece::Text);
    }
    let element = node.dyn_ref::<Element>()?;
    let mut tag = element.tag_name().to_lowercase();
    let style = element.get_attribute("style").unwrap_or_default().replace(' ', "");
    // A word processor puts all it copies into an element that would be bold, if its style did not say otherwise.
    if matches!(&*tag, "b" | "strong") && style.contains("font-weight:normal") {
        tag = "span".to_owned();
    }
    let attribute = match &*tag {
        "a" => element.get_attribute("href"),
        "img" => element.get_attribute("alt"),
        "ol" => element.get_attribute("start"),
        _ => None,
    };
    let children = depth.checked_sub(1).map(|depth| pieces_of(node, depth)).unwrap_or_default();
    Some(Piece::Element { tag, attribute: attribute.unwrap_or_default(), children })
}
