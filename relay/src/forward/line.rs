//! The publication's own count and time. They go on when the host comes back with another source, so the rows need not know of it.

use std::time::Instant;

use super::{KEPT_PACKETS, clock::MediaClock};
use crate::{
    rtp::{Malformed, Packet, Red},
    srtp::RollOver,
};

/// Where sound comes from, by the host's description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name in packets.
    pub ssrc: u32,
    /// The payload type of Opus.
    pub opus: u8,
    /// The payload type of redundant sound, if that was negotiated.
    pub red: Option<u8>,
}

/// Why a packet does not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no packet of RTP.
    Malformed(Malformed),
    /// It comes from another source.
    Foreign,
    /// Its payload type is none of the source's, or its redundancy is damaged.
    PayloadType,
    /// It was there before, or it is so old that nobody knows.
    Repeated,
}

/// What a payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Payload {
    Opus,
    /// Redundant sound, whose primary block starts here.
    Red {
        primary: usize,
    },
}

/// A packet in the publication's count and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) index: u64,
    pub(super) timestamp: u32,
    pub(super) payload: Payload,
    pub(super) payload_type: u8,
    source_index: u64,
    /// What its source's first packet became; that may be this one.
    base: Base,
}

/// What a source's first packet became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Base {
    source_index: u64,
    index: u64,
    timestamp_offset: u32,
}

pub(super) struct Line {
    source: Source,
    roll_over: RollOver,
    base: Option<Base>,
    highest: u64,
    clock: Option<MediaClock>,
    packets: u64,
}

impl Line {
    pub(super) fn new(source: Source) -> Self {
        Self { source, roll_over: RollOver::default(), base: None, highest: 0, clock: None, packets: 0 }
    }

    pub(super) fn follow(&mut self, source: Source) {
        self.source = source;
        self.roll_over = RollOver::default();
        self.base = None;
    }

    /// Says which packet this is, without taking it.
    pub(super) fn place(&self, now: Instant, packet: &Packet<'_>) -> Result<Placed, Refused> {
        if packet.ssrc != self.source.ssrc {
            return Err(Refused::Foreign);
        }
        let payload = self.payload(packet)?;
        let source_index = self.roll_over.estimate(packet.sequence);
        let base = self.base.unwrap_or_else(|| self.next_base(now, packet, source_index));
        let ahead = source_index.checked_sub(base.source_index).ok_or(Refused::Repeated)?;
        let index = base.index + ahead;
        if index + KEPT_PACKETS as u64 <= self.highest {
            return Err(Refused::Repeated);
        }
        let timestamp = packet.timestamp.wrapping_add(base.timestamp_offset);
        Ok(Placed { index, timestamp, payload, payload_type: self.source.opus, source_index, base })
    }

    fn payload(&self, packet: &Packet<'_>) -> Result<Payload, Refused> {
        if packet.payload_type == self.source.opus {
            return Ok(Payload::Opus);
        }
        if Some(packet.payload_type) != self.source.red {
            return Err(Refused::PayloadType);
        }
        let red = Red::parse(packet.payload).filter(|red| red.primary().payload_type == self.source.opus);
        let red = red.ok_or(Refused::PayloadType)?;
        Ok(Payload::Red { primary: red.primary_start() })
    }

    /// The first packet of a source follows the last one of the source before, by as much time as has passed.
    fn next_base(&self, now: Instant, packet: &Packet<'_>, source_index: u64) -> Base {
        let timestamp_offset = match &self.clock {
            Some(clock) => clock.next(now).wrapping_sub(packet.timestamp),
            None => 0,
        };
        Base { source_index, index: self.highest + 1, timestamp_offset }
    }

    /// Takes a packet that was placed.
    pub(super) fn take(&mut self, now: Instant, placed: &Placed) {
        let is_first = self.base.is_none();
        self.base = Some(placed.base);
        self.roll_over.take(placed.source_index);
        self.highest = self.highest.max(placed.index);
        self.packets += 1;
        match &mut self.clock {
            Some(clock) if !is_first => clock.observe(now, placed.timestamp),
            clock => *clock = Some(MediaClock::new(now, placed.timestamp)),
        }
    }

    /// The highest count so far.
    pub(super) fn highest(&self) -> u64 {
        self.highest
    }

    /// Packets so far.
    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    /// The publication's time now; nothing before the first packet.
    pub(super) fn timestamp(&self, now: Instant) -> Option<u32> {
        self.clock.as_ref().map(|clock| clock.at(now))
    }
}
