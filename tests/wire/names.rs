//! Names as people give them.

use heartogether::{id::DisplayName, refusal::Refusal};

#[test]
fn a_name_is_taken_as_it_is_but_for_the_space_around_it() {
    let forty = "x".repeat(40);
    for (typed, expected) in [
        ("A", "A"),
        ("Ada Lovelace", "Ada Lovelace"),
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
fn what_is_no_name_is_refused() {
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
fn a_name_on_the_wire_is_checked_like_one_that_is_typed() {
    assert!(serde_json::from_str::<DisplayName>(r#""Ada""#).is_ok());
    for bad in [r#""""#, r#""A\nB""#, &format!("\"{}\"", "x".repeat(41)), "1", "null"] {
        assert!(serde_json::from_str::<DisplayName>(bad).is_err(), "{bad}");
    }
}
