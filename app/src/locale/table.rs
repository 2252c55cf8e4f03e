//! The texts of one language, and the formatting of phrases in it.

#[cfg(feature = "ssr")]
use std::sync::LazyLock;

use leptos::oco::Oco;

#[cfg(any(target_arch = "wasm32", feature = "ssr", test))]
use super::Part;
use super::{Language, Phrase, Value};

/// One language's texts, all of them or those that a page needs, for as long as its page lives. In place of the others there is
/// nothing.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Which.
    pub language: Language,
    texts: &'static [&'static str],
}

impl Table {
    /// From the server's own texts.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn of(language: Language) -> Self {
        Self { language, texts: crate::text::TABLES[language as usize] }
    }

    /// From the server's own texts, those that a page needs.
    #[cfg(feature = "ssr")]
    pub(super) fn part(language: Language, part: Part) -> Self {
        static PARTS: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
            let parts =
                Language::ALL.into_iter().flat_map(|language| Part::ALL.map(|part| (Table::of(language), part)));
            let kept = |part: Part, (place, text)| if part.has(place) { text } else { "" };
            parts
                .map(|(whole, part)| whole.texts.iter().copied().enumerate().map(|at| kept(part, at)).collect())
                .collect()
        });
        Self { language, texts: &PARTS[language as usize * Part::ALL.len() + part as usize] }
    }

    /// From texts that came from the server.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn given(language: Language, texts: Vec<String>) -> Self {
        let texts: Vec<&'static str> = texts.into_iter().map(|text| &*text.leak()).collect();
        Self { language, texts: texts.leak() }
    }

    /// Every text, by its place.
    #[cfg(any(feature = "ssr", test))]
    pub(super) fn texts(self) -> &'static [&'static str] {
        self.texts
    }

    /// The text that stands at this place; nothing where there is none.
    pub(crate) fn at(self, place: usize) -> &'static str {
        let text = self.texts.get(place).copied().unwrap_or_default();
        debug_assert!(!text.is_empty(), "the page was not given its text {place}");
        text
    }

    /// Whether all that such a page needs is here.
    #[cfg(any(target_arch = "wasm32", test))]
    pub(super) fn has(self, part: Part) -> bool {
        self.texts.iter().enumerate().all(|(place, text)| !part.has(place) || !text.is_empty())
    }

    /// What people read.
    pub fn say(self, phrase: impl Into<Phrase>) -> Oco<'static, str> {
        let phrase = phrase.into();
        let text = self.at(phrase.place());
        match phrase.values() {
            [] => Oco::Borrowed(text),
            values => Oco::Owned(self.fill(text, values)),
        }
    }

    /// Not by replacing, which would find placeholders in values.
    fn fill(self, text: &str, values: &[Value]) -> String {
        let mut pieces = text.split('{');
        let mut filled = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (number, rest) = piece.split_once('}').unwrap_or_default();
            let value = number.parse().ok().and_then(|number: usize| values.get(number));
            filled.extend(value.map(|value| self.write(value)));
            filled.push_str(rest);
        }
        filled
    }

    /// What stands in place of a placeholder.
    pub(crate) fn write(self, value: &Value) -> String {
        match value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => self.grouped(*number),
            Value::Tenths(tenths) => format!("{}{}{}", self.grouped(tenths / 10), self.marks().1, tenths % 10),
            Value::Phrase(phrase) => self.say(Phrase::clone(phrase)).into_owned(),
        }
    }

    /// In groups of three, by one rule in the browser and on the server, so that a page finds what the server wrote.
    fn grouped(self, number: u32) -> String {
        let digits = number.to_string();
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(self.marks().0);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// Between groups, and before the first digit after the point.
    const fn marks(self) -> (char, char) {
        match self.language {
            Language::English | Language::Chinese => (',', '.'),
            Language::German => ('.', ','),
        }
    }
}

#[cfg(test)]
mod tests {
    use heartogether::{engagement::MessageText, id::DisplayName};

    use super::*;
    use crate::text;

    #[test]
    fn a_plural_has_the_form_of_its_count() {
        let said =
            |count| Language::ALL.map(|language| Table::of(language).say(text::room::ends_soon(count)).into_owned());
        let [english, chinese, german] = said(1);
        assert_eq!(english, "This room ends in less than a minute.");
        assert_eq!(chinese, "房间将在 1 分钟内结束。");
        assert_eq!(german, "Dieser Raum endet in weniger als einer Minute.");
        assert!(said(5).iter().all(|said| said.contains('5')));
    }

    #[test]
    fn forgotten_names_and_messages_have_a_text_in_each_language() {
        let (name, words) = (DisplayName::forgotten(), MessageText::forgotten());
        let [english, chinese, german] = Language::ALL.map(|language| {
            let table = Table::of(language);
            (table.say(text::room::of(&name)).into_owned(), table.write(&(&words).into()))
        });
        assert_eq!((english.0.as_str(), english.1.as_str()), ("Somebody’s room", "(no longer there)"));
        assert!(chinese.0.contains("某人") && chinese.1 == "（已不存在）");
        assert!(german.0.contains("Jemand") && german.1 == "(nicht mehr da)");
        let known = DisplayName::parse("Ada").expect("a name");
        assert_eq!(Table::of(Language::English).write(&(&known).into()), "Ada");
    }

    #[test]
    fn numbers_are_formatted_for_the_language() {
        let [english, chinese, german] = Language::ALL.map(Table::of);
        let listening = |table: Table| table.say(text::room::listening(1_234_u32, 30_u32)).into_owned();
        assert_eq!(listening(english), "1,234 of 30 listening");
        assert_eq!(listening(chinese), "1,234 / 30 人在听");
        assert_eq!(listening(german), "1.234 von 30 hören zu");
        let lost = text::frame::percent(Value::Tenths(12));
        assert_eq!((english.say(lost.clone()), german.say(lost)), ("1.2 %".into(), "1,2 %".into()));
    }

    #[test]
    fn a_value_is_never_read_as_a_placeholder() {
        let said = Table::of(Language::English).say(text::audience::remove("{0} {name}"));
        assert_eq!(said, "Remove {0} {name}");
    }

    #[test]
    fn a_nested_phrase_uses_the_same_language() {
        let path = text::measured::path_is(text::measured::RELAYED, "host", "relay", "UDP");
        assert_eq!(Table::of(Language::German).say(path), "über Relay, host zu relay über UDP");
    }

    #[test]
    #[cfg(feature = "ssr")]
    fn a_part_has_its_texts_and_no_others() {
        for language in Language::ALL {
            let whole = Table::of(language);
            assert!(Part::ALL.iter().all(|part| whole.has(*part)));
            for part in Part::ALL {
                let table = Table::part(language, part);
                assert_eq!((table.language, table.texts().len()), (language, whole.texts().len()));
                for (place, (given, text)) in table.texts().iter().zip(whole.texts()).enumerate() {
                    assert_eq!(*given, if part.has(place) { *text } else { "" });
                }
                assert!(Part::ALL.iter().all(|other| table.has(*other) == (*other == part || *other == Part::Common)));
            }
        }
    }

    #[test]
    fn every_text_exists_in_every_language() {
        for language in Language::ALL {
            let table = Table::of(language);
            assert_eq!(table.texts().len(), Table::of(Language::English).texts().len());
            assert!(table.texts().iter().all(|text| !text.trim().is_empty()), "{language:?}");
        }
    }
}
