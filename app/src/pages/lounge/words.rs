//! What is in the text of a message: links, names of members, emoji alone.

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// As it is.
    Plain(String),
    /// An address that leads elsewhere.
    Link(String),
    /// A member who is spoken to, with the sign before the name.
    Name(String),
}

/// Emoji alone are drawn large up to this many.
const LARGE: usize = 3;

/// The parts of a text. `names` are those that can be spoken to.
pub(super) fn parts(text: &str, names: &[String]) -> Vec<Words> {
    let (mut parts, mut plain, mut at) = (Vec::new(), String::new(), 0);
    while let Some(next) = text[at..].chars().next() {
        // In Chinese no space stands before it.
        let is_start = !plain.chars().next_back().is_some_and(|last| last.is_ascii_alphanumeric());
        let rest = &text[at..];
        let found = is_start.then(|| link_at(rest).map(Words::Link).or_else(|| name_at(rest, names).map(Words::Name)));
        match found.flatten() {
            Some(part) => {
                let (Words::Link(words) | Words::Name(words) | Words::Plain(words)) = &part;
                at += words.len();
                if !plain.is_empty() {
                    parts.push(Words::Plain(std::mem::take(&mut plain)));
                }
                parts.push(part);
            }
            None => {
                plain.push(next);
                at += next.len_utf8();
            }
        }
    }
    if !plain.is_empty() {
        parts.push(Words::Plain(plain));
    }
    parts
}

/// The address that a text begins with. What ends the sentence around it is no part of it.
fn link_at(text: &str) -> Option<String> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| begins_with(text, scheme))?;
    let is_end = |sign: char| {
        sign.is_whitespace()
            || matches!(sign, '<' | '>' | '"' | '“' | '”' | '「' | '」' | '『' | '』')
            || matches!(sign, '，' | '。' | '；' | '：' | '！' | '？' | '、' | '（' | '）' | '【' | '】' | '《' | '》')
    };
    let mut link = text.split(is_end).next().unwrap_or_default();
    loop {
        let last = link.chars().next_back()?;
        let is_closed = |open, close| link.matches(open).count() >= link.matches(close).count();
        let belongs = match last {
            ')' => is_closed('(', ')'),
            ']' => is_closed('[', ']'),
            _ => !matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…'),
        };
        if belongs {
            break;
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    (link.len() > scheme.len()).then(|| link.to_owned())
}

/// The longest name that a text begins with after an at sign.
fn name_at(text: &str, names: &[String]) -> Option<String> {
    let after = text.strip_prefix('@')?;
    let is_named = |name: &&String| {
        let ends = |after: &str| !after.chars().next().is_some_and(char::is_alphanumeric);
        // Chinese is written without spaces.
        let is_ascii = name.chars().next_back().is_some_and(|last| last.is_ascii());
        begins_with(after, name) && (!is_ascii || after.get(name.len()..).is_none_or(ends))
    };
    let name = names.iter().filter(|name| !name.is_empty()).filter(is_named).max_by_key(|name| name.len())?;
    Some(text[..=name.len()].to_owned())
}

fn begins_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

/// Whether a text speaks to somebody of this name.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let names = [name.to_owned()];
    parts(text, &names).iter().any(|part| matches!(part, Words::Name(_)))
}

/// The first line of a text, cut to about so many characters.
pub(super) fn first_line(text: &str, most_chars: usize) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let cut: String = line.chars().take(most_chars).collect();
    if cut.len() < line.len() { format!("{}…", cut.trim_end()) } else { cut }
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

    fn plain(text: &str) -> Words {
        Words::Plain(text.to_owned())
    }

    fn link(text: &str) -> Words {
        Words::Link(text.to_owned())
    }

    #[test]
    fn addresses_are_links_without_what_ends_the_sentence() {
        let cases = [
            ("see https://a.example/x?y=1.", vec![plain("see "), link("https://a.example/x?y=1"), plain(".")]),
            ("(http://a.example/b_(c))", vec![plain("("), link("http://a.example/b_(c)"), plain(")")]),
            ("看https://a.example/，好", vec![plain("看"), link("https://a.example/"), plain("，好")]),
            ("看 HTTPS://a.example/，好", vec![plain("看 "), link("HTTPS://a.example/"), plain("，好")]),
            ("javascript:alert(1)", vec![plain("javascript:alert(1)")]),
            ("https://", vec![plain("https://")]),
            ("xhttps://a.example", vec![plain("xhttps://a.example")]),
            ("<https://a.example>", vec![plain("<"), link("https://a.example"), plain(">")]),
        ];
        for (text, expected) in cases {
            assert_eq!(parts(text, &[]), expected, "{text}");
        }
    }

    #[test]
    fn the_parts_together_are_the_text() {
        for text in ["", "a\n  b", "@Ada, https://x.example/@Ada?", "@@Ada @ada!", "🦊@王小明好"] {
            let whole: String = parts(text, &["Ada".to_owned(), "王小明".to_owned()])
                .into_iter()
                .map(|(Words::Plain(words) | Words::Link(words) | Words::Name(words))| words)
                .collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn a_name_after_an_at_sign_speaks_to_its_member() {
        for text in ["@Ada", "hello @ada!", "@Ada: look", "(@Ada)"] {
            assert!(mentions(text, "Ada"), "{text}");
        }
        for text in ["Ada", "@Adam", "me@Ada", "@ Ada", ""] {
            assert!(!mentions(text, "Ada"), "{text}");
        }
        assert!(mentions("@王小明你好", "王小明"));
        let names = ["Ada".to_owned(), "Ada Lovelace".to_owned()];
        assert_eq!(parts("@Ada Lovelace", &names), [Words::Name("@Ada Lovelace".to_owned())]);
    }

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
