//! Names in a text that speak to somebody: an at sign, and the name of a member after it.

use std::ops::Range;

/// The bytes of the mention that a text begins with: the at sign and the longest of the names.
///
/// ```
/// use heartogether::engagement::mention_at;
///
/// let names = ["Ada".to_owned(), "Ada Lovelace".to_owned()];
/// assert_eq!(mention_at("@ada: look", &names), Some(4));
/// assert_eq!(mention_at("@Ada Lovelace!", &names), Some(13));
/// assert_eq!(mention_at("@Adam", &names), None);
/// ```
pub fn mention_at(text: &str, names: &[String]) -> Option<usize> {
    let after = text.strip_prefix('@')?;
    let is_named = |name: &&String| {
        let ends = |after: &str| !after.chars().next().is_some_and(char::is_alphanumeric);
        // Chinese is written without spaces.
        let is_ascii = name.chars().next_back().is_some_and(|last| last.is_ascii());
        begins_with(after, name) && (!is_ascii || after.get(name.len()..).is_none_or(ends))
    };
    let name = names.iter().filter(|name| !name.is_empty()).filter(is_named).max_by_key(|name| name.len())?;
    Some(1 + name.len())
}

/// The mentions in a text, in order. None begins within a word.
///
/// ```
/// use heartogether::engagement::mentions;
///
/// assert_eq!(mentions("@Ada, ask me@ada and @Ada", &["Ada".to_owned()]), [0..4, 21..25]);
/// ```
pub fn mentions(text: &str, names: &[String]) -> Vec<Range<usize>> {
    let (mut found, mut end) = (Vec::new(), 0);
    for (start, _) in text.match_indices('@') {
        let is_start = !text[..start].chars().next_back().is_some_and(|last| last.is_ascii_alphanumeric());
        if start < end || !is_start {
            continue;
        }
        if let Some(length) = mention_at(&text[start..], names) {
            end = start + length;
            found.push(start..end);
        }
    }
    found
}

fn begins_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}
