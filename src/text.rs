//! Makes text from people safe to show to others: visible characters stay, invisible ones are removed.
//!
//! Some characters only control how others are drawn. They can make one name look like another, or change the direction
//! of the line (UAX #9, UTS #39). Pages also isolate text, because scripts that are written from right to left change
//! the direction without such characters.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use crate::refusal::Refusal;

/// Marks above and below one letter, at most: more of them cover the lines around.
const MARKS: usize = 3;

/// The refusals of a kind of text.
#[derive(Clone, Copy)]
pub(crate) struct Flaws {
    pub(crate) empty: Refusal,
    pub(crate) too_long: Refusal,
    pub(crate) control_character: Refusal,
}

/// Whether a text from people is one line, or keeps its lines and the spaces in them.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    Line,
    Lines,
}

impl Layout {
    /// The text as it is shown. Tidying it again has no effect.
    pub(crate) fn tidy(self, input: &str) -> String {
        match self {
            Self::Line => tidy(input),
            Self::Lines => tidy_lines(input),
        }
    }

    fn has_controls(self, input: &str) -> bool {
        let is_layout = |c| matches!((self, c), (Self::Lines, '\n' | '\r' | '\t'));
        input.trim().chars().any(|c| c.is_control() && !is_layout(c))
    }
}

/// Reads what a person typed: trimmed, laid out, without what cannot be seen.
pub(crate) fn read(input: &str, layout: Layout, most_chars: usize, flaws: Flaws) -> Result<String, Refusal> {
    if layout.has_controls(input) {
        return Err(flaws.control_character);
    }
    let text = layout.tidy(input);
    match text.chars().count() {
        0 => Err(flaws.empty),
        length if length > most_chars => Err(flaws.too_long),
        _ => Ok(text),
    }
}

/// The text as one line: any run of space is one space. Tidying it again has no effect.
pub(crate) fn tidy(input: &str) -> String {
    let mut text = without_invisible(input, |text, _| {
        if text.chars().next_back().is_some_and(|last| last != ' ') {
            text.push(' ');
        }
    });
    text.truncate(text.trim_end().len());
    text
}

/// The text with its lines and the spaces in them, on which code and lists depend. Tidying it again has no effect.
pub(crate) fn tidy_lines(input: &str) -> String {
    let text = without_invisible(&input.replace("\r\n", "\n"), |text, c| {
        text.push(match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => '\n',
            '\t' => '\t',
            _ => ' ',
        });
    });
    text.trim().to_owned()
}

/// The text without what cannot be seen. `add_space` adds what stands for a space.
fn without_invisible(input: &str, add_space: impl Fn(&mut String, char)) -> String {
    let mut text = String::new();
    let mut marks = 0;
    let mut rest = input.chars().peekable();
    while let Some(c) = rest.next() {
        let last = text.chars().next_back();
        if c.is_whitespace() {
            add_space(&mut text, c);
            continue;
        }
        if is_invisible(c) && !is_part_of_a_sign(last, c, rest.peek().copied()) {
            continue;
        }
        match is_mark(c) {
            true => marks += 1,
            false if is_invisible(c) => {}
            false => marks = 0,
        }
        if marks <= MARKS {
            text.push(c);
        }
    }
    text
}

/// Unicode's `Default_Ignorable_Code_Point` (bidirectional controls, joiners, variation selectors, fillers, tags), and
/// what is blank without being space.
pub const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether an invisible character joins its neighbours into one sign: a family, a red heart, a keycap, a Persian
/// plural.
fn is_part_of_a_sign(last: Option<char>, c: char, next: Option<char>) -> bool {
    let (Some(last), next) = (last, next.unwrap_or_default()) else { return false };
    match c {
        '\u{200d}' if is_picture(next) => is_picture(last) || last == '\u{fe0f}',
        '\u{200c}' | '\u{200d}' => is_joining(last) && is_joining(next),
        '\u{fe0e}' | '\u{fe0f}' => is_picture(last) || (is_key(last) && next == '\u{20e3}'),
        _ => false,
    }
}

/// Marks that can be stacked on one letter.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The blocks that emoji are in.
const fn is_picture(c: char) -> bool {
    matches!(c, '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}'
        | '\u{2460}'..='\u{24ff}' | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}'
        | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// The characters of a keycap.
const fn is_key(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*')
}

/// The scripts of Arabic and of India, in which a joiner changes what is read.
const fn is_joining(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{6ff}' | '\u{710}'..='\u{dff}') && !is_invisible(c)
}

/// Reads a value from its text. The error is the code of the refusal.
pub(crate) fn parse_text<'de, D: Deserializer<'de>, T: FromStr<Err = Refusal>>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|refusal: Refusal| de::Error::custom(refusal.code()))
}

/// Defines a text from people that is valid by construction.
macro_rules! text_from_people {
    ($(#[$meta:meta])* $name:ident, $layout:ident, $most_chars:expr, $empty:ident, $too_long:ident, $control_character:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads what a person typed, without what cannot be seen.
            ///
            /// # Errors
            #[doc = concat!("[`Refusal::", stringify!($empty), "`], [`Refusal::", stringify!($too_long), "`] or [`Refusal::",
                stringify!($control_character), "`].")]
            pub fn parse(input: &str) -> Result<Self, Refusal> {
                let flaws = $crate::text::Flaws {
                    empty: Refusal::$empty,
                    too_long: Refusal::$too_long,
                    control_character: Refusal::$control_character,
                };
                $crate::text::read(input, $crate::text::Layout::$layout, $most_chars, flaws).map(Self)
            }

            /// Stands for a text that is not known any more. Nobody can type it.
            pub const fn forgotten() -> Self {
                Self(String::new())
            }

            /// Whether it is not known any more.
            pub const fn is_forgotten(&self) -> bool {
                self.0.is_empty()
            }

            /// A text that was read when somebody typed it, under the limits of that time.
            pub(crate) fn restored(text: &str) -> Self {
                Self(text.to_owned())
            }

            /// Reads, with `#[serde(deserialize_with)]`, a text that a server has stored or tells: one that was read before, or a
            /// forgotten one.
            ///
            /// # Errors
            /// If it is no text.
            pub fn told<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                serde::Deserialize::deserialize(deserializer).map(Self)
            }

            /// The same where there may be none.
            ///
            /// # Errors
            /// If it is no text.
            pub fn told_or_none<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Self>, D::Error> {
                let text: Option<String> = serde::Deserialize::deserialize(deserializer)?;
                Ok(text.map(Self))
            }

            /// How many characters this would have.
            pub fn length_of(input: &str) -> usize {
                $crate::text::Layout::$layout.tidy(input).chars().count()
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = Refusal;

            fn from_str(text: &str) -> Result<Self, Refusal> {
                Self::parse(text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::text::parse_text(deserializer)
            }
        }
    };
}

pub(crate) use text_from_people;
