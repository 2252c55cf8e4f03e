//! Session keys from a master key (RFC 3711, section 4.3; RFC 7714, section 11), with a key derivation rate of zero.

use aes::{Aes128Enc, cipher::KeyInit};

use super::{MasterKey, Stream, keystream::keystream};

/// What is derived (RFC 3711, section 4.3.2).
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Encryption,
    Authentication,
    Salt,
}

impl Purpose {
    const fn label(self, stream: Stream) -> u8 {
        let label = match self {
            Self::Encryption => 0,
            Self::Authentication => 1,
            Self::Salt => 2,
        };
        match stream {
            Stream::Rtp => label,
            Stream::Rtcp => label + 3,
        }
    }
}

/// A key or a salt for one purpose.
pub(super) fn derive<const BYTES: usize>(master: &MasterKey, stream: Stream, purpose: Purpose) -> [u8; BYTES] {
    let mut counter = [0; 16];
    counter[..14].copy_from_slice(&master.salt);
    counter[7] ^= purpose.label(stream);
    let mut derived = [0; BYTES];
    keystream(&Aes128Enc::new(&master.key.into()), counter, &mut derived);
    derived
}
