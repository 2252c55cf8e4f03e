//! The files with the emoji to choose from hold what the crate `emojis` knows, which is also what rooms take. With the folder of
//! the packages `cldr-annotations-full` and `cldr-annotations-derived-full` in `HEARTOGETHER_CLDR`, the files are written anew.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use emojis::{Emoji, Group, SkinTone};
use serde_json::{Value, json};

const GROUPS: [Group; 9] = [
    Group::SmileysAndEmotion,
    Group::PeopleAndBody,
    Group::AnimalsAndNature,
    Group::FoodAndDrink,
    Group::TravelAndPlaces,
    Group::Activities,
    Group::Objects,
    Group::Symbols,
    Group::Flags,
];
/// Each language of the pages with its name in the Common Locale Data Repository.
const LANGUAGES: [(&str, &str); 3] = [("en", "en"), ("zh-Hans", "zh"), ("de", "de")];
const TONES: [(SkinTone, char); 5] = [
    (SkinTone::Light, '\u{1f3fb}'),
    (SkinTone::MediumLight, '\u{1f3fc}'),
    (SkinTone::Medium, '\u{1f3fd}'),
    (SkinTone::MediumDark, '\u{1f3fe}'),
    (SkinTone::Dark, '\u{1f3ff}'),
];

fn file_of(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../public/emoji/{language}.json"))
}

/// Whether the page can make all skin tones by itself: the tone comes behind the first sign, in place of what asks for colours.
fn has_tones(emoji: &Emoji) -> bool {
    TONES.iter().all(|(tone, sign)| {
        let rest: String = emoji.as_str().chars().skip(1).collect();
        let first: String = emoji.as_str().chars().take(1).chain([*sign]).collect();
        let made = first + rest.strip_prefix('\u{fe0f}').unwrap_or(&rest);
        emoji.with_skin_tone(*tone).is_some_and(|toned| toned.as_str() == made)
    })
}

/// What the crate knows of each group.
fn known() -> Vec<Vec<(&'static Emoji, bool)>> {
    GROUPS.iter().map(|group| group.emojis().map(|emoji| (emoji, has_tones(emoji))).collect()).collect()
}

/// The names and search words of a language.
struct Annotations(Vec<Value>);

impl Annotations {
    fn read(folder: &Path, language: &str) -> Self {
        let read = |kind: &str| -> Value {
            let found = ["a", "d", ""]
                .map(|part| folder.join(part).join(format!("package/{kind}/{language}/annotations.json")));
            let file = found.into_iter().find(|file| file.exists()).expect("the package has the language");
            serde_json::from_str(&fs::read_to_string(file).expect("it can be read")).expect("JSON")
        };
        Self(["annotations", "annotationsDerived"].map(|kind| read(kind)[kind]["annotations"].clone()).to_vec())
    }

    fn of(&self, emoji: &Emoji, what: &str) -> Vec<String> {
        let bare: String = emoji.as_str().chars().filter(|sign| *sign != '\u{fe0f}').collect();
        let words = self.0.iter().find_map(|known| known[&bare][what].as_array()).into_iter().flatten();
        words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
    }
}

/// A line of the file: the sign, its name, the words by which it is found, and 1 where it has skin tones.
fn line(emoji: &Emoji, has_tones: bool, language: &str, annotations: &Annotations) -> Value {
    let told = annotations.of(emoji, "tts").into_iter().next();
    let name = told.filter(|_| language != "en").unwrap_or_else(|| emoji.name().to_owned());
    let mut words = annotations.of(emoji, "default");
    if language == "en" {
        words.extend(emoji.shortcodes().map(|code| code.replace('_', " ")));
    }
    words.iter_mut().for_each(|word| *word = word.to_lowercase());
    words.retain(|word| !name.to_lowercase().contains(word.as_str()));
    words.sort();
    words.dedup();
    match has_tones {
        true => json!([emoji.as_str(), name, words.join(" "), 1]),
        false => json!([emoji.as_str(), name, words.join(" ")]),
    }
}

fn write_anew(folder: &Path) {
    for (language, in_cldr) in LANGUAGES {
        let annotations = Annotations::read(folder, in_cldr);
        let group = |group: Vec<(&'static Emoji, bool)>| -> String {
            let lines =
                group.into_iter().map(|(emoji, has_tones)| line(emoji, has_tones, language, &annotations).to_string());
            format!("[\n{}\n]", lines.collect::<Vec<_>>().join(",\n"))
        };
        let groups = known().into_iter().map(group).collect::<Vec<_>>().join(",");
        fs::write(file_of(language), format!("[{groups}]\n")).expect("it can be written");
    }
}

#[test]
fn the_emoji_to_choose_from_are_those_that_rooms_take() {
    if let Some(folder) = env::var_os("HEARTOGETHER_CLDR") {
        write_anew(Path::new(&folder));
    }
    for (language, _) in LANGUAGES {
        let text = fs::read_to_string(file_of(language)).expect("the file is there");
        let groups: Vec<Vec<Vec<Value>>> = serde_json::from_str(&text).expect("groups of lines");
        let told = |line: &Vec<Value>| (line[0].as_str().expect("a sign").to_owned(), line.len() == 4);
        let told: Vec<Vec<_>> = groups.iter().map(|group| group.iter().map(told).collect()).collect();
        let known = known();
        let known: Vec<Vec<_>> = known
            .iter()
            .map(|group| group.iter().map(|(emoji, tones)| (emoji.to_string(), *tones)).collect())
            .collect();
        assert_eq!(told, known, "{language}: write the file anew");
        let names = groups.iter().flatten().map(|line| line[1].as_str().expect("a name"));
        assert!(names.clone().all(|name| !name.is_empty()) && names.clone().count() > 1_800);
        if language == "en" {
            assert!(names.eq(GROUPS.iter().flat_map(Group::emojis).map(Emoji::name)), "the crate names them so");
        }
    }
}
