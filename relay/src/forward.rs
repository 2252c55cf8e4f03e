//! The table by which one publication goes out to its listeners: a row for each leg. A packet is read once; each row costs one header,
//! one seal in place, and one slot of a batch. It keeps the last packets for those who miss some. It decides nothing about who
//! listens, and knows no socket and no clock.

mod batch;
mod clock;
mod line;
mod reception;
mod ring;
mod row;
mod rows;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, time::Instant};

pub use batch::Batch;
pub use line::{Refused, Source};
pub use reception::Reception;
pub use row::{Departed, Start, Subscriber};
pub use rows::RowId;

use crate::{
    rtcp::{self, Item, Ntp},
    rtp::Packet,
};
use line::Line;
use ring::{Ring, Stored};
use row::{Row, Template};
use rows::Rows;

/// Packets that are kept for those who miss some: five seconds of sound with 20 ms in a packet.
pub const KEPT_PACKETS: usize = 256;

/// The clock of Opus (RFC 7587, section 4.1).
pub const CLOCK_HZ: u32 = 48_000;

/// One publication's table.
pub struct Publication {
    line: Line,
    ring: Ring,
    rows: Rows,
}

/// A packet on its way to all rows.
pub struct Pass<'t> {
    now: Instant,
    stored: &'t Stored,
    template: Template<'t>,
    rows: &'t mut [Row],
}

impl Publication {
    /// A table without rows, whose sound comes from this source.
    pub fn new(source: Source) -> Self {
        Self { line: Line::new(source), ring: Ring::new(), rows: Rows::default() }
    }

    /// Takes the sound from another source from now on. The rows' numbers and times go on.
    pub fn follow(&mut self, source: Source) {
        self.line.follow(source);
    }

    /// Takes a packet that is not sealed. Until the pass is at its end, batches are to be filled and sent.
    ///
    /// # Errors
    ///
    /// It is no packet of this publication, or it was there before.
    pub fn accept(&mut self, now: Instant, datagram: &[u8]) -> Result<Pass<'_>, Refused> {
        let packet = Packet::parse(datagram).map_err(Refused::Malformed)?;
        let placed = self.line.place(now, &packet)?;
        if self.ring.get(placed.index).is_some() {
            return Err(Refused::Repeated);
        }
        self.line.take(now, &placed);
        let stored = self.ring.store(&placed, &packet);
        Ok(Pass { now, stored, template: Template::of(stored), rows: self.rows.as_mut_slice() })
    }

    /// Adds a row.
    pub fn join(&mut self, subscriber: Subscriber, start: Start) -> RowId {
        self.rows.insert(Row::new(subscriber, start))
    }

    /// Adds the row of a leg that has left another publication. Its numbers and times go on.
    pub fn admit(&mut self, departed: Departed) -> RowId {
        self.rows.insert(departed.into_row())
    }

    /// Takes a row out.
    pub fn leave(&mut self, now: Instant, id: RowId) -> Option<Departed> {
        let row = self.rows.remove(id)?;
        Some(row.depart(now, self.line.highest(), self.line.timestamp(now)))
    }

    /// Sends a row's packets to another address.
    pub fn redirect(&mut self, id: RowId, to: SocketAddr) {
        if let Some(row) = self.rows.get_mut(id) {
            row.redirect(to);
        }
    }

    /// Takes what a leg reports: a compound packet that its leg has opened. What is missing goes into the batch, as far as there is
    /// room in it and the leg's share of repeats is not used up.
    pub fn handle_reports(&mut self, id: RowId, ntp: Ntp, compound: &[u8], batch: &mut Batch) {
        let Some(row) = self.rows.get_mut(id) else { return };
        rtcp::read(compound, |item| match item {
            Item::Report(block) => row.take_report(ntp, &block),
            Item::Nack(nack) if nack.ssrc == row.ssrc() => {
                row.earn(self.line.packets());
                for sequence in nack.sequences() {
                    let missing = row.line_index(sequence, self.line.highest());
                    if let Some(stored) = missing.and_then(|index| self.ring.get(index)) {
                        row.repeat(stored, batch);
                    }
                }
            }
            Item::Nack(_) | Item::Goodbye(_) => {}
        });
    }

    /// How a leg receives, by its last report.
    pub fn reception(&self, id: RowId) -> Option<Reception> {
        self.rows.get(id).and_then(Row::reception)
    }

    /// Writes a sealed sender report for a leg, and says where it goes. Before the leg's first packet there is nothing to report.
    pub fn report(&mut self, now: Instant, ntp: Ntp, id: RowId, into: &mut Vec<u8>) -> Option<SocketAddr> {
        let timestamp = self.line.timestamp(now);
        self.rows.get_mut(id)?.report(ntp, timestamp, into)
    }

    /// Rows in the table.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nobody listens.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 0
    }
}

impl Pass<'_> {
    /// Fills a batch, and says whether there is more to come: then the batch is to be sent and emptied, and filled again.
    pub fn fill(&mut self, batch: &mut Batch) -> bool {
        let mut rows = std::mem::take(&mut self.rows).iter_mut();
        while batch.has_room() {
            let Some(row) = rows.next() else { return false };
            row.send(self.now, self.stored, &self.template, batch);
        }
        self.rows = rows.into_slice();
        !self.rows.is_empty()
    }
}
