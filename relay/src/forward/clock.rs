//! Which moment of a publication's time is now. Packets come late by chance, but never early: those that come first after they were
//! sampled tell best.

use std::time::{Duration, Instant};

use super::CLOCK_HZ;

/// So often the best packet of the last while is taken anew: the clocks of two machines drift apart by 3 ms in a minute.
const WINDOW: Duration = Duration::from_secs(10);

#[derive(Clone, Copy)]
struct Sample {
    at: Instant,
    timestamp: u32,
}

impl Sample {
    /// What the time would be then.
    fn extrapolate(&self, now: Instant) -> u32 {
        self.timestamp.wrapping_add(samples(now.saturating_duration_since(self.at)))
    }

    /// Whether it was earlier in its time than another.
    fn is_better_than(&self, other: &Self) -> bool {
        (self.timestamp.wrapping_sub(other.extrapolate(self.at)) as i32) >= 0
    }
}

/// A publication's time.
pub(super) struct MediaClock {
    best: Sample,
    candidate: Sample,
    window_ends: Instant,
    /// The latest timestamp so far.
    latest: u32,
}

impl MediaClock {
    pub(super) fn new(now: Instant, timestamp: u32) -> Self {
        let sample = Sample { at: now, timestamp };
        Self { best: sample, candidate: sample, window_ends: now + WINDOW, latest: timestamp }
    }

    /// Takes a packet's time.
    pub(super) fn observe(&mut self, now: Instant, timestamp: u32) {
        let sample = Sample { at: now, timestamp };
        if timestamp.wrapping_sub(self.latest) as i32 > 0 {
            self.latest = timestamp;
        }
        if now >= self.window_ends {
            self.best = self.candidate;
            self.candidate = sample;
            self.window_ends = now + WINDOW;
        }
        if sample.is_better_than(&self.candidate) {
            self.candidate = sample;
        }
        if sample.is_better_than(&self.best) {
            self.best = sample;
        }
    }

    /// The time now.
    pub(super) fn at(&self, now: Instant) -> u32 {
        self.best.extrapolate(now)
    }

    /// A time for a packet of another source, now: later than all so far.
    pub(super) fn next(&self, now: Instant) -> u32 {
        let at = self.at(now);
        if at.wrapping_sub(self.latest) as i32 > 0 { at } else { self.latest.wrapping_add(1) }
    }
}

/// A duration in units of the codec's clock.
pub(super) fn samples(duration: Duration) -> u32 {
    (duration.as_nanos() * u128::from(CLOCK_HZ) / 1_000_000_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The only place where a test needs a real instant: there is no other way to make one.
    #[expect(clippy::disallowed_methods, reason = "an instant to start from")]
    fn start() -> Instant {
        Instant::now()
    }

    #[test]
    fn late_packets_do_not_hold_the_clock_back() {
        let start = start();
        let mut clock = MediaClock::new(start, 1_000);
        for packet in 1..100_u32 {
            let late = Duration::from_millis(u64::from(packet * 7 % 30));
            clock.observe(start + Duration::from_millis(u64::from(packet) * 20) + late, 1_000 + packet * 960);
        }
        assert_eq!(clock.at(start + Duration::from_secs(2)), 1_000 + 96_000);
    }

    #[test]
    fn drift_is_followed() {
        let start = start();
        let mut clock = MediaClock::new(start, 0);
        // The source's clock is slow: 959 samples in 20 ms.
        for packet in 1..5_000_u32 {
            clock.observe(start + Duration::from_millis(u64::from(packet) * 20), packet * 959);
        }
        let behind = clock.at(start + Duration::from_secs(100)).wrapping_sub(5_000 * 959);
        assert!(behind <= 1_000, "{behind} samples: more than in two windows");
    }

    #[test]
    fn another_source_starts_later() {
        let start = start();
        let clock = MediaClock::new(start, 5);
        assert_eq!(clock.next(start), 6);
        assert_eq!(clock.next(start + Duration::from_secs(1)), 48_005);
    }
}
