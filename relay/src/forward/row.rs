//! A leg's row: what is its own in the packets that it gets.

use std::{net::SocketAddr, time::Instant};

use super::{batch::Batch, clock::samples, line::Payload, reception::Reception, ring::Stored};
use crate::{
    rtcp::{Ntp, ReportBlock, SenderReport, write_goodbye},
    rtp::{Elements, ExtensionMap, Header, Red},
    srtp::{MasterKey, RtcpSealer, RtpSealer},
};

/// Of so many packets, a leg may have one again.
const PACKETS_A_REPEAT: u64 = 4;
/// Repeats that a leg can save for worse times: half a second of sound.
const MOST_REPEATS: u64 = 32;

/// What a leg has negotiated.
#[derive(Clone)]
pub struct Subscriber {
    /// Where its packets go.
    pub to: SocketAddr,
    /// What they are sealed with.
    pub key: MasterKey,
    /// What its source is called.
    pub ssrc: u32,
    /// Its payload type of Opus.
    pub opus: u8,
    /// Its payload type of redundant sound; without it, it gets the primary blocks alone.
    pub red: Option<u8>,
    /// The elements of header extensions that it knows.
    pub extensions: ExtensionMap,
    /// Its source's canonical name, the same for all that belongs together (RFC 7022).
    pub name: String,
}

/// What a leg's first packet is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    index: u64,
    timestamp: u32,
    /// When the leg's time was that, if it had one before.
    at: Option<Instant>,
}

impl Start {
    /// A start by chance. The sequence number has 15 bits, so that its first roll-over cannot be missed (RFC 3711, section 3.3.1).
    pub fn new(sequence: u16, timestamp: u32) -> Self {
        Self { index: u64::from(sequence & 0x7FFF), timestamp, at: None }
    }
}

/// A row that has left a table, and can go on in another one.
pub struct Departed {
    row: Row,
}

impl Departed {
    pub(super) fn into_row(self) -> Row {
        self.row
    }

    /// Writes a sealed packet that says that the leg's source ends.
    pub fn goodbye(mut self, into: &mut Vec<u8>) -> Option<SocketAddr> {
        into.clear();
        write_goodbye(self.row.ssrc, &self.row.cold.name, into);
        self.row.cold.reports.seal(into).then_some(self.row.to)
    }
}

/// What is the same for all rows in a packet.
pub(super) struct Template<'p> {
    elements: Elements<'p>,
    red: Option<Red<'p>>,
}

impl<'p> Template<'p> {
    pub(super) fn of(stored: &'p Stored) -> Self {
        let red = match stored.payload {
            Payload::Opus => None,
            Payload::Red { .. } => Red::parse(stored.payload_bytes()),
        };
        Self { elements: Elements::parse(stored.extension()), red }
    }
}

/// Which packets of the publication the leg gets.
#[derive(Clone, Copy)]
enum Stage {
    /// None came yet.
    Waiting(Start),
    /// From this one on.
    Since(u64),
}

pub(super) struct Row {
    to: SocketAddr,
    ssrc: u32,
    /// What is added to the publication's count and time, modulo their range.
    index_offset: u64,
    timestamp_offset: u32,
    stage: Stage,
    packets: u32,
    octets: u32,
    opus: u8,
    red: Option<u8>,
    extensions: ExtensionMap,
    sealer: RtpSealer,
    cold: Box<Cold>,
}

/// What no packet needs.
struct Cold {
    reports: RtcpSealer,
    name: String,
    reception: Option<Reception>,
    repeats: u64,
    /// The publication's packets for which repeats were earned.
    earned_for: Option<u64>,
}

impl Row {
    pub(super) fn new(subscriber: Subscriber, start: Start) -> Self {
        let Subscriber { to, key, ssrc, opus, red, extensions, name } = subscriber;
        let reports = RtcpSealer::new(&key);
        Self {
            to,
            ssrc,
            index_offset: 0,
            timestamp_offset: 0,
            stage: Stage::Waiting(start),
            packets: 0,
            octets: 0,
            opus,
            red,
            extensions,
            sealer: RtpSealer::new(&key),
            cold: Box::new(Cold { reports, name, reception: None, repeats: MOST_REPEATS, earned_for: None }),
        }
    }

    pub(super) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub(super) fn redirect(&mut self, to: SocketAddr) {
        self.to = to;
    }

    /// Writes a packet into the batch, which has room for it.
    pub(super) fn send(&mut self, now: Instant, stored: &Stored, template: &Template<'_>, batch: &mut Batch) {
        let first = match self.stage {
            Stage::Since(first) => first,
            Stage::Waiting(start) => self.begin(now, start, stored),
        };
        if stored.index >= first {
            self.write(stored, template, batch);
        }
    }

    /// The leg's first packet: what the leg has counted until now goes on.
    fn begin(&mut self, now: Instant, start: Start, stored: &Stored) -> u64 {
        let timestamp = match start.at {
            Some(at) => start.timestamp.wrapping_add(samples(now.saturating_duration_since(at)).max(1)),
            None => start.timestamp,
        };
        self.index_offset = start.index.wrapping_sub(stored.index);
        self.timestamp_offset = timestamp.wrapping_sub(stored.timestamp);
        self.stage = Stage::Since(stored.index);
        stored.index
    }

    fn write(&mut self, stored: &Stored, template: &Template<'_>, batch: &mut Batch) -> Option<()> {
        let index = stored.index.wrapping_add(self.index_offset);
        let is_red = matches!(stored.payload, Payload::Red { .. }) && self.red.is_some();
        let payload = match stored.payload {
            Payload::Red { primary } if !is_red => stored.payload_bytes().get(primary..)?,
            _ => stored.payload_bytes(),
        };
        let header = Header {
            marker: stored.marker,
            payload_type: self.red.filter(|_| is_red).unwrap_or(self.opus),
            sequence: index as u16,
            timestamp: stored.timestamp.wrapping_add(self.timestamp_offset),
            ssrc: self.ssrc,
        };
        let room = batch.room();
        let header_bytes = header.write(&template.elements, &self.extensions, room)?;
        let content_end = header_bytes + payload.len();
        let packet = room.get_mut(..content_end + self.sealer.tag_bytes())?;
        packet[header_bytes..content_end].copy_from_slice(payload);
        if is_red && self.opus != stored.payload_type {
            template.red?.rename(&mut packet[header_bytes..content_end], self.opus);
        }
        if !self.sealer.seal(packet, header_bytes, index) {
            return None;
        }
        let bytes = packet.len();
        batch.push(self.to, bytes);
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload.len() as u32);
        Some(())
    }

    /// Earns repeats for the packets that came since the last time.
    pub(super) fn earn(&mut self, packets: u64) {
        let cold = &mut self.cold;
        let earned_for = cold.earned_for.get_or_insert(packets);
        let earned = (packets - *earned_for) / PACKETS_A_REPEAT;
        *earned_for += earned * PACKETS_A_REPEAT;
        cold.repeats = (cold.repeats + earned).min(MOST_REPEATS);
    }

    /// Which packet of the publication has this sequence number on the leg, if the leg has had it.
    pub(super) fn line_index(&self, sequence: u16, highest: u64) -> Option<u64> {
        let Stage::Since(first) = self.stage else { return None };
        let newest = highest.wrapping_add(self.index_offset);
        let age = u64::from((newest as u16).wrapping_sub(sequence));
        highest.checked_sub(age).filter(|index| *index >= first)
    }

    /// Writes a packet again, if the leg may have it and the batch has room. The same bytes are sealed with the same index, so this tells
    /// a stranger nothing new.
    pub(super) fn repeat(&mut self, stored: &Stored, batch: &mut Batch) {
        if self.cold.repeats > 0 && batch.has_room() {
            self.cold.repeats -= 1;
            self.write(stored, &Template::of(stored), batch);
        }
    }

    pub(super) fn take_report(&mut self, now: Ntp, block: &ReportBlock) {
        if block.ssrc == self.ssrc {
            self.cold.reception = Some(Reception::new(now, block, self.cold.reception));
        }
    }

    pub(super) fn reception(&self) -> Option<Reception> {
        self.cold.reception
    }

    /// Writes a sender report. The publication's time is given.
    pub(super) fn report(&mut self, ntp: Ntp, line_timestamp: Option<u32>, into: &mut Vec<u8>) -> Option<SocketAddr> {
        let (Stage::Since(_), Some(line_timestamp)) = (self.stage, line_timestamp) else { return None };
        let timestamp = line_timestamp.wrapping_add(self.timestamp_offset);
        let report = SenderReport { ssrc: self.ssrc, ntp, timestamp, packets: self.packets, octets: self.octets };
        into.clear();
        report.write(&self.cold.name, into);
        self.cold.reports.seal(into).then_some(self.to)
    }

    /// Remembers how far the leg has counted.
    pub(super) fn depart(mut self, now: Instant, highest: u64, line_timestamp: Option<u32>) -> Departed {
        if let (Stage::Since(_), Some(line_timestamp)) = (self.stage, line_timestamp) {
            let index = highest.wrapping_add(self.index_offset) + 1;
            let timestamp = line_timestamp.wrapping_add(self.timestamp_offset);
            self.stage = Stage::Waiting(Start { index, timestamp, at: Some(now) });
            self.cold.earned_for = None;
        }
        Departed { row: self }
    }
}
