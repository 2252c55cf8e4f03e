//! Whether the device was asleep: then the clock has jumped, and the page's timers are late.

/// How often the clock is read.
pub const SLEEP_WATCH_MS: u32 = 2_000;
/// Milliseconds beside those by which a page's timers may be late without any sleep: what browsers take in the background, or a page
/// that is busy.
const LATE_MS: f64 = 8_000.0;

/// Reads the clock again and again.
#[derive(Clone, Copy, Debug)]
pub struct SleepWatch {
    read_ms: f64,
}

impl SleepWatch {
    /// Begins at this time by the device's clock.
    pub const fn new(now_ms: f64) -> Self {
        Self { read_ms: now_ms }
    }

    /// The clock was read, [`SLEEP_WATCH_MS`] after the last time as far as the page knows. Whether the device was asleep meanwhile.
    pub fn note(&mut self, now_ms: f64) -> bool {
        let passed_ms = now_ms - std::mem::replace(&mut self.read_ms, now_ms);
        passed_ms > f64::from(SLEEP_WATCH_MS) + LATE_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_ahead_means_sleep() {
        let mut watch = SleepWatch::new(1_000.0);
        for (now_ms, was_asleep) in [
            (3_000.0, false),
            (5_400.0, false),
            (15_300.0, false),
            (26_000.0, true),
            (28_000.0, false),
            (3_628_000.0, true),
            (28_000.0, false),
            (30_000.0, false),
        ] {
            assert_eq!(watch.note(now_ms), was_asleep, "{now_ms}");
        }
    }
}
