//! What is known of the way to a member.

use super::{
    adaptation::{Adaptation, Tuning},
    statistics::{PeerStatistics, Reading},
};

/// The most listeners who get short packets. From this number on, a relay takes over where there is one.
const SHORT_PACKETS_TO: usize = 8;
/// The most who get them again after there were more: the length does not change with each who comes and goes.
const SHORT_PACKETS_AGAIN_TO: usize = 6;

/// What is known of the way to a member.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quality {
    /// How much is sent.
    pub(super) adaptation: Adaptation,
    /// Whether the listener is one of too many for short packets.
    is_in_crowd: bool,
    /// What the browser was told of it last.
    told: Option<Tuning>,
    /// What the browser counted last.
    pub(super) reading: Option<Reading>,
    /// What was measured last.
    pub(super) statistics: Option<PeerStatistics>,
}

impl Quality {
    pub(super) const fn new(adaptation: Adaptation) -> Self {
        Self { adaptation, is_in_crowd: false, told: None, reading: None, statistics: None }
    }

    /// What is sent to this one of so many listeners.
    pub(super) fn tuning(&mut self, listeners: usize) -> Tuning {
        self.is_in_crowd = listeners > if self.is_in_crowd { SHORT_PACKETS_AGAIN_TO } else { SHORT_PACKETS_TO };
        let tuning = self.adaptation.tuning();
        if self.is_in_crowd { tuning.to_crowd() } else { tuning }
    }

    /// The same, where the browser does not know it.
    pub(super) fn news(&mut self, listeners: usize) -> Option<Tuning> {
        let tuning = self.tuning(listeners);
        (self.told.replace(tuning) != Some(tuning)).then_some(tuning)
    }
}
