//! The text of a message, as it was typed: its first line, whether it is emoji alone, and what is said where there is none.

use heartogether::engagement::MessageText;

use crate::{
    locale::{Locale, Value},
    text::lounge as text,
};

/// Emoji alone are drawn large up to this many.
const LARGE: usize = 3;

/// The first line of a text, cut to about so many characters.
pub(super) fn first_line(text: &str, most_chars: usize) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let cut: String = line.chars().take(most_chars).collect();
    if cut.len() < line.len() { format!("{}…", cut.trim_end()) } else { cut }
}

/// What a message says in one line: its words, or how many pictures it has.
pub(super) fn summary(text: &MessageText, pictures: usize, locale: Locale) -> String {
    match u32::try_from(pictures) {
        Ok(count @ 1..) if text.is_none() => locale.say_once(text::pictures(count)).into_owned(),
        _ => locale.write(&Value::from(text)),
    }
}

/// Whether a text is one to three emoji and nothing else.
pub(super) fn is_emoji_alone(text: &str) -> bool {
    let mut rest: Vec<char> = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    rest.reverse();
    let mut count = 0;
    while !rest.is_empty() {
        if !take_emoji(&mut rest) {
            return false;
        }
        count += 1;
    }
    (1..=LARGE).contains(&count)
}

/// Takes one emoji (UTS #51, section 1.4.9) from the end of the reversed signs. Whether there was one.
fn take_emoji(rest: &mut Vec<char>) -> bool {
    let Some(first) = rest.pop() else { return false };
    let mut next_is = |is: fn(char) -> bool| rest.pop_if(|sign| is(*sign)).is_some();
    if is_flag_letter(first) {
        return next_is(is_flag_letter);
    }
    if matches!(first, '0'..='9' | '#' | '*') {
        next_is(|sign| sign == '\u{fe0f}');
        return next_is(|sign| sign == '\u{20e3}');
    }
    let is_coloured = next_is(|sign| sign == '\u{fe0f}');
    let has_tone = next_is(|sign| matches!(sign, '\u{1f3fb}'..='\u{1f3ff}'));
    let is_drawn = is_picture(first) || (is_coloured || has_tone) && is_sign(first);
    if !is_drawn {
        return false;
    }
    while next_is(|sign| matches!(sign, '\u{e0020}'..='\u{e007f}')) {}
    if next_is(|sign| sign == '\u{200d}') { take_emoji(rest) } else { true }
}

const fn is_flag_letter(sign: char) -> bool {
    matches!(sign, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Drawn in colours by itself.
const fn is_picture(sign: char) -> bool {
    matches!(sign, '\u{1f300}'..='\u{1faff}' | '\u{1f004}' | '\u{1f0cf}' | '\u{1f18e}' | '\u{1f191}'..='\u{1f19a}'
        | '\u{1f201}' | '\u{1f21a}' | '\u{1f22f}' | '\u{1f232}'..='\u{1f236}' | '\u{1f238}'..='\u{1f23a}' | '\u{1f250}'..='\u{1f251}'
        | '⌚' | '⌛' | '⏩'..='⏬' | '⏰' | '⏳' | '◽' | '◾' | '☔' | '☕' | '♈'..='♓' | '♿' | '⚓' | '⚡' | '⚪' | '⚫' | '⚽' | '⚾'
        | '⛄' | '⛅' | '⛎' | '⛔' | '⛪' | '⛲' | '⛳' | '⛵' | '⛺' | '⛽' | '✅' | '✊' | '✋' | '✨' | '❌' | '❎' | '❓'..='❕' | '❗'
        | '❤' | '➕'..='➗' | '➰' | '➿' | '⬛' | '⬜' | '⭐' | '⭕')
}

/// Drawn in colours where it is asked for.
const fn is_sign(sign: char) -> bool {
    matches!(sign, '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | '\u{2190}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f170}'..='\u{1f19a}' | '\u{1f200}'..='\u{1f2ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_three_emoji_alone_are_recognised() {
        for text in ["❤️", "❤", "👍🏽", "👩‍🚀 👨‍👩‍👧‍👦", "🇩🇪🇨🇳", "1️⃣", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "☝🏿", "😀\n😀 😀", "✈️"]
        {
            assert!(is_emoji_alone(text), "{text}");
        }
        for text in ["", "a", "1", "123", "😀😀😀😀", "😀!", "→", "™", "🇩", "©"] {
            assert!(!is_emoji_alone(text), "{text}");
        }
    }

    #[test]
    fn the_first_line_is_cut_to_what_fits() {
        assert_eq!(first_line("\n one\ntwo", 10), " one");
        assert_eq!(first_line("one two three", 8), "one two…");
        assert_eq!(first_line("", 8), "");
    }
}
