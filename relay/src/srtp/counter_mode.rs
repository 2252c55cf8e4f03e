//! `AES_CM_128_HMAC_SHA1_80` (RFC 3711, section 4).

use aes::{Aes128Enc, cipher::KeyInit};
use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::{
    MasterKey, Stream,
    derivation::{Purpose, derive},
    keystream::keystream,
};

pub(super) const TAG_BYTES: usize = 10;

/// The session keys of one direction, expanded.
#[derive(Clone)]
pub(super) struct CounterMode {
    aes: Aes128Enc,
    salt: [u8; 14],
    hmac: Hmac<Sha1>,
}

impl CounterMode {
    pub(super) fn new(master: &MasterKey, stream: Stream) -> Self {
        let (key, authentication): ([u8; 16], [u8; 20]) =
            (derive(master, stream, Purpose::Encryption), derive(master, stream, Purpose::Authentication));
        Self {
            aes: Aes128Enc::new(&key.into()),
            salt: derive(master, stream, Purpose::Salt),
            hmac: Hmac::new_from_slice(&authentication).expect("a key of HMAC may have any length"),
        }
    }

    /// Encrypts or decrypts, which is the same (section 4.1.1). An index of RTP has 48 bits, one of RTCP has 31.
    pub(super) fn apply(&self, ssrc: u32, index: u64, text: &mut [u8]) {
        let mut counter = [0; 16];
        counter[..14].copy_from_slice(&self.salt);
        xor(&mut counter[4..8], &ssrc.to_be_bytes());
        xor(&mut counter[8..14], &index.to_be_bytes()[2..]);
        keystream(&self.aes, counter, text);
    }

    /// The tag of what was encrypted, and of what follows it: the roll-over counter of RTP (section 4.2).
    pub(super) fn tag(&self, packet: &[u8], after: &[u8]) -> [u8; TAG_BYTES] {
        let mut hmac = self.hmac.clone();
        hmac.update(packet);
        hmac.update(after);
        let whole: [u8; 20] = hmac.finalize().into_bytes().into();
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&whole[..TAG_BYTES]);
        tag
    }

    /// Compares in constant time.
    pub(super) fn is_tag(&self, packet: &[u8], after: &[u8], tag: &[u8]) -> bool {
        let mut hmac = self.hmac.clone();
        hmac.update(packet);
        hmac.update(after);
        tag.len() == TAG_BYTES && hmac.verify_truncated_left(tag).is_ok()
    }
}

fn xor(bytes: &mut [u8], other: &[u8]) {
    for (byte, other) in bytes.iter_mut().zip(other) {
        *byte ^= other;
    }
}
