//! All cookies of a name are read as they were sent, whatever other cookies come before them.
#![no_main]

use heartogether_headers::cookie::values;
use libfuzzer_sys::fuzz_target;

const NAME: &str = "heartogether_session";

// The first line is a value of ours, the others are what the request brings.
fuzz_target!(|data: &[u8]| {
    let mut lines = data.split(|byte| *byte == b'\n');
    let ours = lines.next().unwrap_or_default();
    let lines: Vec<&[u8]> = lines.collect();
    let read: Vec<&str> = values(lines.iter().copied(), NAME).collect();
    for value in &read {
        assert!(!value.contains(';') && value.trim_ascii_end() == *value);
    }
    let sent = lines.iter().flat_map(|line| line.split(|byte| *byte == b';'));
    let sent = sent.map(|pair| String::from_utf8_lossy(pair).trim_ascii().to_owned());
    let named = sent.filter(|pair| pair.split_once('=').is_some_and(|(name, _)| name == NAME));
    assert!(read.len() <= named.count(), "no cookie of another name is one of ours");

    // What may stand in a value (RFC 6265, section 4.1.1).
    let ours: String = ours.iter().map(|byte| char::from(byte & 0x7f)).filter(|c| c.is_ascii_graphic()).collect();
    let ours = ours.replace(['"', ',', ';', '\\'], "");
    let with = |line: &[u8]| [line, b"; ", NAME.as_bytes(), b"=", ours.as_bytes()].concat();
    let last = with(lines.last().copied().unwrap_or_default());
    let before = lines.iter().rev().skip(1).rev().copied();
    let again: Vec<&str> = values(before.chain([last.as_slice()]), NAME).collect();
    assert_eq!(again.split_last(), Some((&ours.as_str(), read.as_slice())), "one more is one more");
});
