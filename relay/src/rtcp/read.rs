//! Compound packets, and those of reduced size (RFC 5506), from listeners.

use super::{HEAD_BYTES, VERSION, kind};

/// What a packet says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// How a source is received.
    Report(ReportBlock),
    /// Which packets of a source are missing.
    Nack(Nack<'a>),
    /// A source ends.
    Goodbye(u32),
}

/// How a source is received (RFC 3550, section 6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportBlock {
    /// The source.
    pub ssrc: u32,
    /// Of 256 packets since the last report, so many were lost.
    pub fraction_lost: u8,
    /// Packets lost in all; fewer than none, where some came twice.
    pub total_lost: i32,
    /// The highest sequence number, after the count of its roll-overs.
    pub highest: u32,
    /// In units of the codec's clock.
    pub jitter: u32,
    /// The middle of the time in the last sender report that came, or zero.
    pub last_report: u32,
    /// How long ago that came, in units of 2^-16 s.
    pub since_last_report: u32,
}

/// Packets that a listener asks for again (RFC 4585, section 6.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nack<'a> {
    /// The source of the packets.
    pub ssrc: u32,
    entries: &'a [u8],
}

impl Nack<'_> {
    /// Their sequence numbers.
    pub fn sequences(&self) -> impl Iterator<Item = u16> {
        self.entries.chunks_exact(4).flat_map(|entry| {
            let (first, others) = (u16::from_be_bytes([entry[0], entry[1]]), u16::from_be_bytes([entry[2], entry[3]]));
            let others = (0..16).filter(move |bit| others >> bit & 1 == 1);
            std::iter::once(first).chain(others.map(move |bit: u16| first.wrapping_add(bit + 1)))
        })
    }
}

/// Reads a packet and hands over what it says. What is unknown is passed over; behind what is damaged, nothing is read.
pub fn read<'a>(mut compound: &'a [u8], mut take: impl FnMut(Item<'a>)) {
    while let Some((packet, rest)) = next_packet(compound) {
        compound = rest;
        let (count, body) = (usize::from(packet[0] & 0x1F), &packet[HEAD_BYTES..]);
        match packet[1] {
            kind::SENDER_REPORT => read_blocks(body.get(24..), count, &mut take),
            kind::RECEIVER_REPORT => read_blocks(body.get(4..), count, &mut take),
            kind::GOODBYE => {
                let sources = body.chunks_exact(4).take(count);
                sources.for_each(|source| take(Item::Goodbye(number(source))));
            }
            // The count is the feedback's kind here: 1 is the generic NACK.
            kind::TRANSPORT_FEEDBACK if count == 1 && body.len() >= 8 => {
                take(Item::Nack(Nack { ssrc: number(&body[4..8]), entries: &body[8..] }));
            }
            _ => {}
        }
    }
}

/// Cuts the first packet off, without its padding.
fn next_packet(compound: &[u8]) -> Option<(&[u8], &[u8])> {
    let head = compound.get(..HEAD_BYTES)?;
    if head[0] >> 6 != VERSION {
        return None;
    }
    let bytes = HEAD_BYTES + 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
    let (mut packet, rest) = compound.split_at_checked(bytes)?;
    if head[0] & 0x20 != 0 {
        let padding = usize::from(*packet.last()?);
        packet = packet.get(..bytes.checked_sub(padding)?).filter(|packet| packet.len() >= HEAD_BYTES)?;
    }
    Some((packet, rest))
}

fn read_blocks<'a>(blocks: Option<&'a [u8]>, count: usize, take: &mut impl FnMut(Item<'a>)) {
    for block in blocks.unwrap_or_default().chunks_exact(24).take(count) {
        let total_lost = u32::from_be_bytes([block[5], block[6], block[7], 0]) as i32 >> 8;
        take(Item::Report(ReportBlock {
            ssrc: number(block),
            fraction_lost: block[4],
            total_lost,
            highest: number(&block[8..]),
            jitter: number(&block[12..]),
            last_report: number(&block[16..]),
            since_last_report: number(&block[20..]),
        }));
    }
}

/// The first four bytes of a slice that has as many.
fn number(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}
