//! The time, as a parameter: the system's clock in production, and in tests a clock that only tests move.
//!
//! There are two readings. All durations (grace periods, windows, sessions) are measured with [`Clock::now`], which
//! only goes forwards, second by second, whatever happens to the machine's date. [`Clock::date`] is for times that
//! other machines compare with their own clocks.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use async_trait::async_trait;
use heartogether::time::Timestamp;
use tokio::sync::watch;

/// A source of time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time now, as it was when the process began and has passed since. It never jumps.
    fn now(&self) -> Timestamp;

    /// The machine's date, which may be set at any moment.
    fn date(&self) -> Timestamp;

    /// Returns once [`Clock::now`] has come to `at`.
    async fn sleep_until(&self, at: Timestamp);
}

/// The machine's clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    began: Instant,
    began_at: Timestamp,
}

impl SystemClock {
    /// A clock that begins at the machine's date and runs on by itself (`CLOCK_MONOTONIC`).
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clocks are read")]
    pub fn start() -> Self {
        Self { began: Instant::now(), began_at: system_date() }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.began_at.after_ms(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn date(&self) -> Timestamp {
        system_date()
    }

    async fn sleep_until(&self, at: Timestamp) {
        loop {
            match at.since_ms(self.now()) {
                0 => return,
                left_ms => tokio::time::sleep(Duration::from_millis(left_ms)).await,
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the machine's clocks are read")]
fn system_date() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
}

/// A clock that is ahead of another one by a fixed time: what was dated while the machine's date was wrong stays in the past,
/// and time goes on from there at its usual pace.
pub struct ClockAhead {
    clock: Arc<dyn Clock>,
    ahead_ms: u64,
}

impl ClockAhead {
    /// A clock that shows at least `at` now.
    pub fn from(at: Timestamp, clock: Arc<dyn Clock>) -> Self {
        let ahead_ms = at.since_ms(clock.now());
        Self { clock, ahead_ms }
    }
}

#[async_trait]
impl Clock for ClockAhead {
    fn now(&self) -> Timestamp {
        self.clock.now().after_ms(self.ahead_ms)
    }

    fn date(&self) -> Timestamp {
        self.clock.date()
    }

    async fn sleep_until(&self, at: Timestamp) {
        let here = Timestamp::from_millis(at.as_millis().saturating_sub(self.ahead_ms));
        self.clock.sleep_until(here).await;
    }
}

/// A clock that tests set.
#[derive(Debug)]
pub struct ManualClock(watch::Sender<Times>);

#[derive(Clone, Copy, Debug)]
struct Times {
    now: Timestamp,
    date: Timestamp,
}

impl ManualClock {
    /// A clock that shows `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(watch::Sender::new(Times { now: at, date: at }))
    }

    /// Lets `ms` milliseconds pass.
    pub fn advance(&self, ms: u64) {
        self.0.send_modify(|times| {
            *times = Times { now: times.now.after_ms(ms), date: times.date.after_ms(ms) };
        });
    }

    /// Somebody sets the machine's date, also backwards. No time passes.
    pub fn set_date(&self, date: Timestamp) {
        self.0.send_modify(|times| times.date = date);
    }

    /// The clock of a process that begins now: it goes by the machine's date.
    pub fn restarted(&self) -> Self {
        Self::at(self.date())
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.0.borrow().now
    }

    fn date(&self) -> Timestamp {
        self.0.borrow().date
    }

    async fn sleep_until(&self, at: Timestamp) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|times| times.now >= at).await;
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_000_000);

    #[tokio::test]
    async fn a_clock_that_is_ahead_continues_at_normal_speed() {
        let clock = Arc::new(ManualClock::at(AT));
        let ahead = ClockAhead::from(AT.after_ms(5_000), clock.clone());
        assert_eq!((ahead.now(), ahead.date()), (AT.after_ms(5_000), AT));
        let mut asleep = Box::pin(ahead.sleep_until(AT.after_ms(5_010)));
        assert!(asleep.as_mut().now_or_never().is_none());
        clock.advance(10);
        asleep.await;
        assert_eq!(ahead.now(), AT.after_ms(5_010));
        let level = ClockAhead::from(AT, clock.clone());
        assert_eq!(level.now(), clock.now(), "one that is not behind is left alone");
    }

    #[tokio::test]
    async fn the_system_clock_wakes_in_time_after_a_change_of_the_date() {
        let clock = SystemClock::start();
        let at = clock.now().after_ms(20);
        clock.sleep_until(at).await;
        assert!(clock.now() >= at);
        clock.sleep_until(Timestamp::from_millis(0)).await;
    }
}
