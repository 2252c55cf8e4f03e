//! Makes links of addresses that stand in a text without any markup.

use std::{borrow::Cow, ops::Range};

use pulldown_cmark::{Event, Tag};

use super::parse;
use crate::links;

/// The source with every bare address in brackets, which Markdown reads as a link before it looks for markup: an address
/// keeps its underscores and asterisks.
pub(super) fn with_autolinks(source: &str) -> Cow<'_, str> {
    let mut addresses = links::bare(source);
    if addresses.is_empty() {
        return Cow::Borrowed(source);
    }
    let taken = taken(source);
    addresses.retain(|address| !overlaps(&taken, address));
    let mut with = String::with_capacity(source.len() + 8 * addresses.len());
    let mut end = 0;
    for address in addresses {
        with.push_str(&source[end..address.start]);
        with.push_str(&links::as_autolink(&source[address.clone()]));
        end = address.end;
    }
    with.push_str(&source[end..]);
    Cow::Owned(with)
}

/// What has a meaning of its own already: links, code, formulas and HTML, in order and apart.
fn taken(source: &str) -> Vec<Range<usize>> {
    let parser = parse(source);
    let mut taken: Vec<_> =
        parser.reference_definitions().iter().map(|(_, definition)| definition.span.clone()).collect();
    for (event, range) in parser.into_offset_iter() {
        let is_taken = matches!(
            event,
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::HtmlBlock)
                | Event::Code(_)
                | Event::InlineHtml(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
        );
        if is_taken {
            taken.push(range);
        }
    }
    taken.sort_unstable_by_key(|range| range.start);
    // What stands in a link is taken with it.
    taken.dedup_by(|inner, outer| inner.start < outer.end);
    taken
}

fn overlaps(taken: &[Range<usize>], address: &Range<usize>) -> bool {
    let next = taken.partition_point(|range| range.end <= address.start);
    taken.get(next).is_some_and(|range| range.start < address.end)
}
