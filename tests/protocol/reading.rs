//! Texts as our server writes them in JSON, and as others write them.

use heartogether::{
    protocol::{encode, read},
    refusal::Refusal,
};
use proptest::prelude::*;

#[test]
fn texts_are_read_as_our_server_writes_them() {
    for (text, written) in [
        ("😀👩‍👧‍👦🇩🇪", r#""😀👩‍👧‍👦🇩🇪""#),
        ("é 你好", r#""é 你好""#),
        ("two\nlines, a\ttab", r#""two\nlines, a\ttab""#),
        (r#"said "so" \ not"#, r#""said \"so\" \\ not""#),
        (r"\", r#""\\""#),
        ("\u{1}\u{1f}\u{8}\u{c}\r", r#""\u0001\u001f\b\f\r""#),
        ("", r#""""#),
    ] {
        assert_eq!(encode(&text), written);
        assert_eq!(read::<String>(written).as_deref(), Ok(text));
        // The same memory serves all escaped texts of a message.
        assert_eq!(read(&encode(&[text; 3])), Ok([text; 3].map(str::to_owned)));
        assert_eq!(read(&encode(&(text, 1))), Ok((text.to_owned(), 1)));
    }
}

#[test]
fn characters_are_read_that_need_not_be_escaped() {
    for (written, text) in [(r#""\u00e9\u00E9""#, "éé"), (r#""\u4f60\/""#, "你/"), (r#""\u003c😀""#, "<😀")] {
        assert_eq!(read::<String>(written).as_deref(), Ok(text), "{written}");
    }
}

#[test]
fn surrogates_are_refused_also_in_pairs() {
    for written in [r#""\ud83d\ude00""#, r#""\uD83D\uDE00""#, r#""\ud83d""#, r#""\ude00\ud83d""#] {
        assert_eq!(read::<String>(written), Err(Refusal::FrameMalformed), "{written}");
    }
}

#[test]
fn what_is_no_escape_is_refused() {
    for written in [r#""\x41""#, r#""\u00""#, r#""\u00zz""#, r#""\""#, r#""\u{e9}""#, r#""a" "b""#] {
        assert_eq!(read::<String>(written), Err(Refusal::FrameMalformed), "{written}");
    }
}

proptest! {
    #[test]
    fn any_texts_are_read_as_they_were_written(texts in any::<Vec<String>>()) {
        prop_assert_eq!(read(&encode(&texts)), Ok(texts));
    }
}
