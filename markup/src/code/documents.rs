//! Reads what is not made of words: tags, changes of lines, Markdown, LaTeX.

use super::{Pieces, languages};
use crate::allowed::Class;

/// Tags whose content is in another language, with that.
const EMBEDDED: [(&str, &str); 2] = [("script", "js"), ("style", "css")];

/// HTML and XML.
pub(super) fn markup(code: &str, pieces: &mut Pieces) {
    let mut rest = code;
    while let Some(start) = rest.find(['<', '&']) {
        pieces.add(&rest[..start], None);
        rest = &rest[start..];
        if rest.starts_with("<!--") {
            let end = rest.find("-->").map_or(rest.len(), |end| end + 3);
            pieces.add(&rest[..end], Some(Class::Comment));
            rest = &rest[end..];
        } else if rest.starts_with('&') {
            let end = 1 + rest[1..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '#')).unwrap_or(rest.len() - 1);
            let end = if rest[end..].starts_with(';') { end + 1 } else { end };
            pieces.add(&rest[..end], (end > 2).then_some(Class::Escape));
            rest = &rest[end..];
        } else if !rest[1..].starts_with(|c: char| c.is_alphabetic() || "/!?_".contains(c)) {
            pieces.add("<", None);
            rest = &rest[1..];
        } else {
            let name = rest[1..].trim_start_matches(['/', '!', '?']);
            let name = &name[..name.find(|c: char| !(c.is_alphanumeric() || ":-_.".contains(c))).unwrap_or(name.len())];
            rest = tag(rest, pieces);
            if let Some((_, language)) = EMBEDDED.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(name)) {
                rest = embedded(rest, language, pieces);
            }
        }
    }
    pieces.add(rest, None);
}

/// One tag. What comes after it.
fn tag<'a>(code: &'a str, pieces: &mut Pieces) -> &'a str {
    let name = code.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(code.len());
    pieces.add(&code[..name], Some(Class::Tag));
    let mut rest = &code[name..];
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let (bytes, class) = match c {
            '>' => {
                pieces.add(">", Some(Class::Tag));
                return after;
            }
            // It was no tag.
            '<' => return rest,
            '"' | '\'' => (after.find(c).map_or(rest.len(), |end| end + 2), Some(Class::String)),
            _ if c.is_alphabetic() || ":_@".contains(c) => {
                let end = after.find(|c: char| !(c.is_alphanumeric() || ":-_.".contains(c)));
                (end.map_or(rest.len(), |end| c.len_utf8() + end), Some(Class::Attribute))
            }
            _ => (c.len_utf8(), None),
        };
        pieces.add(&rest[..bytes], class);
        rest = &rest[bytes..];
    }
    rest
}

/// What is in a tag with another language. What comes after it.
fn embedded<'a>(code: &'a str, language: &str, pieces: &mut Pieces) -> &'a str {
    let (inside, after) = code.split_at(code.find("</").unwrap_or(code.len()));
    match languages::find(language) {
        Some(known) => known.syntax.read(inside, pieces),
        None => pieces.add(inside, None),
    }
    after
}

/// Which lines a change adds and takes away.
pub(super) fn diff(code: &str, pieces: &mut Pieces) {
    for line in code.split_inclusive('\n') {
        let is_head = ["diff ", "index ", "--- ", "+++ ", "@@"].iter().any(|head| line.starts_with(head));
        let class = match line.chars().next() {
            _ if is_head => Some(Class::Heading),
            Some('+' | '>') => Some(Class::Inserted),
            Some('-' | '<') => Some(Class::Deleted),
            _ => None,
        };
        pieces.add(line, class);
    }
}

/// Markdown, line by line.
pub(super) fn markdown(code: &str, pieces: &mut Pieces) {
    for line in code.split_inclusive('\n') {
        let text = line.trim_start();
        let (space, _) = line.split_at(line.len() - text.len());
        pieces.add(space, None);
        match text.split_once(' ').map_or(text.trim_end(), |(mark, _)| mark) {
            mark if !mark.is_empty() && mark.trim_matches('#').is_empty() => pieces.add(text, Some(Class::Heading)),
            mark if mark.starts_with("```") || mark.starts_with("~~~") => pieces.add(text, Some(Class::Keyword)),
            mark if mark.starts_with('>') => pieces.add(text, Some(Class::Comment)),
            mark if ["-", "*", "+"].contains(&mark) => {
                pieces.add(mark, Some(Class::Keyword));
                spans(&text[mark.len()..], pieces);
            }
            _ => spans(text, pieces),
        }
    }
}

/// The code in a line of Markdown.
fn spans(line: &str, pieces: &mut Pieces) {
    for (number, part) in line.split('`').enumerate() {
        let class = (number % 2 == 1).then_some(Class::String);
        if number > 0 {
            pieces.add("`", None);
        }
        pieces.add(part, class);
    }
}

/// LaTeX.
pub(super) fn tex(code: &str, pieces: &mut Pieces) {
    let mut rest = code;
    while let Some(start) = rest.find(['\\', '%', '$', '&']) {
        pieces.add(&rest[..start], None);
        rest = &rest[start..];
        let (bytes, class) = match rest.as_bytes()[0] {
            b'%' => (rest.find('\n').unwrap_or(rest.len()), Class::Comment),
            b'\\' => {
                let letters = rest[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - 1);
                let one = rest[1..].chars().next().map_or(0, char::len_utf8);
                (1 + letters.max(one), Class::Keyword)
            }
            _ => (1, Class::Escape),
        };
        pieces.add(&rest[..bytes], Some(class));
        rest = &rest[bytes..];
    }
    pieces.add(rest, None);
}
