//! Names as people type them.

use heartogether::{id::DisplayName, refusal::Refusal};
use proptest::prelude::*;

#[test]
fn a_name_is_trimmed_and_otherwise_unchanged() {
    let forty = "x".repeat(40);
    for (typed, expected) in [
        ("A", "A"),
        ("Ada Lovelace", "Ada Lovelace"),
        ("Ada   Lovelace", "Ada Lovelace"),
        ("  Ada  ", "Ada"),
        ("\tAda\n", "Ada"),
        ("\u{3000}Ada\u{a0}", "Ada"),
        ("\u{1f600}", "\u{1f600}"),
        ("渡辺 陽子", "渡辺 陽子"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        (&forty, &forty),
        (&format!(" {forty} "), &forty),
        (&"\u{2764}".repeat(40), &"\u{2764}".repeat(40)),
    ] {
        assert_eq!(DisplayName::parse(typed).as_ref().map(DisplayName::as_str), Ok(expected), "{typed:?}");
    }
}

#[test]
fn an_invalid_name_is_refused() {
    use Refusal::{NameControlCharacter, NameEmpty, NameTooLong};
    for (typed, refusal) in [
        ("", NameEmpty),
        ("   ", NameEmpty),
        ("\t\n\u{3000}", NameEmpty),
        (&"x".repeat(41), NameTooLong),
        (&"\u{1f600}".repeat(41), NameTooLong),
        (&"x".repeat(1_000_000), NameTooLong),
        ("Ada\tLovelace", NameControlCharacter),
        ("Ada\nLovelace", NameControlCharacter),
        ("Ada\u{0}", NameControlCharacter),
        ("\u{7}", NameControlCharacter),
        ("Ada\u{1b}[31m", NameControlCharacter),
        ("Ada\u{7f}", NameControlCharacter),
        ("Ada\u{9f}", NameControlCharacter),
        (&"\u{1}".repeat(41), NameControlCharacter),
    ] {
        assert_eq!(DisplayName::parse(typed), Err(refusal), "{typed:?}");
    }
}

#[test]
fn invisible_characters_are_removed_from_a_name() {
    for (typed, expected) in [
        ("Ada\u{202e}ecalevoL", "AdaecalevoL"),
        ("\u{2066}Ada\u{2069}", "Ada"),
        ("\u{200f}Ada\u{61c}\u{200e}", "Ada"),
        ("A\u{200b}d\u{2060}a\u{feff}", "Ada"),
        ("A\u{ad}d\u{200d}a", "Ada"),
        ("Ada\u{e0041}\u{e007f}", "Ada"),
        ("Ada\u{fe0f}\u{fe00}", "Ada"),
        ("Ada\u{2800}\u{3164}", "Ada"),
        ("Ada \u{200b} \u{a0}\u{3000} L.", "Ada L."),
        ("Ada\u{2028}L.\u{2029}", "Ada L."),
        ("\u{200b} Ada \u{200b}", "Ada"),
        ("A\u{301}\u{302}\u{303}\u{304}\u{305}b\u{301}", "A\u{301}\u{302}\u{303}b\u{301}"),
        (&"A\u{200b}".repeat(40), &"A".repeat(40)),
    ] {
        assert_eq!(DisplayName::parse(typed).as_ref().map(DisplayName::as_str), Ok(expected), "{typed:?}");
    }
    for typed in ["\u{200b}", "\u{202e} \u{2060}", "\u{3164}", "\u{2800}", "\u{fe0f}\u{200d}"] {
        assert_eq!(DisplayName::parse(typed), Err(Refusal::NameEmpty), "{typed:?}");
    }
}

#[test]
fn signs_of_several_characters_are_kept() {
    for name in ["❤️", "👩‍👩‍👧‍👦", "🧑🏽‍🚀 Ada", "🏳️‍🌈", "1️⃣ #️⃣", "☎︎", "می‌خواهم", "क्‍ष", "שרה", "Ngọc Ánh", "Zoë"]
    {
        assert_eq!(DisplayName::parse(name).as_ref().map(DisplayName::as_str), Ok(name), "{name:?}");
    }
}

/// What hides best, between what it hides behind.
fn tricky_text() -> impl Strategy<Value = String> {
    let pieces = "a|Z|7|#|é|\u{301}|\u{20e3}| |\u{a0}|\u{2028}|\u{200b}|\u{200c}|\u{200d}|\u{200e}|\u{202e}|\u{2069}|\u{fe0f}|\u{fe00}|\u{61c}|ی|क|्|ש|❤|👩|🏽|🏴|\u{e0067}|\u{e007f}|\u{3164}";
    let pieces: Vec<_> = pieces.split('|').collect();
    proptest::collection::vec(proptest::sample::select(pieces), 0..12).prop_map(|chosen| chosen.concat())
}

proptest! {
    #[test]
    fn a_name_that_is_read_again_stays_as_it_is(typed in tricky_text()) {
        if let Ok(name) = DisplayName::parse(&typed) {
            prop_assert_eq!(DisplayName::parse(name.as_str()), Ok(name.clone()));
            prop_assert_eq!(DisplayName::length_of(&typed), name.as_str().chars().count());
            let hidden = ['\u{200b}', '\u{202e}', '\u{2069}', '\u{61c}', '\u{3164}', '\u{e007f}'];
            prop_assert_eq!(name.as_str().find(hidden), None);
        }
    }
}

#[test]
fn a_name_in_a_frame_is_checked_like_a_typed_name() {
    assert!(serde_json::from_str::<DisplayName>(r#""Ada""#).is_ok());
    for bad in [r#""""#, r#""A\nB""#, &format!("\"{}\"", "x".repeat(41)), "1", "null"] {
        assert!(serde_json::from_str::<DisplayName>(bad).is_err(), "{bad}");
    }
}
