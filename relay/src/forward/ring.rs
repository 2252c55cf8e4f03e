//! The last packets, as they came, for those who miss some. Their memory is used again.

use super::{
    KEPT_PACKETS,
    line::{Payload, Placed},
};
use crate::rtp::Packet;

/// A packet that is kept.
pub(super) struct Stored {
    pub(super) index: u64,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) payload: Payload,
    /// The payload type of Opus within redundant blocks.
    pub(super) payload_type: u8,
    /// The header extension, then the payload.
    bytes: Vec<u8>,
    extension_bytes: usize,
}

impl Stored {
    /// The header extension, with its head.
    pub(super) fn extension(&self) -> &[u8] {
        &self.bytes[..self.extension_bytes]
    }

    pub(super) fn payload_bytes(&self) -> &[u8] {
        &self.bytes[self.extension_bytes..]
    }
}

pub(super) struct Ring {
    packets: Vec<Stored>,
}

impl Ring {
    pub(super) fn new() -> Self {
        let empty = || Stored {
            index: u64::MAX,
            timestamp: 0,
            marker: false,
            payload: Payload::Opus,
            payload_type: 0,
            bytes: Vec::new(),
            extension_bytes: 0,
        };
        Self { packets: std::iter::repeat_with(empty).take(KEPT_PACKETS).collect() }
    }

    pub(super) fn get(&self, index: u64) -> Option<&Stored> {
        Some(&self.packets[place(index)]).filter(|stored| stored.index == index)
    }

    /// Keeps a packet in the place of the one 256 before.
    pub(super) fn store(&mut self, placed: &Placed, packet: &Packet<'_>) -> &Stored {
        let stored = &mut self.packets[place(placed.index)];
        stored.index = placed.index;
        stored.timestamp = placed.timestamp;
        stored.marker = packet.marker;
        stored.payload = placed.payload;
        stored.payload_type = placed.payload_type;
        stored.bytes.clear();
        stored.bytes.extend_from_slice(packet.extension_bytes);
        stored.extension_bytes = stored.bytes.len();
        stored.bytes.extend_from_slice(packet.payload);
        stored
    }
}

fn place(index: u64) -> usize {
    (index % KEPT_PACKETS as u64) as usize
}
