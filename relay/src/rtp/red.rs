//! Redundant sound (RFC 2198): a payload that holds earlier payloads before its own.

/// More blocks than browsers send. A payload with more is taken for damaged.
const MOST_BLOCKS: usize = 16;
const FOLLOWS: u8 = 0x80;

/// A block of a redundant payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// Its codec.
    pub payload_type: u8,
    /// How much earlier it was sampled than the packet says. Zero for the primary block.
    pub offset: u16,
    /// Its payload.
    pub data: &'a [u8],
}

/// A redundant payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Red<'a> {
    payload: &'a [u8],
    /// Blocks before the primary one.
    redundant: usize,
}

impl<'a> Red<'a> {
    /// Reads one; nothing, if it is none.
    pub fn parse(payload: &'a [u8]) -> Option<Self> {
        let (mut at, mut redundant, mut bytes) = (0, 0, 0);
        while payload.get(at)? & FOLLOWS != 0 {
            let head = payload.get(at..at + 4)?;
            bytes += usize::from(u16::from_be_bytes([head[2] & 0x03, head[3]]));
            at += 4;
            redundant += 1;
            if redundant >= MOST_BLOCKS {
                return None;
            }
        }
        (at + 1 + bytes <= payload.len()).then_some(Self { payload, redundant })
    }

    /// The blocks before the primary one, the oldest first.
    pub fn redundant(&self) -> impl Iterator<Item = Block<'a>> {
        let (heads, mut data) = self.payload.split_at(4 * self.redundant);
        data = &data[1..];
        heads.chunks_exact(4).map(move |head| {
            let length = usize::from(u16::from_be_bytes([head[2] & 0x03, head[3]]));
            // It was added up when the payload was read.
            let (block, rest) = data.split_at_checked(length).unwrap_or((data, &[]));
            data = rest;
            let offset = u16::from_be_bytes([head[1], head[2]]) >> 2;
            Block { payload_type: head[0] & !FOLLOWS, offset, data: block }
        })
    }

    /// What a packet without redundancy would hold.
    pub fn primary(&self) -> Block<'a> {
        let data = self.payload.get(self.primary_start()..).unwrap_or_default();
        Block { payload_type: self.payload[4 * self.redundant], offset: 0, data }
    }

    /// Where the primary block starts in the payload.
    pub fn primary_start(&self) -> usize {
        4 * self.redundant + 1 + self.redundant().map(|block| block.data.len()).sum::<usize>()
    }

    /// Gives all blocks another payload type, in a copy of the payload.
    pub fn rename(&self, copy: &mut [u8], payload_type: u8) {
        for head in copy.iter_mut().step_by(4).take(self.redundant + 1) {
            *head = *head & FOLLOWS | payload_type;
        }
    }
}
