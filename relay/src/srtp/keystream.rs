//! AES in counter mode (RFC 3711, section 4.1.1).

use aes::{
    Aes128Enc,
    cipher::{InnerIvInit, StreamCipher, StreamCipherCoreWrapper},
};
use ctr::{CtrCore, flavors::Ctr128BE};

/// Combines a text with the keystream that starts at this counter.
pub(super) fn keystream(aes: &Aes128Enc, counter: [u8; 16], text: &mut [u8]) {
    let core = CtrCore::<&Aes128Enc, Ctr128BE>::inner_iv_init(aes, &counter.into());
    StreamCipherCoreWrapper::from_core(core).apply_keystream(text);
}
