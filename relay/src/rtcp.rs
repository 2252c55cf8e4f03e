//! RTCP (RFC 3550, section 6): what listeners report is read, and reports about what they get are written. It keeps nothing.

mod read;
#[cfg(test)]
mod tests;
mod write;

use std::time::Duration;

pub use read::{Item, Nack, ReportBlock, read};
pub use write::{SenderReport, write_goodbye};

/// Packet types (RFC 3550, section 12.1; RFC 4585, section 6.1).
mod kind {
    pub(super) const SENDER_REPORT: u8 = 200;
    pub(super) const RECEIVER_REPORT: u8 = 201;
    pub(super) const DESCRIPTION: u8 = 202;
    pub(super) const GOODBYE: u8 = 203;
    pub(super) const TRANSPORT_FEEDBACK: u8 = 205;
}

const HEAD_BYTES: usize = 4;
const VERSION: u8 = 2;

/// A time of the wall clock, in units of 2^-32 s since 1900 (RFC 3550, section 4). Only differences count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ntp(pub u64);

impl Ntp {
    /// From the time since 1970.
    pub fn from_unix(since: Duration) -> Self {
        /// From 1900 to 1970.
        const EPOCH_S: u64 = 2_208_988_800;
        let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
        Self((since.as_secs() + EPOCH_S) << 32 | fraction)
    }

    /// Its middle: units of 2^-16 s, over in 18 hours.
    pub fn middle(self) -> u32 {
        (self.0 >> 16) as u32
    }
}

/// A time in units of 2^-16 s.
pub fn from_middle(units: u32) -> Duration {
    Duration::from_nanos((u64::from(units) * 1_000_000_000) >> 16)
}
