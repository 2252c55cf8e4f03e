//! Every name and message is read or refused, and reads the same a second time.
#![no_main]

use heartogether::{
    engagement::MessageText,
    id::DisplayName,
    limits::{MESSAGE_CHARS, NAME_CHARS},
};
use libfuzzer_sys::fuzz_target;

/// What steers how others are drawn, or hides.
const TRICKS: [char; 12] = [
    '\u{200b}',
    '\u{200e}',
    '\u{200f}',
    '\u{202a}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2069}',
    '\u{61c}',
    '\u{feff}',
    '\u{e0041}',
    '\u{2028}',
];

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(name) = DisplayName::parse(text) {
        check(name.as_str(), NAME_CHARS);
        assert!(!name.as_str().contains(char::is_control));
        assert_eq!(DisplayName::length_of(text), name.as_str().chars().count());
        assert_eq!(DisplayName::parse(name.as_str()), Ok(name));
    }
    if let Ok(message) = MessageText::parse(text) {
        check(message.as_str(), MESSAGE_CHARS);
        // It keeps its lines and the tabs in them.
        assert!(!message.as_str().contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')));
        assert_eq!(MessageText::parse(message.as_str()), Ok(message));
    }
});

fn check(text: &str, most: usize) {
    assert!((1..=most).contains(&text.chars().count()));
    assert_eq!(text.trim(), text);
    assert!(!text.contains(TRICKS));
}
