//! Packets that are sent at once.

use std::net::SocketAddr;

use crate::{rtp, srtp};

/// The most that one packet needs: the largest one that is taken, a tag, and what its header extension can grow.
const MOST_PACKET_BYTES: usize = rtp::MOST_BYTES + srtp::Profile::AeadAes128Gcm.tag_bytes() + 64;

/// Packets with their addresses, in memory that is used again and again. A caller sends and clears it.
pub struct Batch {
    arena: Vec<u8>,
    used: usize,
    slots: Vec<Slot>,
    most_packets: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    to: SocketAddr,
    start: usize,
    end: usize,
}

impl Batch {
    /// Room for so many packets, or fewer, if they are larger than usual for sound.
    pub fn new(most_packets: usize) -> Self {
        let most_packets = most_packets.max(1);
        let arena = most_packets * 320 + MOST_PACKET_BYTES;
        Self { arena: vec![0; arena], used: 0, slots: Vec::with_capacity(most_packets), most_packets }
    }

    /// Whether one more packet fits, whatever its size.
    pub fn has_room(&self) -> bool {
        self.slots.len() < self.most_packets && self.arena.len() - self.used >= MOST_PACKET_BYTES
    }

    /// Where the next packet is written.
    pub(super) fn room(&mut self) -> &mut [u8] {
        &mut self.arena[self.used..]
    }

    /// Takes what was written at the start of the room.
    pub(super) fn push(&mut self, to: SocketAddr, bytes: usize) {
        let end = self.used + bytes;
        self.slots.push(Slot { to, start: self.used, end });
        self.used = end;
    }

    /// The packets, and where they go.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (SocketAddr, &[u8])> {
        self.slots.iter().map(|slot| (slot.to, &self.arena[slot.start..slot.end]))
    }

    /// Packets in it.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.used = 0;
    }
}
