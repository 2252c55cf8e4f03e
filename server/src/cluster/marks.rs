//! Names of keys from which nobody learns what they are about.

use ring::hmac;

/// A keyed hash, the same on all nodes that have the same secret.
pub(super) struct Marks(hmac::Key);

impl Marks {
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The mark of something of this kind.
    pub(super) fn of(&self, kind: &str, name: &str) -> u128 {
        let hash = hmac::sign(&self.0, format!("{kind} {name}").as_bytes());
        hash.as_ref().iter().take(16).fold(0, |bits, byte| (bits << 8) | u128::from(*byte))
    }
}
