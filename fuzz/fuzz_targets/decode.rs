//! The decoders read or refuse every text. What they read can be written and read again without a change.
#![no_main]

use std::fmt::Debug;

use heartogether::{
    limits::{CANDIDATES_PER_SIGNAL, FRAME_BYTES},
    protocol::{
        ClientMessage, CustomEvent, RoomFrame, SendSignal, Signal, ToRoom, decode_client, decode_server, encode,
    },
    refusal::Refusal,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    read_again(text, decode_client, |message| encode(message));
    read_again(text, decode_server, |message| encode(message));
    read_again(text, CustomEvent::decode, |(room, event)| event.clone().encode(*room));
    if let Ok(message) = decode_client(text) {
        check_bounds(text, &message);
    }
});

fn read_again<M: PartialEq + Debug>(
    text: &str,
    decode: impl Fn(&str) -> Result<M, Refusal>,
    encode: impl Fn(&M) -> String,
) {
    if let Ok(message) = decode(text) {
        let written = encode(&message);
        // A message may be written longer than it came, with the fields that were left out.
        if written.len() <= FRAME_BYTES {
            assert_eq!(decode(&written).as_ref(), Ok(&message));
        }
    }
}

fn check_bounds(text: &str, message: &ClientMessage) {
    assert!(text.len() <= FRAME_BYTES);
    let ClientMessage::Room(RoomFrame { message: ToRoom::Signal(SendSignal { signal, .. }), .. }) = message else {
        return;
    };
    if let Signal::Candidates { candidates, .. } = signal {
        assert!(candidates.len() <= CANDIDATES_PER_SIGNAL);
    }
}
