//! Counts the packets that come in, and notices when none come any more.

/// Milliseconds between two counts of the packets that come in.
pub const COUNT_EVERY_MS: u32 = 400;
/// Counts in a row without new packets before the path is in doubt.
const EMPTY_COUNTS: u32 = 2;
/// The same while packets are sparse: in a speaker's pause one comes every 400 ms (RFC 6716, section 2.1.9), and it may
/// be lost.
const EMPTY_COUNTS_WHEN_SPARSE: u32 = 5;
/// The number of new packets in a count below which they are sparse. Continuous sound brings 20.
const SPARSE: f64 = 5.0;

/// The latest counts of incoming packets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PacketFlow {
    packets: f64,
    came: f64,
    empty_counts: u32,
}

impl PacketFlow {
    /// Adds a count of all packets so far. Returns whether none has come for too long.
    pub(super) fn count(&mut self, packets: f64) -> bool {
        let came = packets - std::mem::replace(&mut self.packets, packets);
        if came > 0.0 {
            (self.came, self.empty_counts) = (came, 0);
        } else {
            self.empty_counts += 1;
        }
        let patience = if self.came < SPARSE { EMPTY_COUNTS_WHEN_SPARSE } else { EMPTY_COUNTS };
        // A path that never brought packets has not died: another one would bring none either.
        self.packets > 0.0 && self.empty_counts >= patience
    }

    /// Whether any has come.
    pub(super) fn has_begun(&self) -> bool {
        self.packets > 0.0
    }

    /// What has not come by now does not count.
    pub(super) fn forgive(&mut self) {
        self.empty_counts = 0;
    }
}
