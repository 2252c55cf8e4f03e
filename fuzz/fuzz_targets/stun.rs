//! No datagram makes the reader of checks fail, and no answer is larger than its question.
#![no_main]

use heartogether_relay::{
    datagram::{Kind, named_leg},
    stun::{Answer, Request},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = (Kind::of(data), named_leg(data).map(|ufrag| ufrag.place()));
    let Ok(request) = Request::parse(data) else { return };
    assert!(!request.is_signed_with(b"a password that nobody has guessed"));
    let answers = [
        Answer::success(&request, ([192, 0, 2, 1], 1).into(), b"password"),
        Answer::success(&request, ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 1).into(), b"password"),
        Answer::unauthenticated(&request),
        request.unknown().and_then(|kind| Answer::unknown_attribute(&request, kind, b"password")),
    ];
    for answer in answers.iter().flatten() {
        assert!(answer.bytes().len() <= data.len());
        assert_eq!(Kind::of(answer.bytes()), Kind::Stun);
    }
});
