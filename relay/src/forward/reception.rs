//! How a leg receives, by what it reports.

use std::time::Duration;

use super::CLOCK_HZ;
use crate::rtcp::{Ntp, ReportBlock, from_middle};

/// A round trip that takes longer is a mistake, or somebody's joke.
const LONGEST_ROUND_TRIP: Duration = Duration::from_secs(30);

/// How a leg receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reception {
    /// Of 256 packets since the report before, so many were lost.
    pub fraction_lost: u8,
    /// Packets lost in all.
    pub total_lost: i32,
    /// How much the packets' delay varies.
    pub jitter: Duration,
    /// The way there and back, if the leg has had a sender report.
    pub round_trip: Option<Duration>,
}

impl Reception {
    /// What a block says at this time (RFC 3550, section 6.4.1). A round trip is kept where the block has none.
    pub(super) fn new(now: Ntp, block: &ReportBlock, before: Option<Self>) -> Self {
        let jitter = Duration::from_nanos(u64::from(block.jitter) * 1_000_000_000 / u64::from(CLOCK_HZ));
        let round_trip = round_trip(now, block).or(before.and_then(|before| before.round_trip));
        Self { fraction_lost: block.fraction_lost, total_lost: block.total_lost, jitter, round_trip }
    }
}

fn round_trip(now: Ntp, block: &ReportBlock) -> Option<Duration> {
    if block.last_report == 0 {
        return None;
    }
    let since_report = now.middle().wrapping_sub(block.last_report);
    let units = since_report.checked_sub(block.since_last_report)?;
    Some(from_middle(units)).filter(|round_trip| *round_trip <= LONGEST_ROUND_TRIP)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Ntp = Ntp(100 << 32);

    fn block(last_report: u32, since_last_report: u32) -> ReportBlock {
        ReportBlock { fraction_lost: 26, jitter: 480, last_report, since_last_report, ..ReportBlock::default() }
    }

    #[test]
    fn a_round_trip_is_what_the_listener_did_not_wait() {
        let reception = Reception::new(NOW, &block(98 << 16, (2 << 16) - 0x4000), None);
        assert_eq!(reception.round_trip, Some(Duration::from_millis(250)));
        assert_eq!((reception.fraction_lost, reception.jitter), (26, Duration::from_millis(10)));
    }

    #[test]
    fn an_impossible_round_trip_is_none() {
        let before = Reception::new(NOW, &block(98 << 16, 2 << 16), None);
        for impossible in [block(0, 0), block(98 << 16, 3 << 16), block(10 << 16, 0), block(101 << 16, 0)] {
            assert_eq!(Reception::new(NOW, &impossible, None).round_trip, None);
            assert_eq!(Reception::new(NOW, &impossible, Some(before)).round_trip, Some(Duration::ZERO));
        }
    }
}
