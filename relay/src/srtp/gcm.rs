//! `AEAD_AES_128_GCM` (RFC 7714).

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::{
    MasterKey, Stream,
    derivation::{Purpose, derive},
};

pub(super) const TAG_BYTES: usize = 16;

/// The session key of one direction, expanded, and its salt.
#[derive(Clone)]
pub(super) struct Gcm {
    key: LessSafeKey,
    salt: [u8; 12],
}

impl Gcm {
    pub(super) fn new(master: &MasterKey, stream: Stream) -> Self {
        Self::from_session(derive(master, stream, Purpose::Encryption), derive(master, stream, Purpose::Salt))
    }

    /// From a key and a salt that need not be derived.
    pub(super) fn from_session(key: [u8; 16], salt: [u8; 12]) -> Self {
        let key = UnboundKey::new(&AES_128_GCM, &key).expect("a key of AES-128 has 16 bytes");
        Self { key: LessSafeKey::new(key), salt }
    }

    /// Encrypts a text and returns its tag. An index must never come twice with another text.
    pub(super) fn seal(&self, ssrc: u32, index: u64, readable: &[u8], text: &mut [u8]) -> [u8; TAG_BYTES] {
        let sealed = self.key.seal_in_place_separate_tag(self.nonce(ssrc, index), Aad::from(readable), text);
        let mut tag = [0; TAG_BYTES];
        // It fails for texts of 64 GiB.
        if let Ok(sealed) = sealed {
            tag.copy_from_slice(sealed.as_ref());
        }
        tag
    }

    /// Decrypts a text that its tag follows. Returns whether it is authentic; if not, the text is garbage.
    pub(super) fn open(&self, ssrc: u32, index: u64, readable: &[u8], text_and_tag: &mut [u8]) -> bool {
        self.key.open_in_place(self.nonce(ssrc, index), Aad::from(readable), text_and_tag).is_ok()
    }

    /// Section 8.1 and section 9.1, which are the same: an index of RTP has 48 bits, one of RTCP has 31.
    fn nonce(&self, ssrc: u32, index: u64) -> Nonce {
        let mut nonce = [0; 12];
        nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
        nonce[6..].copy_from_slice(&index.to_be_bytes()[2..]);
        for (byte, salt) in nonce.iter_mut().zip(self.salt) {
            *byte ^= salt;
        }
        Nonce::assume_unique_for_key(nonce)
    }
}
