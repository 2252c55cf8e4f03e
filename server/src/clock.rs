//! The time, as a parameter: the system's in production, one that stands still until told otherwise in tests.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use heartogether::time::Timestamp;
use tokio::sync::watch;

/// Longest sleep before the system's clock is read again: it may have been set meanwhile.
const NAP_MS: u64 = 60_000;

/// A source of time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Returns once `at` has come.
    async fn sleep_until(&self, at: Timestamp);
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
    }

    async fn sleep_until(&self, at: Timestamp) {
        loop {
            match at.since_ms(self.now()) {
                0 => return,
                left_ms => tokio::time::sleep(Duration::from_millis(left_ms.min(NAP_MS))).await,
            }
        }
    }
}

/// A clock that tests set.
#[derive(Debug)]
pub struct ManualClock(watch::Sender<Timestamp>);

impl ManualClock {
    /// A clock that shows `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(watch::Sender::new(at))
    }

    /// Lets `ms` milliseconds pass.
    pub fn advance(&self, ms: u64) {
        self.0.send_modify(|now| *now = now.after_ms(ms));
    }

    /// Sets the clock, also backwards.
    pub fn set(&self, at: Timestamp) {
        self.0.send_replace(at);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep_until(&self, at: Timestamp) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|now| *now >= at).await;
    }
}
