//! Reports are read or passed over, and none makes a table send more than it may.
#![no_main]

use std::time::Instant;

use heartogether_relay::{
    forward::{Batch, Publication, Source, Start, Subscriber},
    rtcp::{self, Item, Ntp},
    rtp::ExtensionMap,
    srtp::{MasterKey, Profile},
};
use libfuzzer_sys::fuzz_target;

/// What a leg can have saved.
const MOST_REPEATS: usize = 32;

#[expect(clippy::disallowed_methods, reason = "an instant to start from")]
fn now() -> Instant {
    Instant::now()
}

fuzz_target!(|data: &[u8]| {
    let mut ssrc = 0;
    rtcp::read(data, |item| match item {
        Item::Report(block) => ssrc = block.ssrc,
        Item::Nack(nack) => {
            ssrc = nack.ssrc;
            assert!(nack.sequences().count() <= data.len() / 4 * 17);
        }
        Item::Goodbye(_) => {}
    });
    let mut publication = Publication::new(Source { ssrc: 1, opus: 111, red: None });
    let key = MasterKey::new(Profile::AeadAes128Gcm, &[1; 16], &[1; 12]).expect("a key and a salt");
    let (to, name) = (([192, 0, 2, 1], 1).into(), "relay".to_owned());
    let subscriber = Subscriber { to, key, ssrc, opus: 111, red: None, extensions: ExtensionMap::default(), name };
    let id = publication.join(subscriber, Start::new(0, 0));
    let mut batch = Batch::new(100);
    for sequence in 0..50_u8 {
        let packet = [0x80, 111, 0, sequence, 0, 0, 0, 0, 0, 0, 0, 1, 5];
        assert!(!publication.accept(now(), &packet).expect("a packet").fill(&mut batch));
    }
    batch.clear();
    publication.handle_reports(id, Ntp(1 << 40), data, &mut batch);
    assert!(batch.len() <= MOST_REPEATS);
});
