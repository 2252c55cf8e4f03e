//! Answers of listeners are read or refused, and what is read is within its limits.
#![no_main]

use heartogether_relay::sdp::{Answer, Extension};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(answer) = Answer::parse(text) else { return };
    assert!((4..=256).contains(&answer.peer.ufrag.len()));
    assert!([Some(answer.opus), answer.red].into_iter().flatten().all(|number| matches!(number, 0..=63 | 96..=127)));
    let _ = answer.extension_map(&Extension::ALL.map(|extension| (extension, 1)));
});
