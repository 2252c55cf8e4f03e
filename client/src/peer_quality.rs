//! What is known of the way to a member.

use super::{
    adaptation::Adaptation,
    statistics::{PeerStatistics, Reading},
};

/// What is known of the way to a member.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quality {
    /// How much is sent.
    pub(super) adaptation: Adaptation,
    /// What the browser counted last.
    pub(super) reading: Option<Reading>,
    /// What was measured last.
    pub(super) statistics: Option<PeerStatistics>,
}

impl Quality {
    pub(super) const fn new(adaptation: Adaptation) -> Self {
        Self { adaptation, reading: None, statistics: None }
    }
}
