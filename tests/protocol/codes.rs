//! Room codes as people type them, and as the server generates them.

use heartogether::{id::RoomCode, refusal::Refusal};

#[test]
fn a_code_is_read_however_people_type_it() {
    for typed in [
        "ABC234",
        "abc234",
        "aBc234",
        "ABC-234",
        "ABC 234",
        " a-b c 2-3 4 ",
        "A B C 2 3 4",
        "-ABC--234-",
        "\tABC234\n",
        "ABC\u{a0}234",
        "ABC\u{3000}234",
        "       ABC234       ",
    ] {
        assert_eq!(RoomCode::parse(typed).map(|code| code.to_string()).as_deref(), Ok("ABC234"), "{typed:?}");
    }
}

#[test]
fn an_invalid_code_is_refused() {
    for (what, typed) in [
        ("nothing", ""),
        ("blank", "   "),
        ("hyphens", "------"),
        ("five", "ABC23"),
        ("seven", "ABC2345"),
        ("I", "ABC23I"),
        ("small i", "ABC23i"),
        ("L", "ABC23L"),
        ("small l", "ABC23l"),
        ("O", "ABC23O"),
        ("small o", "ABC23o"),
        ("0", "ABC230"),
        ("1", "ABC231"),
        ("21 characters", "        ABC234       "),
        ("very many", &"A".repeat(1_000_000)),
        ("Cyrillic letters that look alike", "\u{410}\u{412}\u{421}234"),
        ("Greek letters that look alike", "\u{391}\u{392}C234"),
        ("full-width letters", "\u{ff21}\u{ff22}\u{ff23}234"),
        ("full-width digits", "ABC\u{ff12}\u{ff13}\u{ff14}"),
        ("Arabic digits", "ABC\u{662}\u{663}\u{664}"),
        ("a long s, whose capital is S", "\u{17f}BC234"),
        ("a Kelvin sign, whose small letter is k", "\u{212a}BC234"),
        ("an accent", "ÁBC234"),
        ("a combining accent", "A\u{301}BC234"),
        ("a zero-width space", "ABC\u{200b}234"),
        ("another hyphen", "ABC\u{2010}234"),
        ("an underscore", "ABC_234"),
        ("a zero byte", "ABC234\u{0}"),
        ("a heart", "\u{2764}BC234"),
        ("a path", "../../"),
    ] {
        assert_eq!(RoomCode::parse(typed), Err(Refusal::CodeMalformed), "{what}");
    }
}

#[test]
fn a_code_may_be_typed_in_twenty_characters() {
    let typed = format!("{:<20}", "ABC234");
    assert!(RoomCode::parse(&typed).is_ok());
}

#[test]
fn the_alphabet_has_no_characters_that_look_alike() {
    let allowed = (b'A'..=b'Z').chain(b'0'..=b'9').filter(|letter| !b"ILO01".contains(letter));
    assert_eq!(RoomCode::ALPHABET.as_slice(), allowed.collect::<Vec<_>>());
}

#[test]
fn every_letter_of_a_code_is_equally_likely() {
    // Each byte value once in each place: what is fair for these is fair for random bytes.
    let mut bytes = (0..=u8::MAX).cycle();
    let mut counts = [0_u32; 256];
    let drawn = 31 * 8 * 100;
    for _ in 0..drawn / 6 + 1 {
        let code = RoomCode::draw(|| bytes.next().expect("there is always another"));
        assert_eq!(RoomCode::parse(&code.to_string()), Ok(code));
        code.to_string().bytes().for_each(|letter| counts[usize::from(letter)] += 1);
    }
    let fair = drawn / 31;
    for letter in RoomCode::ALPHABET {
        let count = counts[usize::from(*letter)];
        assert!(count.abs_diff(fair) <= fair / 100 + 1, "{}: {count} instead of {fair}", char::from(*letter));
    }
    assert_eq!(counts.iter().filter(|count| **count > 0).count(), RoomCode::ALPHABET.len());
}

#[test]
fn every_generated_code_can_be_read() {
    for letter in 0..31_u8 {
        let code = RoomCode::draw(|| letter);
        assert_eq!(RoomCode::parse(&code.to_string().to_lowercase()), Ok(code));
    }
}

#[test]
fn a_code_is_found_in_whatever_people_paste() {
    for pasted in [
        "ABC234",
        " abc 234 ",
        "ABC\u{2013}234",
        "ABC\u{2014}234",
        "ABC\u{2011}234",
        "ABC\u{2212}234",
        "\u{feff}ABC\u{200b}234\u{2060}",
        "\u{202d}ABC234\u{202c}",
        "\"ABC234\"",
        "\u{201c}ABC-234\u{201d}",
        "\u{201e}abc 234\u{201c}",
        "«ABC234»",
        "「ABC234」",
        "(ABC234).",
        "*ABC234*",
        "ABC_234",
        "ABC.234",
        "\u{ff21}\u{ff22}\u{ff23}\u{ff12}\u{ff13}\u{ff14}",
        "\u{ff41}\u{ff42}\u{ff43}\u{ff0d}\u{ff12}\u{ff13}\u{ff14}",
        "Code: ABC-234",
        "Room code: ABC 234",
        "代码\u{ff1a}ABC234",
        "https://hear.example/room/ABC234",
        "http://192.0.2.7:3000/listen/abc234",
        "hear.example/host/ABC234/",
        "https://other.example/some/where/room/ABC234",
        "https://hear.example/room/ABC234?utm_source=mail&x=/room/ZZZZZZ#top",
        "https://hear.example/room/ABC-234#/listen/ZZZZZZ",
        "https://hear.example/room/ABC234/qr.svg",
        "https://hear.example/login?next=/listen/ABC234",
        "https://hear.example/login?next=%2Flisten%2FABC234&why=guests_off",
        "HTTPS://HEAR.EXAMPLE/ROOM/ABC234",
        "Ada’s room https://hear.example/room/ABC234",
        "<https://hear.example/room/ABC234>",
        "https://hear.example/room/ABC\u{200b}234.",
        "/room/ABC234",
    ] {
        assert_eq!(RoomCode::find_in(pasted).map(|code| code.to_string()).as_deref(), Ok("ABC234"), "{pasted:?}");
    }
    let long = format!("https://hear.example/room/ABC234?{}", "x".repeat(2_048 - 33));
    assert!(RoomCode::find_in(&long).is_ok());
}

#[test]
fn no_code_is_found_in_text_without_a_code() {
    for (what, pasted) in [
        ("nothing", ""),
        ("a dash", "\u{2013}"),
        ("a label", "Code:"),
        ("two codes", "ABC234 DEF567"),
        ("a link elsewhere", "https://hear.example/about"),
        ("a link without a code", "https://hear.example/room/"),
        ("a code that is no page's", "https://hear.example/ABC234"),
        ("a word that looks like a code after a slash", "and/or/ABC234"),
        ("Cyrillic letters that look alike", "\u{410}\u{412}\u{421}234"),
        ("markup", "<b>ABC2</b>"),
        ("21 characters", "Please come: ABC23456"),
        ("a link without an end", &format!("https://hear.example/room/ABC234?{}", "x".repeat(2_016))),
        ("very many", &"A".repeat(1_000_000)),
    ] {
        assert_eq!(RoomCode::find_in(pasted), Err(Refusal::CodeMalformed), "{what}");
    }
}
