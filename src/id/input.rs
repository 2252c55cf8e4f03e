//! Finds a room's code in text that people type or paste: a code with spaces, dashes and marks, or a whole link.
//!
//! Only the code field accepts all of this. The protocol and the addresses of pages use [`RoomCode::parse`].

use super::RoomCode;
use crate::{
    limits::{CODE_INPUT_CHARS, LINK_INPUT_CHARS},
    refusal::Refusal,
    text::is_invisible,
};

/// The pages whose path ends in a room's code.
const PAGES: [&str; 3] = ["room", "listen", "host"];

impl RoomCode {
    /// Reads what was pasted into the code field: a code, also in full-width letters, with any dashes, quotation marks or
    /// a label such as "Code:", or a link to a room's page on whatever host and under whatever path.
    ///
    /// # Errors
    /// [`Refusal::CodeMalformed`] where no code is found, for a link of more than [`LINK_INPUT_CHARS`] characters, and for
    /// anything else of more than [`CODE_INPUT_CHARS`], those apart that cannot be seen.
    ///
    /// ```
    /// use heartogether::id::RoomCode;
    ///
    /// let code = RoomCode::parse("ABC234");
    /// assert_eq!(RoomCode::find_in("https://hear.example/app/listen/ABC234?from=mail#top"), code);
    /// assert_eq!(RoomCode::find_in("Code: “abc–234”"), code);
    /// ```
    pub fn find_in(input: &str) -> Result<Self, Refusal> {
        if input.chars().nth(LINK_INPUT_CHARS).is_some() {
            return Err(Refusal::CodeMalformed);
        }
        let text: String = input.chars().filter(|c| !is_invisible(*c)).map(narrow).collect();
        match text.contains('/') {
            true => in_link(&text).ok_or(Refusal::CodeMalformed),
            false => in_words(text.trim()),
        }
    }
}

/// The code after the name of a page: of several, the first. A query may hold an encoded path, as the sign-in page's does.
fn in_link(text: &str) -> Option<RoomCode> {
    let text = text.replace("%2F", "/").replace("%2f", "/");
    let parts: Vec<&str> = text.split(|c: char| c.is_whitespace() || "/?#&=".contains(c)).collect();
    let is_page = |part: &str| PAGES.iter().any(|page| part.eq_ignore_ascii_case(page));
    let codes = parts.windows(2).filter(|pair| is_page(pair[0])).map(|pair| in_words(pair[1]));
    codes.flatten().next()
}

/// The code in a few words, after a label if there is one.
fn in_words(text: &str) -> Result<RoomCode, Refusal> {
    if text.chars().nth(CODE_INPUT_CHARS).is_some() {
        return Err(Refusal::CodeMalformed);
    }
    let text = text.rsplit_once(':').map_or(text, |(_, code)| code);
    RoomCode::parse(&text.chars().filter(|c| !is_decoration(*c)).collect::<String>())
}

/// Full-width forms as the characters they stand for (Unicode, Halfwidth and Fullwidth Forms).
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Dashes, quotation marks, brackets and punctuation, which people set around and into a code.
const fn is_decoration(c: char) -> bool {
    let is_dash = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{30fc}');
    let is_quotation = matches!(c, '"' | '\'' | '`' | '´' | '«' | '»' | '\u{2018}'..='\u{201f}' | '‹' | '›')
        || matches!(c, '「' | '」' | '『' | '』');
    let is_other = matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '*' | '_' | '.' | ',' | ';' | '!' | '·');
    is_dash || is_quotation || is_other
}
