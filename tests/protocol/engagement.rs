//! Reactions and messages as people send them.

use heartogether::{
    engagement::{Emoji, MessageText, Reaction},
    refusal::Refusal,
};

#[test]
fn there_are_exactly_these_thirteen_reactions() {
    let emoji: Vec<_> = Reaction::ALL.iter().map(|reaction| reaction.emoji()).collect();
    assert_eq!(emoji, ["❤️", "👍", "👎", "😭", "😍", "👏", "🔥", "🎉", "😮", "🙏", "😂", "🤯", "💯"]);
    assert_eq!(Reaction::quick().len(), 5);
    assert_eq!([Reaction::quick(), Reaction::more()].concat(), Reaction::ALL);
    for reaction in Reaction::ALL {
        let written = format!("\"{}\"", reaction.emoji());
        assert_eq!(serde_json::to_string(reaction).expect("a reaction is written"), written);
        assert_eq!(serde_json::from_str::<Reaction>(&written).expect("a reaction is read"), *reaction);
    }
    for other in [r#""💩""#, r#""Heart""#, r#""❤""#, r#""❤️❤️""#, r#""""#, "1", "null"] {
        assert!(serde_json::from_str::<Reaction>(other).is_err(), "{other}");
    }
}

#[test]
fn a_message_has_1_to_4000_characters_without_control_characters() {
    use Refusal::{MessageControlCharacter, MessageEmpty, MessageTooLong};
    let longest = "\u{1f600}".repeat(4_000);
    for (typed, expected) in [
        ("a", Ok("a")),
        ("  louder, please \n", Ok("louder, please")),
        ("<script>alert(1)</script>", Ok("<script>alert(1)</script>")),
        (&longest, Ok(&*longest)),
        ("no \u{202e}tricks\u{200b}", Ok("no tricks")),
        ("\u{200b}\u{2060}", Err(MessageEmpty)),
        ("", Err(MessageEmpty)),
        (" \t\n\u{3000}", Err(MessageEmpty)),
        (&"x".repeat(4_001), Err(MessageTooLong)),
        (&"\u{1f600}".repeat(4_001), Err(MessageTooLong)),
        ("two\r\nlines\rand\u{2028}more", Ok("two\nlines\nand\nmore")),
        ("\n\n  - a\n\t- b  \n\n", Ok("- a\n\t- b")),
        ("bell\u{7}", Err(MessageControlCharacter)),
        ("\u{1b}[31mred", Err(MessageControlCharacter)),
    ] {
        assert_eq!(
            MessageText::parse(typed).as_ref().map(MessageText::as_str),
            expected.as_ref().copied(),
            "{typed:?}"
        );
        let on_the_wire = serde_json::to_string(typed).expect("text is written");
        assert_eq!(serde_json::from_str::<MessageText>(&on_the_wire).is_ok(), expected.is_ok(), "{typed:?}");
    }
}

#[test]
fn an_emoji_is_one_that_unicode_recommends() {
    for (typed, expected) in [
        ("👍", Ok("👍")),
        ("👍🏽", Ok("👍🏽")),
        ("❤", Ok("❤️")),
        ("👩‍👩‍👧‍👦", Ok("👩‍👩‍👧‍👦")),
        ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", Ok("🏴󠁧󠁢󠁳󠁣󠁴󠁿")),
        ("", Err(Refusal::EmojiUnknown)),
        ("a", Err(Refusal::EmojiUnknown)),
        ("👍👍", Err(Refusal::EmojiUnknown)),
        ("👍\u{200b}", Err(Refusal::EmojiUnknown)),
        ("<b>", Err(Refusal::EmojiUnknown)),
    ] {
        assert_eq!(Emoji::parse(typed).as_ref().map(Emoji::as_str), expected.as_ref().copied(), "{typed:?}");
    }
}
