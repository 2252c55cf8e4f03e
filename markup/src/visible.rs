//! Text without what cannot be seen.
//!
//! Messages are cleaned before they are stored, but entities (`&#x202e;`) are read here only.

use std::borrow::Cow;

use heartogether::text::is_invisible;

/// The text without control characters, and without invisible ones that do not join signs: those could turn the line
/// around or hide in a name.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(may_stay) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| may_stay(*c)).collect())
}

fn may_stay(c: char) -> bool {
    match c {
        '\n' | '\t' => true,
        // Joiners, variation selectors and the tags of flags are parts of emoji and of scripts.
        '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{e0020}'..='\u{e007f}' => true,
        _ => !c.is_control() && !is_invisible(c),
    }
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_turns_or_hides_text_is_left_out() {
        assert_eq!(visible("a\u{202e}b\u{200b}c\u{0}d\u{7f}e\r\u{2066}f"), "abcdef");
    }

    #[test]
    fn what_joins_signs_stays() {
        for text in ["👩‍👧", "❤️", "می‌خواهم", "line\n\tline", "🏴\u{e0067}\u{e0062}\u{e007f}"] {
            assert_eq!(visible(text), text);
        }
    }
}
