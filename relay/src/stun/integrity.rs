//! The signature and the checksum of STUN messages.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::{HEADER_BYTES, attribute};

/// What a checksum is combined with, so that no other protocol's is taken for it (RFC 8489, section 14.7).
const FINGERPRINT_XOR: u32 = 0x5354_554E;

/// `MESSAGE-INTEGRITY`: the HMAC-SHA1 of a message, whose header says that the HMAC is its end (RFC 8489, section 14.5).
pub(super) struct Integrity(Hmac<Sha1>);

impl Integrity {
    pub(super) const BYTES: usize = 20;

    /// Of the message that precedes the attribute.
    pub(super) fn new(password: &[u8], before: &[u8]) -> Self {
        let mut hmac = Hmac::<Sha1>::new_from_slice(password).expect("a key of HMAC may have any length");
        hmac.update(&before[..2]);
        hmac.update(&length_until(before, Self::BYTES));
        hmac.update(&before[4..]);
        Self(hmac)
    }

    /// In constant time.
    pub(super) fn is(self, other: &[u8]) -> bool {
        self.0.verify_slice(other).is_ok()
    }

    pub(super) fn bytes(self) -> [u8; Self::BYTES] {
        self.0.finalize().into_bytes().into()
    }
}

/// `FINGERPRINT`: the checksum of the message that precedes it.
pub(super) fn fingerprint(before: &[u8]) -> [u8; 4] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&before[..2]);
    crc.update(&length_until(before, 4));
    crc.update(&before[4..]);
    (crc.finalize() ^ FINGERPRINT_XOR).to_be_bytes()
}

/// The length in the header of a message that ends with one more attribute.
pub(super) fn length_until(before: &[u8], value_bytes: usize) -> [u8; 2] {
    ((before.len() - HEADER_BYTES + 4 + value_bytes) as u16).to_be_bytes()
}

/// The type and the length of the signature's attribute.
pub(super) const INTEGRITY_HEAD: [u8; 4] = head(attribute::MESSAGE_INTEGRITY, Integrity::BYTES as u16);
/// The type and the length of the checksum's attribute.
pub(super) const FINGERPRINT_HEAD: [u8; 4] = head(attribute::FINGERPRINT, 4);

/// The type and the length of an attribute.
pub(super) const fn head(kind: u16, length: u16) -> [u8; 4] {
    let ([a, b], [c, d]) = (kind.to_be_bytes(), length.to_be_bytes());
    [a, b, c, d]
}
