//! The pieces of a text that can be looked for.

use std::ops::Range;

use unicode_normalization::char::{compose, is_combining_mark};

use super::folding::fold;

/// How words stand in a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// With spaces between them.
    Spaced,
    /// Without. Emoji count as such a script.
    Dense,
}

/// A word, or characters of a script without spaces that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) script: Script,
    /// Folded, each with its place in the text.
    chars: Vec<(char, Range<usize>)>,
}

/// All pieces of a text, in their order.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let (mut pieces, mut is_within) = (Vec::<Piece>::new(), false);
    for (c, place) in fold(text) {
        let Some(script) = script_of(c) else {
            is_within = false;
            continue;
        };
        match pieces.last_mut().filter(|last| is_within && last.script == script) {
            Some(last) => last.add(c, place),
            None => pieces.push(Piece { script, chars: vec![(c, place)] }),
        }
        is_within = true;
    }
    pieces
}

impl Piece {
    fn add(&mut self, c: char, place: Range<usize>) {
        // The sound marks of Kana make another letter.
        let is_sound_mark = matches!(c, '\u{3099}' | '\u{309a}');
        let whole = self.chars.last().filter(|_| is_sound_mark).and_then(|(last, _)| compose(*last, c));
        match (whole, self.chars.last_mut()) {
            (Some(whole), Some((last, known))) => (*last, known.end) = (whole, place.end),
            _ => self.chars.push((c, place)),
        }
    }

    pub(super) fn chars(&self) -> impl Iterator<Item = char> {
        self.chars.iter().map(|(c, _)| *c)
    }

    /// Where in this piece another one is: a word at its beginning, others anywhere. A word of one letter is only the whole word.
    pub(super) fn hits(&self, sought: &Self) -> Vec<Range<usize>> {
        let length = sought.chars.len();
        if self.script != sought.script || length > self.chars.len() {
            return Vec::new();
        }
        let is_whole = length == self.chars.len();
        let starts = match self.script {
            Script::Spaced if length == 1 && !is_whole => 0..0,
            Script::Spaced => 0..1,
            Script::Dense => 0..self.chars.len() - length + 1,
        };
        let part = |start: usize| &self.chars[start..start + length];
        let is_it = |part: &[(char, Range<usize>)]| part.iter().map(|(c, _)| *c).eq(sought.chars());
        let hits = starts.map(part).filter(|part| is_it(part));
        hits.map(|part| part[0].1.start..part[length - 1].1.end).collect()
    }
}

/// The script of a folded character; `None` for what separates.
fn script_of(c: char) -> Option<Script> {
    match c {
        // Pictographs and symbols, as emoji are.
        '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' => Some(Script::Dense),
        c if !c.is_alphanumeric() && !is_combining_mark(c) => None,
        // Thai and Lao, Burmese, Khmer.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Some(Script::Dense),
        // Radicals of Han; Kana and Bopomofo; Han.
        '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{312f}' | '\u{31a0}'..='\u{31ff}' => Some(Script::Dense),
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' => Some(Script::Dense),
        _ => Some(Script::Spaced),
    }
}
