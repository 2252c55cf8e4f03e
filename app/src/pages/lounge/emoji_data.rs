//! The emoji to choose from. Their names and search words are a file of each language, which is loaded when it is needed.

use gloo_net::http::{Request, Response};
use heartogether::engagement::Emoji;
use js_sys::{Array, JSON};
use serde::de::{
    IntoDeserializer,
    value::{Error, StrDeserializer},
};
use wasm_bindgen::{JsCast, JsValue};

use super::kept;
use crate::{locale::Language, routes};

/// Where the latest ones are kept in the browser.
const RECENT_KEY: &str = "heartogether.emoji";
/// Where the skin tone is kept.
const TONE_KEY: &str = "heartogether.tone";
/// As many are kept as fit in three rows.
const RECENT: usize = 24;
/// As many are found at most.
const FOUND: usize = 96;
/// The first sign of the five skin tones (UTS #51, section 2.4); 0 stands for none.
const TONES: [char; 5] = ['\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}'];

/// An emoji to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) sign: String,
    pub(super) name: String,
    /// Words by which it is found, in small letters.
    words: String,
    /// Whether it has skin tones.
    has_tones: bool,
}

/// The emoji in their groups, as Unicode orders them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Emojis(Vec<Vec<Choice>>);

impl Emojis {
    /// Loads them. `None` if the file does not come.
    pub(super) async fn load(language: Language) -> Option<Self> {
        let answer = Request::get(&routes::href(&routes::emoji(language))).send().await.ok().filter(Response::ok)?;
        let groups: Array = JSON::parse(&answer.text().await.ok()?).ok()?.dyn_into().ok()?;
        let group = |group: JsValue| group.dyn_into::<Array>().map(|group| group.iter().filter_map(choice).collect());
        groups.iter().map(|told| group(told).ok()).collect::<Option<_>>().map(Self)
    }

    /// Those of a group.
    pub(super) fn group(&self, place: usize) -> &[Choice] {
        self.0.get(place).map_or(&[], Vec::as_slice)
    }

    /// Those with these words, the ones whose name begins so first.
    pub(super) fn find(&self, sought: &str) -> Vec<Choice> {
        let sought = sought.to_lowercase();
        let has =
            |choice: &&Choice| sought.split_whitespace().all(|word| choice.words.contains(word) || choice.sign == word);
        let begins_so = |choice: &&Choice| choice.words.starts_with(sought.trim());
        let found = |first: bool| self.0.iter().flatten().filter(has).filter(move |choice| begins_so(choice) == first);
        found(true).chain(found(false)).take(FOUND).cloned().collect()
    }

    /// The ones that were chosen last, on this device.
    pub(super) fn recent(&self) -> Vec<Choice> {
        let known = |sign: &str| self.0.iter().flatten().find(|choice| toned_like(choice, sign)).cloned();
        let kept = kept::read(RECENT_KEY).unwrap_or_default();
        kept.split(' ')
            .filter_map(|sign| Some(Choice { sign: sign.to_owned(), has_tones: false, ..known(sign)? }))
            .collect()
    }
}

/// Whether this is the emoji in one of its skin tones.
fn toned_like(choice: &Choice, sign: &str) -> bool {
    choice.sign == sign || choice.has_tones && (1..=TONES.len()).any(|tone| choice.in_tone(tone) == sign)
}

impl Choice {
    /// The emoji in a skin tone, counted from 1, where it has them.
    pub(super) fn in_tone(&self, tone: usize) -> String {
        match tone.checked_sub(1).and_then(|tone| TONES.get(tone)).filter(|_| self.has_tones) {
            None => self.sign.clone(),
            Some(tone) => with_tone(&self.sign, *tone),
        }
    }
}

/// Puts a skin tone behind the first sign, in place of what asks for colours.
fn with_tone(sign: &str, tone: char) -> String {
    let mut rest = sign.chars();
    let first = rest.next().into_iter();
    let rest = rest.as_str();
    first.chain([tone]).chain(rest.strip_prefix('\u{fe0f}').unwrap_or(rest).chars()).collect()
}

/// From the file: the sign, its name, search words, and whether it has skin tones.
fn choice(told: JsValue) -> Option<Choice> {
    let told: Array = told.dyn_into().ok()?;
    let (sign, name) = (told.get(0).as_string()?, told.get(1).as_string()?);
    let words = format!("{} {}", name.to_lowercase(), told.get(2).as_string()?);
    Some(Choice { sign, name, words, has_tones: told.get(3).is_truthy() })
}

/// Keeps an emoji as the latest one.
pub(super) fn note(sign: &str) {
    let kept = kept::read(RECENT_KEY).unwrap_or_default();
    let others = kept.split(' ').filter(|other| !other.is_empty() && *other != sign);
    let latest: Vec<&str> = std::iter::once(sign).chain(others).take(RECENT).collect();
    kept::write(RECENT_KEY, Some(&latest.join(" ")));
}

/// The skin tone that was chosen, counted from 1; 0 for none.
pub(super) fn tone() -> usize {
    kept::read(TONE_KEY).and_then(|tone| tone.parse().ok()).filter(|tone| *tone <= TONES.len()).unwrap_or_default()
}

/// Keeps a skin tone.
pub(super) fn choose_tone(tone: usize) {
    kept::write(TONE_KEY, Some(&tone.to_string()));
}

/// An emoji for the room, which checks it. The page has no list of all emoji.
pub(super) fn emoji(sign: &str) -> Option<Emoji> {
    let told: StrDeserializer<'_, Error> = sign.into_deserializer();
    Emoji::told(told).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waving() -> Choice {
        Choice {
            sign: "👋".to_owned(),
            name: "Waving hand".to_owned(),
            words: "waving hand hi".to_owned(),
            has_tones: true,
        }
    }

    #[test]
    fn a_skin_tone_takes_the_place_of_the_sign_for_colours() {
        assert_eq!(waving().in_tone(0), "👋");
        assert_eq!(waving().in_tone(1), "👋🏻");
        assert_eq!(waving().in_tone(6), "👋");
        assert_eq!(with_tone("☝️", TONES[4]), "☝🏿");
        assert_eq!(with_tone("👩‍🚀", TONES[2]), "👩🏽‍🚀");
        assert!(toned_like(&waving(), "👋🏿") && !toned_like(&waving(), "👍🏿"));
    }

    #[test]
    fn emoji_are_found_by_their_words() {
        let hand = Choice { words: "hand with waves".to_owned(), sign: "🖐️".to_owned(), ..waving() };
        let emojis = Emojis(vec![vec![hand], vec![waving()]]);
        let signs = |sought| emojis.find(sought).into_iter().map(|choice| choice.sign).collect::<Vec<_>>();
        assert_eq!(signs("hand"), ["🖐️", "👋"]);
        assert_eq!(signs("WAV han"), ["🖐️", "👋"]);
        assert_eq!(signs("waving"), ["👋"]);
        assert_eq!(signs("👋"), ["👋"]);
        assert!(signs("cat").is_empty());
    }

    #[test]
    fn the_room_is_told_of_an_emoji_as_it_is() {
        assert_eq!(emoji("❤️").map(|emoji| emoji.to_string()).as_deref(), Some("❤️"));
    }
}
