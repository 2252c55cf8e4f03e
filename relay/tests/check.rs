// A check of ICE.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// A check of ICE that nominates, signed with this password.
pub(crate) fn check(number: u8, names: &str, password: &str) -> Vec<u8> {
    let mut message = vec![0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42];
    message.extend([number; 12]);
    message.extend([0, 6]);
    message.extend((names.len() as u16).to_be_bytes());
    message.extend(names.as_bytes());
    message.resize(message.len().next_multiple_of(4), 0);
    message.extend([0, 0x25, 0, 0]);
    let length = (message.len() - 20 + 24) as u16;
    message[2..4].copy_from_slice(&length.to_be_bytes());
    let mut hmac = Hmac::<Sha1>::new_from_slice(password.as_bytes()).expect("a key may have any length");
    hmac.update(&message);
    let hmac: [u8; 20] = hmac.finalize().into_bytes().into();
    message.extend([0, 8, 0, 20]);
    message.extend(hmac);
    message
}
