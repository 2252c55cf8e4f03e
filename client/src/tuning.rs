//! How much is sent to one listener.

/// What is sent to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// Bits of sound a second, not counting redundant ones.
    pub bitrate_bps: u32,
    /// Whether every packet contains a copy of the one before.
    pub redundancy: bool,
}
