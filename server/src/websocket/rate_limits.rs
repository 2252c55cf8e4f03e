//! Limits what an account may request from a room, per second and at once, over all its connections. A new connection
//! does not get a new allowance, and where several nodes share the rooms, neither does a connection to another node.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use heartogether::{
    id::{AccountId, MemberId, RoomId},
    limits::{self, Limits},
    time::Timestamp,
};

use crate::cluster::{Action, Limit, SharedAllowances};

/// Below this number of keys, nothing looks for keys to drop.
const FEW_KEYS: usize = 1_024;

/// An allowance: so many per second, and so many at once.
pub(super) fn rate(per_second: u32, burst: u32) -> Quota {
    let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst))
}

/// The allowances of accounts in rooms.
pub(crate) struct CommandLimits {
    pub(super) requests: CommandLimit,
    pub(super) stream_commands: CommandLimit,
    pub(super) messages: CommandLimit,
    pub(super) reactions: CommandLimit,
    pub(crate) custom_events: CommandLimit,
    /// Bytes of signals to one member. A host has a full allowance for each listener, and flooding one listener leaves
    /// the others their allowance.
    pub(super) signal_bytes: CommandLimit<(AccountId, MemberId)>,
}

impl CommandLimits {
    /// `shared` counts for all nodes.
    pub(crate) fn new(limits: &Limits, shared: Option<&Arc<SharedAllowances>>) -> Self {
        let new = |name, (per_second, burst)| {
            CommandLimit::new(per_second, burst).counted_together(shared, limit(name, per_second, burst))
        };
        Self {
            requests: new("room_requests", (limits.requests_per_second, limits.requests_burst)),
            stream_commands: new("stream_commands", (limits.stream_commands_per_second, limits.stream_commands_burst)),
            messages: new("messages", (limits.messages_per_second, limits.messages_burst)),
            reactions: new("reactions", (limits.reactions_per_second, limits.reactions_burst)),
            custom_events: new("custom_events", (limits.custom_events_per_second, limits.custom_events_burst)),
            // A signal does not wait for anything but its room.
            signal_bytes: CommandLimit::new(limits.signal_bytes_per_second, limits.signal_bytes_burst),
        }
    }
}

/// One kind of allowance.
pub(crate) struct CommandLimit<K: Copy + Eq + Hash = (AccountId, RoomId)> {
    limiter: DefaultKeyedRateLimiter<K>,
    /// At this number of keys, those with a full allowance are dropped.
    sweep_at: AtomicUsize,
    /// What all nodes allow together.
    shared: Option<(Arc<SharedAllowances>, Limit)>,
}

/// An allowance as nodes count it together.
fn limit(name: &'static str, per_second: u32, burst: u32) -> Limit {
    let window_ms = u64::from(burst) * 1_000 / u64::from(per_second.max(1));
    Limit { name, quota: limits::Quota { count: burst, window_ms: window_ms.max(1) } }
}

impl CommandLimit {
    fn counted_together(self, shared: Option<&Arc<SharedAllowances>>, limit: Limit) -> Self {
        Self { shared: shared.map(|shared| (shared.clone(), limit)), ..self }
    }

    /// Takes one from the allowance, if one is left on all nodes; on this node, if they cannot be asked.
    pub(crate) async fn take(&self, account: AccountId, room: RoomId, now: Timestamp) -> bool {
        if !self.take_here(account, room) {
            return false;
        }
        let Some((shared, limit)) = &self.shared else { return true };
        let key = [(format!("{account} {room}"), 1)];
        shared.ask(Action::Take, *limit, &key, now).await.is_none_or(|left| !left.is_exceeded)
    }

    /// Takes one from this node's allowance, if one is left.
    pub(super) fn take_here(&self, account: AccountId, room: RoomId) -> bool {
        self.take_some((account, room), 1)
    }
}

impl<K: Copy + Eq + Hash> CommandLimit<K> {
    fn new(per_second: u32, burst: u32) -> Self {
        Self { limiter: RateLimiter::keyed(rate(per_second, burst)), sweep_at: FEW_KEYS.into(), shared: None }
    }

    /// Takes this many from the allowance, if as many are left.
    pub(super) fn take_some(&self, key: K, count: usize) -> bool {
        let count = NonZeroU32::new(u32::try_from(count).unwrap_or(u32::MAX)).unwrap_or(NonZeroU32::MIN);
        if self.limiter.len() >= self.sweep_at.load(Relaxed) {
            self.limiter.retain_recent();
            self.sweep_at.store((self.limiter.len() * 2).max(FEW_KEYS), Relaxed);
        }
        matches!(self.limiter.check_key_n(&key, count), Ok(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_account_has_its_own_allowance_in_each_room() {
        let allowance: CommandLimit = CommandLimit::new(1, 2);
        let now = Timestamp::from_millis(0);
        let take =
            async |account, room| allowance.take(AccountId::from_bits(account), RoomId::from_bits(room), now).await;
        assert_eq!([take(1, 1).await, take(1, 1).await, take(1, 1).await], [true, true, false]);
        assert!(take(1, 2).await && take(2, 1).await);
    }

    #[test]
    fn nodes_count_together_what_one_counts() {
        let Limit { quota, .. } = limit("tests", 2, 10);
        assert_eq!((quota.count, quota.window_ms), (10, 5_000), "ten at once, and one more every half a second");
        assert_eq!(limit("tests", 0, 0).quota.window_ms, 1);
    }

    #[test]
    fn a_signal_uses_up_its_bytes() {
        let allowance: CommandLimit<u32> = CommandLimit::new(1, 100);
        assert_eq!([60, 60, 40, 1].map(|bytes| allowance.take_some(1, bytes)), [true, false, true, false]);
        assert!(allowance.take_some(2, 100) && !allowance.take_some(3, 101));
    }

    #[test]
    fn accounts_with_a_full_allowance_are_forgotten() {
        let allowance: CommandLimit = CommandLimit::new(1_000_000, 1);
        for account in 0..(4 * FEW_KEYS as u128) {
            allowance.take_here(AccountId::from_bits(account), RoomId::from_bits(1));
        }
        assert!(allowance.limiter.len() <= 2 * FEW_KEYS, "{}", allowance.limiter.len());
    }
}
