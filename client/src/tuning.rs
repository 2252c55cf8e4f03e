//! How much is sent to one listener, and in which packets.

/// What is sent to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// Bits of sound a second, not counting redundant ones.
    pub bitrate_bps: u32,
    /// The packets that contain it.
    pub packets: Packets,
}

impl Tuning {
    /// The same to one of many listeners: in packets of the usual length. To many, the headers of short ones would fill a thin
    /// uplink, and each packet costs the host's processor as much as a long one.
    pub(super) const fn to_crowd(mut self) -> Self {
        self.packets.length_ms = Packets::USUAL.length_ms;
        self
    }
}

/// The packets that contain the sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packets {
    /// Whether every packet contains a copy of the one before.
    pub redundancy: bool,
    /// Milliseconds of sound in each.
    pub length_ms: u8,
}

impl Packets {
    /// What an encoder sends unless it is asked for something else: 20 ms is the default of RFC 7587, section 4.2.
    pub const USUAL: Self = Self { redundancy: false, length_ms: 20 };

    /// The bits a second of their headers: 60 bytes a packet (IP, UDP, SRTP and its tag).
    pub(super) const fn headers_bps(self) -> u32 {
        60 * 8 * 1_000 / self.length_ms as u32
    }
}
