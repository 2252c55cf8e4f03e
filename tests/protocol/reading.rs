//! Texts as our server writes them in JSON, and as others write them.

use heartogether::{
    protocol::{Ping, encode, read},
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
        assert_eq!(read(&encode(&(text, 1_u32))), Ok((text.to_owned(), 1_u32)));
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

#[test]
fn spaces_and_what_nobody_knows_are_skipped() {
    for written in [
        " {\t\"nonce\" : 7 }\r\n",
        r#"{"more":{"deep":[1,-2.5e-3,{"a\"]":[null,true,false]}],"":{}},"nonce":7}"#,
        r#"{"nonce":7,"more":[],"again":"\\"}"#,
    ] {
        assert_eq!(read(written), Ok(Ping { nonce: 7 }), "{written}");
    }
}

#[test]
fn what_is_no_json_is_refused() {
    for written in [
        r#"{"nonce":7"#,
        r#"{"nonce":7}}"#,
        r#"{"nonce":7,}"#,
        r#"{,"nonce":7}"#,
        r#"{"nonce" 7}"#,
        r#"{nonce:7}"#,
        r#"{"nonce":7 "more":1}"#,
        r#"{"nonce":07}"#,
        r#"{"nonce":+7}"#,
        r#"{"nonce":7.0}"#,
        r#"{"nonce":7,"more":}"#,
        r#"{"nonce":7,"more":[1"#,
        r#"{"nonce":7,"more":"a}"#,
        "",
        " ",
    ] {
        assert_eq!(read::<Ping>(written), Err(Refusal::FrameMalformed), "{written}");
    }
    for written in ["[1,]", "[,1]", "[1 2]", "[1", "1]", "[1]1"] {
        assert_eq!(read::<Vec<u32>>(written), Err(Refusal::FrameMalformed), "{written}");
    }
}

#[test]
fn other_numbers_than_those_of_the_protocol_are_refused() {
    for (written, is_read) in [("0", true), ("255", true), ("256", false), ("-1", false), ("1e2", false)] {
        assert_eq!(read::<u8>(written).is_ok(), is_read, "{written}");
    }
    assert_eq!(read(&encode(&u64::MAX)), Ok(u64::MAX));
    assert_eq!(read::<i32>("1"), Err(Refusal::FrameMalformed));
    assert_eq!(read::<f64>("1"), Err(Refusal::FrameMalformed));
}

proptest! {
    #[test]
    fn any_texts_are_read_as_they_were_written(texts in any::<Vec<String>>()) {
        prop_assert_eq!(encode(&texts), serde_json::to_string(&texts).expect("texts"));
        prop_assert_eq!(read(&encode(&texts)), Ok(texts));
    }
}
