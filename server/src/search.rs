//! Finding words in messages. What counts as a word is the same for every database, because it is decided here
//! (docs/decisions/46-search.md).
//!
//! Scripts that put spaces between words are searched by the beginnings of words, others (Chinese, Japanese, Thai and so on) and
//! emoji by their characters. Case, width and diacritics do not count.

mod excerpt;
mod folding;
mod pieces;

use std::{collections::BTreeSet, ops::Range};

use heartogether::{limits::SEARCH_CHARS, refusal::Refusal};

pub(crate) use excerpt::found;
use pieces::{Piece, Script, pieces};

/// The version of what [`index_terms`] returns. A message that was indexed with another one is indexed anew.
pub(crate) const TERMS_VERSION: u32 = 1;
/// Characters of a word up to which each of its beginnings is indexed. Of longer ones the message itself decides.
const BEGINNING_CHARS: usize = 12;

/// What somebody looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(Vec<Piece>);

impl Query {
    /// Reads what was typed.
    ///
    /// # Errors
    /// [`Refusal::SearchEmpty`] if there is no letter, digit or emoji in it, or [`Refusal::SearchTooLong`].
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        if typed.trim().chars().count() > SEARCH_CHARS {
            return Err(Refusal::SearchTooLong);
        }
        let pieces = pieces(typed);
        if pieces.is_empty() { Err(Refusal::SearchEmpty) } else { Ok(Self(pieces)) }
    }

    /// Terms that every message which is found has, the longest first: these are mostly the rarest.
    pub(crate) fn terms(&self) -> Vec<String> {
        let terms: BTreeSet<_> = self.0.iter().flat_map(sought_terms).collect();
        let mut terms: Vec<_> = terms.into_iter().collect();
        terms.sort_by_key(|term| std::cmp::Reverse(term.chars().count()));
        terms
    }

    /// Where in a text it is, in bytes and in their order; `None` unless all of it is there.
    pub(crate) fn hits(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let there = pieces(text);
        let mut hits = Vec::new();
        for sought in &self.0 {
            let before = hits.len();
            there.iter().for_each(|piece| hits.extend(piece.hits(sought)));
            if hits.len() == before {
                return None;
            }
        }
        hits.sort_unstable_by_key(|hit: &Range<usize>| (hit.start, hit.end));
        Some(join(hits))
    }
}

/// Ranges that overlap, or follow each other, as one.
fn join(hits: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for hit in hits {
        match joined.last_mut() {
            Some(last) if hit.start <= last.end => last.end = last.end.max(hit.end),
            _ => joined.push(hit),
        }
    }
    joined
}

/// What a text is found by.
pub(crate) fn index_terms(text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for piece in pieces(text) {
        let chars: Vec<char> = piece.chars().collect();
        match piece.script {
            Script::Spaced => terms.extend(beginnings(&chars)),
            Script::Dense => {
                terms.extend(chars.iter().map(char::to_string));
                terms.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
            }
        }
    }
    terms
}

/// The beginnings of a word from two characters on; a word of one is its own.
fn beginnings(word: &[char]) -> impl Iterator<Item = String> {
    let most = word.len().min(BEGINNING_CHARS);
    (most.min(2)..=most).map(|length| word[..length].iter().collect())
}

fn sought_terms(piece: &Piece) -> Vec<String> {
    let chars: Vec<char> = piece.chars().collect();
    match piece.script {
        Script::Spaced => vec![chars.iter().take(BEGINNING_CHARS).collect()],
        Script::Dense if chars.len() == 1 => vec![chars.iter().collect()],
        Script::Dense => chars.windows(2).map(|pair| pair.iter().collect()).collect(),
    }
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "one hit is a list of one range")]
mod tests {
    use super::*;

    fn finds(sought: &str, text: &str) -> bool {
        let query = Query::parse(sought).expect("something to look for");
        let is_hit = query.hits(text).is_some();
        let terms = index_terms(text);
        // Whatever is found has the terms that it is looked up by.
        assert!(!is_hit || query.terms().iter().all(|term| terms.contains(term)), "{sought} in {text}");
        is_hit
    }

    #[test]
    fn words_are_found_by_their_beginnings() {
        let text = "We meet at 7 in the Café Zürich, don't be late";
        for sought in ["meet", "me", "MEETING".get(..4).expect("ascii"), "cafe zur", "7", "late we", "don't", "cafÉ"] {
            assert!(finds(sought, text), "{sought}");
        }
        for sought in ["eet", "m", "zurich café bern", "70"] {
            assert!(!finds(sought, text), "{sought}");
        }
        let long = "Donaudampfschifffahrtsgesellschaft";
        assert!(finds("donaudampfschifff", long) && !finds("donaudampfschiffbau", long), "the whole of it counts");
    }

    #[test]
    fn scripts_without_spaces_are_found_anywhere() {
        let text = "明天下午三点在上海图书馆见面吧";
        for sought in ["上海", "图书馆", "下午三点", "馆", "见面 上海"] {
            assert!(finds(sought, text), "{sought}");
        }
        // Each pair of these is there, and not the whole.
        assert!(!finds("上海图书馆", "上海图 海图书 图书馆"));
        assert!(!finds("北京", text) && !finds("海上", text));
        assert!(finds("ラーメン", "ﾗｰﾒﾝを食べる") && finds("食べ", "ﾗｰﾒﾝを食べる"), "half-width");
        assert!(!finds("か", "が") && finds("ガ", "ｶﾞ"), "a sound mark is no diacritic");
        assert!(finds("🎉", "well done 🎉🎉"), "emoji");
        assert!(finds("iphone手机", "新的iPhone手机到了"), "scripts in one word");
        assert!(finds("한국", "한국어를 배워요"), "Korean has spaces");
        assert!(finds("สวัสดี", "คุณสวัสดีครับ") && finds("हिन्दी", "मैं हिन्दी बोलता हूँ"), "marks that are vowels");
    }

    #[test]
    fn case_width_and_diacritics_do_not_count() {
        for (sought, text) in [
            ("ＡＢＣ", "abc"),
            ("strasse", "Straße"),
            ("STRASSE", "straße"),
            ("smorrebrod", "Smørrebrød"),
            ("lodz", "Łódź"),
            ("e\u{301}te", "été"),
            ("οδυσσευς", "Ὀδυσσεύς"),
            ("ёлка", "елка"),
            ("ﬁnd", "find"),
            ("שלום", "שָׁלוֹם"),
        ] {
            assert!(finds(sought, text) && finds(text, sought), "{sought} {text}");
        }
    }

    #[test]
    fn what_is_no_search_is_refused() {
        for empty in ["", "  ", "?!…", "\u{200d}"] {
            assert_eq!(Query::parse(empty), Err(Refusal::SearchEmpty), "{empty:?}");
        }
        assert_eq!(Query::parse(&"x".repeat(SEARCH_CHARS + 1)), Err(Refusal::SearchTooLong));
        assert!(Query::parse(&"x".repeat(SEARCH_CHARS)).is_ok());
    }

    #[test]
    fn the_places_of_what_is_found_are_places_of_the_text() {
        let text = "Ｃａｆé in Łódź: 图书馆里的 café";
        let hits = Query::parse("CAFE 书馆").expect("a search").hits(text).expect("found");
        assert_eq!(hits.iter().map(|hit| &text[hit.clone()]).collect::<Vec<_>>(), ["Ｃａｆé", "书馆", "café"]);
        let overlapping = Query::parse("aa").expect("a search").hits("🎉🎉 aaa");
        assert_eq!(overlapping, Some(vec![9..11]));
        assert_eq!(Query::parse("图图").expect("a search").hits("图图图"), Some(vec![0..9]));
    }

    #[test]
    fn a_message_has_few_terms() {
        // The longest message in the script with the most terms.
        let text: String = (0..4_000_u32).filter_map(|place| char::from_u32(0x4e00 + place)).collect();
        assert_eq!(index_terms(&text).len(), 7_999);
        assert!(index_terms(&"word ".repeat(800)).len() <= 3);
    }
}
