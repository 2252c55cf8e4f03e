//! What becomes of a link.

use crate::{
    allowed::{Attribute, Tag},
    links,
    tree::{Element, Node, text_of},
    visible::visible,
};

/// Where a link leads.
pub(super) enum Destination {
    /// To an address.
    Address(String),
    /// To the address that its words are.
    Itself(String),
    /// Nowhere: it stands in another link.
    None,
}

/// The link with these words. An image is one too: pages load nothing from elsewhere.
pub(super) fn finish(destination: &Destination, words: Vec<Node>) -> Vec<Node> {
    match destination {
        Destination::None => words,
        Destination::Itself(address) => {
            let typed = links::as_typed(address);
            let words = vec![Node::Text(visible(typed.strip_prefix("mailto:").unwrap_or(typed)).into_owned())];
            links::address(address).map_or_else(|| words.clone(), |url| vec![to(&url, words.clone())])
        }
        Destination::Address(address) => link(address, words),
    }
}

fn link(address: &str, mut words: Vec<Node>) -> Vec<Node> {
    let typed = visible(links::as_typed(address)).into_owned();
    let said = text_of(&words);
    match links::address(address) {
        Some(url) => {
            if said.trim().is_empty() {
                words = vec![Node::Text(typed)];
            } else if let Some(host) = url.host_str().filter(|host| links::names_another_host(&said, host)) {
                // Words that name another place do not hide where the link leads.
                words.push(Node::Text(format!(" ({host})")));
            }
            vec![to(&url, words)]
        }
        // What is no link shows its address, so nothing is lost.
        None if typed.is_empty() || typed == said => words,
        None => {
            words.push(Node::Text(if said.is_empty() { typed } else { format!(" ({typed})") }));
            words
        }
    }
}

/// A link that opens a page of its own, which learns nothing of ours and gains no reputation by it
/// (<https://html.spec.whatwg.org/multipage/links.html#linkTypes>).
fn to(url: &url::Url, words: Vec<Node>) -> Node {
    let link = Element::new(Tag::Link)
        .with(Attribute::Href, url.to_string())
        .with(Attribute::Rel, "noopener noreferrer nofollow ugc")
        .with(Attribute::Target, "_blank");
    link.containing(words).into()
}
