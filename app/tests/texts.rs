//! All texts for people are in `locales`, and none is in the code of the pages.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Words that are no text: the product's name, and names of keys and of a Web API.
const KNOWN: [&str; 6] = ["HearTogether", "Enter", "Escape", "Home", "End", "Notification"];
/// What only developers see: a page that shows all components, and tests.
const FOR_DEVELOPERS: [&str; 2] = ["gallery.rs", "tests.rs"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        match entry.is_dir() {
            true => sources(&entry, found),
            false if FOR_DEVELOPERS.iter().any(|file| entry.ends_with(file)) => {}
            false => found.extend(entry.extension().is_some_and(|end| end == "rs").then_some(entry)),
        }
    }
}

/// The code before a file's tests, without comments.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a source file");
    let code = text.split("#[cfg(test)]").next().unwrap_or_default().lines();
    code.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Whether a literal is written for people: it has a word that begins a sentence or a name, and is no cookie.
fn is_for_people(literal: &str) -> bool {
    let is_word = |word: &&str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.clone().count() > 1 && letters.all(char::is_lowercase)
    };
    !KNOWN.contains(&literal)
        && !literal.contains('=')
        && literal.split(|letter: char| !letter.is_alphabetic()).any(|word| is_word(&word))
}

#[test]
fn pages_and_components_contain_no_texts() {
    let (root, mut files) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), Vec::new());
    for folder in ["pages", "components"] {
        sources(&root.join(folder), &mut files);
    }
    assert!(files.len() > 50, "the pages are found");
    for file in files {
        let code = code(&file);
        let literals = code.split('"').skip(1).step_by(2);
        let texts: Vec<_> = literals.filter(|literal| is_for_people(literal)).collect();
        assert!(texts.is_empty(), "{}: {texts:?}", file.display());
    }
}

#[test]
fn texts_for_people_are_recognised() {
    for text in ["Listen", "Back to the start", "’s room. Thank you", "Über uns"] {
        assert!(is_for_people(text), "{text}");
    }
    for other in [
        "text-lg text-muted",
        "M-244 124C-182 124",
        "ABC 234",
        "HearTogether",
        "data-state",
        "Escape",
        "#main",
        "SameSite=Lax",
    ] {
        assert!(!is_for_people(other), "{other}");
    }
}
