//! Characters without what does not count in a search: case, width, and diacritics.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The characters of a text as they are compared, each with the place in bytes of the one that it comes from. A character may
/// become several, or none.
pub(super) fn fold(text: &str) -> impl Iterator<Item = (char, Range<usize>)> + '_ {
    text.char_indices().flat_map(|(start, c)| {
        let place = start..start + c.len_utf8();
        folded(c).into_iter().map(move |c| (c, place.clone()))
    })
}

/// Compatibility decomposition (NFKD, UAX #15) takes width and ligatures away, and sets diacritics apart.
fn folded(c: char) -> Vec<char> {
    if c.is_ascii() {
        return vec![c.to_ascii_lowercase()];
    }
    let decomposed = std::iter::once(c).nfkd().filter(|c| !is_dropped(*c));
    decomposed.flat_map(char::to_lowercase).flat_map(|c| letters(c).chars().collect::<Vec<_>>()).collect()
}

/// Diacritics of Latin, Greek and Cyrillic, points of Hebrew and Arabic, and what cannot be seen. In other scripts marks are
/// vowels, or make another letter.
fn is_dropped(c: char) -> bool {
    match c {
        '\u{300}'..='\u{36f}' | '\u{640}' | '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' => true,
        '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' => is_combining_mark(c),
        _ => false,
    }
}

/// Letters that have a stroke or are joined, which Unicode does not decompose.
fn letters(c: char) -> String {
    let plain = match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        _ => return c.to_string(),
    };
    plain.to_owned()
}
