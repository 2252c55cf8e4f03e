//! Texts that only the server writes: the texts in a page's HTML, the plain pages, guests' names.

use heartogether::{id::DisplayName, refusal::Refusal};
use http::{HeaderValue, header, request::Parts};
use leptos_axum::ResponseOptions;

use super::{Language, Part, Phrase, Table, refusal};
use crate::{
    prelude::*,
    text::{self, VERSION, guest},
};

/// What a page depends on beside its address.
const VARY: HeaderValue = HeaderValue::from_static("cookie, accept-language");

/// The page's texts for its code: data, which carries the nonce of all scripts so that none is without.
#[component]
pub fn GivenTexts(table: Table) -> impl IntoView {
    view! { <script type="application/json" id="texts" data-language=table.language.tag() nonce=leptos::nonce::use_nonce() inner_html=json(table)></script> }
}

/// An array of the texts by their places, empty where a page needs none. No text can end the element that it stands in.
fn json(table: Table) -> String {
    serde_json::to_string(table.texts()).unwrap_or_default().replace('<', "\\u003c")
}

/// The file of a language's texts, by its name: the tag, the version of all texts, `json`. What has another version is not
/// here.
pub fn file(name: &str) -> Option<String> {
    let (tag, version) = name.strip_suffix(".json")?.split_once('.')?;
    let language = Language::from_tag(tag).filter(|_| version == VERSION)?;
    Some(json(Table::of(language)))
}

/// The texts of the page that is asked for. What it draws beside them, the browser could not draw either.
pub(super) fn for_page(language: Language) -> Table {
    tell(language);
    let asked_for = use_context::<Parts>().map(|parts| Part::of(parts.uri.path()));
    asked_for.map_or_else(|| Table::of(language), |part| Table::part(language, part))
}

/// Says in the answer which language the page is in, and what decides that.
fn tell(language: Language) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    response.insert_header(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    response.append_header(header::VARY, VARY);
}

/// A phrase for programs and whoever reads what they get.
pub(crate) fn english(phrase: impl Into<Phrase>) -> String {
    Table::of(Language::English).say(phrase).into_owned()
}

/// A refusal where no page of the application is drawn.
pub fn refusal_text(language: Language, why: Refusal) -> String {
    Table::of(language).say(refusal(why)).into_owned()
}

/// Where this server is, for who asked under another address.
pub fn moved_text(language: Language, address: &str) -> String {
    Table::of(language).say(text::failure::host_elsewhere(address)).into_owned()
}

/// Title and text of the page that stands for the server while it starts.
pub fn starting_texts(language: Language) -> [String; 2] {
    [text::failure::STARTING, text::failure::STARTING_HINT].map(|key| Table::of(language).say(key).into_owned())
}

/// A friendly name for a guest who has not said theirs, by any random number.
pub fn guest_name(language: Language, random: u64) -> DisplayName {
    let of = |lists: [&'static [&'static str]; Language::ALL.len()], random: u64| {
        let words = lists[language as usize];
        // As good as even: the lists are short.
        usize::try_from(random % words.len() as u64)
            .ok()
            .and_then(|place| words.get(place))
            .copied()
            .unwrap_or_default()
    };
    let name = guest::name(of(guest::ADJECTIVES, random >> 32), of(guest::ANIMALS, random & u64::from(u32::MAX)));
    DisplayName::parse(&Table::of(language).say(name)).expect("two of our own words are a name")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_guest_gets_a_name_and_many_get_different_ones() {
        for language in Language::ALL {
            let words = |lists: [&[&str]; Language::ALL.len()]| lists[language as usize].len() as u64;
            let (adjectives, animals) = (words(guest::ADJECTIVES), words(guest::ANIMALS));
            let every = (0..adjectives).flat_map(|one| (0..animals).map(move |other| one << 32 | other));
            let names: BTreeSet<_> = every.map(|random| guest_name(language, random).to_string()).collect();
            assert_eq!(names.len() as u64, adjectives * animals, "{language:?}");
            assert!(names.len() > 900);
        }
        assert_eq!(guest_name(Language::English, u64::MAX), guest_name(Language::English, u64::MAX));
    }

    #[test]
    fn no_text_closes_its_element() {
        for language in Language::ALL {
            let json = json(Table::of(language));
            assert!(!json.contains('<') && serde_json::from_str::<Vec<String>>(&json).is_ok());
        }
    }

    #[test]
    fn each_language_has_a_file_of_this_version_only() {
        assert!(file(&format!("de.{VERSION}.json")).is_some_and(|json| json.contains("Raum")));
        for name in ["de.json", "de.0.json", &format!("fr.{VERSION}.json"), &format!("de.{VERSION}"), "", "..", "/"] {
            assert_eq!(file(name), None, "{name}");
        }
    }
}
