//! Random bits from the operating system: every id and token is drawn here, at the edge.

use rand::{TryRng, rngs::SysRng};

/// Random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).expect("the operating system has a random source");
    bytes
}

/// The bits of an id.
pub(crate) fn bits() -> u128 {
    u128::from_le_bytes(bytes())
}
