//! What is known of the way to a member.

use super::{
    adaptation::{Adaptation, Tuning},
    statistics::{PeerStatistics, Reading},
};

/// What is known of the way to a member.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quality {
    /// How much is sent.
    pub(super) adaptation: Adaptation,
    /// What the browser was told of it last.
    told: Option<Tuning>,
    /// What the browser counted last.
    pub(super) reading: Option<Reading>,
    /// What was measured last.
    pub(super) statistics: Option<PeerStatistics>,
}

impl Quality {
    pub(super) const fn new(adaptation: Adaptation) -> Self {
        Self { adaptation, told: None, reading: None, statistics: None }
    }

    /// What is to be sent from now on, where the browser does not know it.
    pub(super) fn news(&mut self, audience: usize) -> Option<Tuning> {
        let tuning = self.adaptation.tuning().among(audience);
        (self.told.replace(tuning) != Some(tuning)).then_some(tuning)
    }
}
