//! Every spelling of a room's code is read as that code. Every other text is refused, or read as a code that the server
//! can generate.
#![no_main]

use heartogether::{id::RoomCode, limits::CODE_INPUT_CHARS};
use libfuzzer_sys::fuzz_target;

/// What people put between the letters.
const BETWEEN: [&str; 6] = ["", "", "-", " ", "\u{a0}", "\t"];

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        check(text);
    }
    // A code from the first bytes, written as the others say.
    let Some((drawn, spelling)) = data.split_at_checked(RoomCode::LENGTH) else { return };
    let mut drawn = drawn.iter().map(|byte| byte % 31);
    let code = RoomCode::draw(|| drawn.next().unwrap_or_default());
    let mut spelling = spelling.iter().map(|byte| usize::from(*byte));
    let mut written = String::new();
    for letter in code.to_string().chars() {
        let choice = spelling.next().unwrap_or_default();
        written.push_str(BETWEEN[choice % BETWEEN.len()]);
        written.push(if choice >= 128 { letter.to_ascii_lowercase() } else { letter });
    }
    assert_eq!(RoomCode::parse(&written), Ok(code), "{written:?}");
});

fn check(text: &str) {
    let Ok(code) = RoomCode::parse(text) else { return };
    assert!(text.chars().count() <= CODE_INPUT_CHARS);
    let canonical = code.to_string();
    assert_eq!(canonical.len(), RoomCode::LENGTH);
    assert!(canonical.bytes().all(|letter| RoomCode::ALPHABET.contains(&letter)));
    assert_eq!(RoomCode::parse(&canonical), Ok(code));
}
