//! The part of a message that a list of results shows.

use std::ops::Range;

use heartogether::room::Message;
use heartogether_app::api::FoundMessage;

/// Characters before the first hit, and in all, at most.
const BEFORE_CHARS: usize = 40;
const EXCERPT_CHARS: usize = 200;
/// Stands where something was left out.
const LEFT_OUT: &str = "…";

/// A message with the part of its text that a list shows, by where the hits in it are. Nothing is shown of one that is deleted, or in
/// which nothing hits.
pub(crate) fn found(message: Message, hits: impl FnOnce(&str) -> Option<Vec<Range<usize>>>) -> Option<FoundMessage> {
    let Message { number, author, name, sent_at, text, pictures, .. } = message;
    let text = text?;
    let excerpt = excerpt(text.as_str(), &hits(text.as_str())?);
    let pictures = u32::try_from(pictures.len()).unwrap_or(u32::MAX);
    Some(FoundMessage { number, author, name, sent_at, excerpt, pictures })
}

/// The text around the first hit: plain text and hits by turns, plain text first. Lines are joined.
fn excerpt(text: &str, hits: &[Range<usize>]) -> Vec<String> {
    let first = hits.first().map_or(0, |hit| hit.start);
    let start = text[..first].char_indices().rev().take(BEFORE_CHARS).last().map_or(first, |(place, _)| place);
    let end = text[start..].char_indices().nth(EXCERPT_CHARS).map_or(text.len(), |(place, _)| start + place);
    let line = |range: Range<usize>| text[range].replace(['\n', '\t'], " ");
    let (mut parts, mut at) = (vec![if start > 0 { LEFT_OUT.to_owned() } else { String::new() }], start);
    for hit in hits.iter().filter(|hit| hit.start < end) {
        parts.last_mut().into_iter().for_each(|last| last.push_str(&line(at..hit.start)));
        at = hit.end.min(end);
        parts.extend([line(hit.start..at), String::new()]);
    }
    parts.last_mut().into_iter().for_each(|last| {
        last.push_str(&line(at..end));
        last.push_str(if end < text.len() { LEFT_OUT } else { "" });
    });
    parts
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "one hit is a list of one range")]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_shown_whole() {
        assert_eq!(excerpt("tea\nor coffee", &[4..6]), ["tea ", "or", " coffee"]);
        assert_eq!(excerpt("茶", &[0..3]), ["", "茶", ""]);
        assert_eq!(excerpt("nothing", &[]), ["nothing"]);
    }

    #[test]
    fn a_long_text_is_shown_around_the_first_hit() {
        let text = format!("{}needle{}needle", "ä".repeat(1_000), "ß".repeat(1_000));
        let parts = excerpt(&text, &[2_000..2_006, 4_006..4_012]);
        let [before, hit, after] = &parts[..] else { panic!("three parts: {parts:?}") };
        assert_eq!((before.as_str(), hit.as_str()), (&*format!("…{}", "ä".repeat(40)), "needle"));
        assert_eq!(after, &format!("{}…", "ß".repeat(200 - 40 - 6)));
    }

    #[test]
    fn a_hit_that_does_not_fit_is_cut() {
        let text = "x".repeat(500);
        let parts = excerpt(&text, std::slice::from_ref(&(0..500)));
        assert_eq!(parts, [String::new(), "x".repeat(200), "…".to_owned()]);
    }
}
