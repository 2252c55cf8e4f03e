//! Allowances that all nodes count together: one script on Redis takes from each of a request's keys, or from none of them.
//!
//! Redis learns no addresses: a key's name is a keyed hash.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use heartogether::{limits::Quota, time::Timestamp};
use heartogether_app::api::Remainder;
use tokio::time::{Instant, timeout};

use super::marks::Marks;
use crate::storage::log::redis::SharedRedis;

/// How long Redis may take. A request waits for it.
const PATIENCE: Duration = Duration::from_millis(500);
/// For how long Redis is not asked after it has not answered.
const PAUSE: Duration = Duration::from_secs(1);

/// What is done with an allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// One is taken from each key, if each has one left.
    Take,
    /// Nothing is taken.
    Look,
    /// One is given back to each key.
    GiveBack,
}

/// A limit by its name, with what it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Its name.
    pub name: &'static str,
    /// What a key has that counts once.
    pub quota: Quota,
}

/// The allowances that nodes count together.
pub struct SharedAllowances {
    redis: SharedRedis,
    marks: Marks,
    /// Until when Redis is not asked, in milliseconds.
    paused_until: AtomicU64,
}

impl SharedAllowances {
    /// Nodes that have the same secret count together.
    pub fn new(redis: SharedRedis, secret: &[u8]) -> Self {
        Self { redis, marks: Marks::new(secret), paused_until: AtomicU64::new(0) }
    }

    /// Asks for something of these keys, each with the factor of its limit; the last one lies with all that belong together. `None` if
    /// Redis does not answer: then the caller has to do with what it knows itself.
    #[expect(clippy::disallowed_methods, reason = "how long Redis takes is no part of what is counted")]
    pub async fn ask(&self, action: Action, limit: Limit, keys: &[(String, u32)], now: Timestamp) -> Option<Remainder> {
        if now.as_millis() < self.paused_until.load(Relaxed) {
            return None;
        }
        let began = Instant::now();
        let answered = timeout(PATIENCE, self.ask_redis(action, limit, keys, 0)).await.ok().flatten();
        if answered.is_none() {
            let pause = began.elapsed() + PAUSE;
            let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            self.paused_until.store(now.after_ms(pause_ms).as_millis(), Relaxed);
            tracing::debug!(limit = limit.name, "Redis does not count; this node counts alone");
        }
        let [is_exceeded, remaining, reset_in_ms, limit] = answered?;
        let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        Some(Remainder {
            limit: number(limit),
            remaining: number(remaining),
            reset_at: now.after_ms(reset_in_ms),
            is_exceeded: is_exceeded == 1,
        })
    }

    /// Asks as if it were this time, in microseconds; 0 is the time of Redis. Whether something was exceeded, what is left, the
    /// milliseconds until there is more, and the limit.
    pub async fn ask_redis(
        &self,
        action: Action,
        Limit { name, quota }: Limit,
        keys: &[(String, u32)],
        at_us: u64,
    ) -> Option<[u64; 4]> {
        let marks = keys.iter().map(|(key, _)| self.marks.of(name, key));
        let marks: Vec<u128> = marks.collect();
        let partition = *marks.last()?;
        let names: Vec<_> =
            marks.iter().map(|mark| SharedRedis::key(partition, &format!("l:{name}:{mark:032x}"))).collect();
        let action = match action {
            Action::Take => "take",
            Action::Look => "look",
            Action::GiveBack => "give_back",
        };
        let mut command = self.redis.scripts().allowances.call(&names);
        command.arg(action).arg(quota.window_ms.saturating_mul(1_000)).arg(at_us);
        keys.iter().for_each(|(_, times)| _ = command.arg(quota.count.saturating_mul(*times).max(1)));
        self.redis.ask(partition, &command).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::storage::log::redis::{RedisServers, RedisSettings};

    #[tokio::test(start_paused = true)]
    #[expect(clippy::disallowed_methods, reason = "how long the caller waits is what is tested")]
    async fn a_redis_that_does_not_answer_is_left_alone_for_a_second_after_the_wait() {
        let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("redis://{}", silent.local_addr().expect("an address"));
        let settings = RedisSettings::parse(&url, None, true, 10 * PATIENCE).expect("an address");
        let (servers, _incoming) = RedisServers::new(settings);
        let shared = SharedAllowances::new(servers.shared(), b"a secret of the tests");
        let limit = Limit { name: "tests", quota: Quota { count: 1, window_ms: 60_000 } };
        let began = Timestamp::from_millis(1_000_000);
        for (at_ms, waits) in [(0, true), (500, false), (1_499, false), (1_500, true)] {
            let asked = Instant::now();
            let answered = shared.ask(Action::Take, limit, &[("one".to_owned(), 1)], began.after_ms(at_ms)).await;
            assert_eq!((answered.is_none(), asked.elapsed() >= PATIENCE), (true, waits), "after {at_ms} ms");
        }
    }
}
