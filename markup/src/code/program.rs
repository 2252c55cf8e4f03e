//! Reads code that consists of words, quotes and comments, as most languages do.

use super::Pieces;
use crate::allowed::Class;

/// Letters, digits and dots of a character such as `'\u{1f600}'`, at most.
const CHARACTER_BYTES: usize = 12;

/// What is special in a language. Words are separated by spaces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Program {
    pub(super) keywords: &'static str,
    pub(super) constants: &'static str,
    pub(super) types: &'static str,
    /// What begins a comment that ends with its line.
    pub(super) line_comments: &'static [&'static str],
    pub(super) block_comment: Option<(&'static str, &'static str)>,
    pub(super) quotes: &'static [Quote],
    /// Characters that begin a variable: `$name`, `${name}`.
    pub(super) variables: &'static str,
    /// Characters that begin an attribute or a directive: `@name`, `#name`. Brackets after it belong to it.
    pub(super) attributes: &'static str,
    /// Characters that words have beside letters, digits and `_`.
    pub(super) word_characters: &'static str,
    /// The character after a name that is set: `name: value`, `name = value`.
    pub(super) key_end: Option<char>,
    /// What follows a name that is called.
    pub(super) calls: &'static [&'static str],
    /// Whether an apostrophe is around one character only, and otherwise has another meaning.
    pub(super) has_characters: bool,
    /// Whether names with a capital are types.
    pub(super) has_capitals: bool,
    /// Whether a line in brackets is a heading.
    pub(super) has_sections: bool,
    pub(super) ignores_case: bool,
}

/// Around a string.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quote {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    pub(super) has_escapes: bool,
    pub(super) has_lines: bool,
}

impl Program {
    pub(super) fn read(&self, code: &str, pieces: &mut Pieces) {
        Reader { program: self, code, at: 0, pieces }.read();
    }

    fn class_of_word(&self, word: &str, after: &str) -> Option<Class> {
        let is_in = |list: &str| match self.ignores_case {
            true => list.split(' ').any(|known| known.eq_ignore_ascii_case(word)),
            false => list.split(' ').any(|known| known == word),
        };
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        let is_capital = letters.next().is_some_and(char::is_uppercase);
        match () {
            () if is_in(self.keywords) => Some(Class::Keyword),
            () if is_in(self.constants) => Some(Class::Constant),
            () if is_in(self.types) => Some(Class::Type),
            () if self.is_key(after) => Some(Class::Property),
            () if self.has_capitals && is_capital && letters.any(char::is_lowercase) => Some(Class::Type),
            () if self.calls.iter().any(|call| after.starts_with(call)) => Some(Class::Function),
            () if self.has_capitals && is_capital && word.len() == 1 => Some(Class::Type),
            () if self.has_capitals && is_capital => Some(Class::Constant),
            () => None,
        }
    }

    /// Whether what stands before this is the name of a value.
    fn is_key(&self, after: &str) -> bool {
        let Some(end) = self.key_end else { return false };
        let rest = after.trim_start_matches([' ', '\t']).strip_prefix(end);
        rest.is_some_and(|value| end != ':' || value.is_empty() || value.starts_with(char::is_whitespace))
    }
}

struct Reader<'a, 'b> {
    program: &'a Program,
    code: &'a str,
    at: usize,
    pieces: &'b mut Pieces,
}

impl<'a> Reader<'a, '_> {
    fn read(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            let is_taken =
                self.comment() || self.string() || self.section() || self.sigil(c) || self.number(c) || self.word(c);
            if !is_taken {
                self.take(c.len_utf8(), None);
            }
        }
    }

    fn rest(&self) -> &'a str {
        &self.code[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.code[..self.at].chars().next_back()
    }

    fn take(&mut self, bytes: usize, class: Option<Class>) {
        self.pieces.add(&self.rest()[..bytes], class);
        self.at += bytes;
    }

    fn line_bytes(&self) -> usize {
        let rest = self.rest();
        rest.find('\n').unwrap_or(rest.len())
    }

    fn comment(&mut self) -> bool {
        let rest = self.rest();
        if let Some((open, close)) = self.program.block_comment
            && rest.starts_with(open)
        {
            let end = rest[open.len()..].find(close).map_or(rest.len(), |end| open.len() + end + close.len());
            self.take(end, Some(Class::Comment));
            return true;
        }
        // A hash in a word is none: `$#`, `a#b`.
        let is_word = |c: char| !(c.is_whitespace() || ";()[]{},".contains(c));
        let is_inside = |start: &str| start == "#" && self.before().is_some_and(is_word);
        let begins = self.program.line_comments.iter().any(|start| rest.starts_with(start) && !is_inside(start));
        if begins {
            self.take(self.line_bytes(), Some(Class::Comment));
        }
        begins
    }

    fn string(&mut self) -> bool {
        let rest = self.rest();
        if self.program.has_characters && rest.starts_with('\'') {
            return match character(rest) {
                Some(bytes) => {
                    self.take(bytes, Some(Class::String));
                    true
                }
                None => false,
            };
        }
        let Some(quote) = self.program.quotes.iter().find(|quote| rest.starts_with(quote.open)) else { return false };
        let end = quote.end(rest);
        let class = if self.program.key_end == Some(':') && rest[end..].trim_start().starts_with(':') {
            Class::Property
        } else {
            Class::String
        };
        if !quote.has_escapes {
            self.take(end, Some(class));
            return true;
        }
        let until = self.at + end;
        while self.at < until {
            let string = &self.code[self.at..until];
            match string.find('\\') {
                Some(0) => {
                    let escaped = string.chars().nth(1).map_or(0, char::len_utf8);
                    self.take(1 + escaped, Some(Class::Escape));
                }
                escape => self.take(escape.unwrap_or(string.len()), Some(class)),
            }
        }
        true
    }

    fn section(&mut self) -> bool {
        let is_section =
            self.program.has_sections && self.rest().starts_with('[') && matches!(self.before(), None | Some('\n'));
        if is_section {
            let line = &self.rest()[..self.line_bytes()];
            self.take(line.rfind(']').map_or(line.len(), |end| end + 1), Some(Class::Heading));
        }
        is_section
    }

    fn sigil(&mut self, c: char) -> bool {
        let class = match c {
            _ if self.program.variables.contains(c) => Class::Variable,
            _ if self.program.attributes.contains(c) => Class::Attribute,
            _ => return false,
        };
        let after = &self.rest()[c.len_utf8()..];
        let brackets = after.trim_start_matches('!').chars().next().and_then(|open| match open {
            '{' if class == Class::Variable => Some('}'),
            '(' if class == Class::Variable => Some(')'),
            '[' if class == Class::Attribute => Some(']'),
            _ => None,
        });
        let bytes = match brackets {
            Some(close) => {
                let line = &self.rest()[..self.line_bytes()];
                line.find(close).map_or(line.len(), |end| end + close.len_utf8())
            }
            None => c.len_utf8() + self.word_bytes(after),
        };
        let is_named = bytes > c.len_utf8();
        if is_named {
            self.take(bytes, Some(class));
        }
        is_named
    }

    fn number(&mut self, c: char) -> bool {
        if !c.is_ascii_digit() {
            return false;
        }
        let rest = self.rest();
        let mut last = c;
        let bytes = rest.find(|c: char| {
            let is_exponent = "+-".contains(c) && "eE".contains(last) && !rest.starts_with("0x");
            let is_range = c == '.' && last == '.';
            last = c;
            is_range || !(c.is_ascii_alphanumeric() || c == '_' || c == '.' || is_exponent)
        });
        let number = &rest[..bytes.unwrap_or(rest.len())];
        self.take(number.trim_end_matches('.').len(), Some(Class::Number));
        true
    }

    fn word(&mut self, c: char) -> bool {
        if !self.is_word_character(c) || c == '-' {
            return false;
        }
        let rest = self.rest();
        let (word, after) = rest.split_at(self.word_bytes(rest));
        self.take(word.len(), self.program.class_of_word(word, after));
        true
    }

    fn word_bytes(&self, text: &str) -> usize {
        text.find(|c| !self.is_word_character(c)).unwrap_or(text.len())
    }

    fn is_word_character(&self, c: char) -> bool {
        c.is_alphanumeric() || c == '_' || self.program.word_characters.contains(c)
    }
}

impl Quote {
    /// The bytes of the string that begins here. One that is not closed ends with its line, or with the code.
    fn end(&self, code: &str) -> usize {
        let mut at = self.open.len();
        while let Some(c) = code[at..].chars().next() {
            match c {
                _ if code[at..].starts_with(self.close) => return at + self.close.len(),
                '\n' if !self.has_lines => return at,
                '\\' if self.has_escapes => at += 1 + code[at + 1..].chars().next().map_or(0, char::len_utf8),
                _ => at += c.len_utf8(),
            }
        }
        at
    }
}

/// The bytes of one character in apostrophes.
fn character(code: &str) -> Option<usize> {
    let mut inside = code[1..].char_indices();
    let (_, first) = inside.next().filter(|(_, c)| *c != '\'')?;
    let end = match first {
        '\\' => inside.skip(1).take(CHARACTER_BYTES).find(|(_, c)| *c == '\'')?.0,
        _ => inside.next().filter(|(_, c)| *c == '\'')?.0,
    };
    Some(1 + end + 1)
}
