//! Packets of sound go out to legs or are refused, and what goes out can be opened and read.
#![no_main]

use std::time::Instant;

use heartogether_relay::{
    forward::{Batch, Publication, Source, Start, Subscriber},
    rtp::{self, ExtensionMap, Packet},
    srtp::{MasterKey, Profile, RtpOpener},
};
use libfuzzer_sys::fuzz_target;

/// A tag, and what a header extension can grow.
const MOST_GROWTH_BYTES: usize = 16 + 64;

#[expect(clippy::disallowed_methods, reason = "an instant to start from")]
fn now() -> Instant {
    Instant::now()
}

fuzz_target!(|data: &[u8]| {
    // Sealed and with another header extension, a packet is larger, and larger ones than these are not read again here.
    if data.len() > rtp::MOST_BYTES - MOST_GROWTH_BYTES {
        return;
    }
    let Ok(packet) = Packet::parse(data) else { return };
    let source = Source { ssrc: packet.ssrc, opus: 111, red: Some(63) };
    let mut publication = Publication::new(source);
    let mut extensions = ExtensionMap::default();
    (1..15).for_each(|id| extensions.pass(id, 15 - id));
    let key = |seed| MasterKey::new(Profile::AeadAes128Gcm, &[seed; 16], &[seed; 12]).expect("a key and a salt");
    for (seed, red) in [(1, Some(63)), (2, Some(64)), (3, None)] {
        let (to, name) = (([192, 0, 2, 1], 1).into(), "relay".to_owned());
        let subscriber = Subscriber { to, key: key(seed), ssrc: 7, opus: 96, red, extensions, name };
        publication.join(subscriber, Start::new(0, 0));
    }
    let Ok(mut pass) = publication.accept(now(), data) else { return };
    // Large packets fill it before it has all three.
    let (mut batch, mut out) = (Batch::new(3), Vec::new());
    loop {
        let is_more = pass.fill(&mut batch);
        out.extend(batch.iter().map(|(_, sealed)| sealed.to_vec()));
        batch.clear();
        if !is_more {
            break;
        }
    }
    assert_eq!(out.len(), 3);
    for (seed, mut sealed) in (1..).zip(out) {
        let header_bytes = rtp::header_bytes(&sealed).expect("a packet");
        let (plain, index) = RtpOpener::new(&key(seed)).open(&mut sealed, header_bytes).expect("it is authentic");
        let out = Packet::parse(plain).expect("a packet");
        assert_eq!((index, out.ssrc, out.marker), (0, 7, packet.marker));
        assert!(out.payload.len() <= packet.payload.len());
    }
});
