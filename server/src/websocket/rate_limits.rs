//! Limits what an account may request from a room, per second and at once, over all its connections. A new connection
//! does not get a new allowance.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use heartogether::{
    id::{AccountId, MemberId, RoomId},
    limits::Limits,
};

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
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            requests: CommandLimit::new(limits.requests_per_second, limits.requests_burst),
            stream_commands: CommandLimit::new(limits.stream_commands_per_second, limits.stream_commands_burst),
            messages: CommandLimit::new(limits.messages_per_second, limits.messages_burst),
            reactions: CommandLimit::new(limits.reactions_per_second, limits.reactions_burst),
            custom_events: CommandLimit::new(limits.custom_events_per_second, limits.custom_events_burst),
            signal_bytes: CommandLimit::new(limits.signal_bytes_per_second, limits.signal_bytes_burst),
        }
    }
}

/// One kind of allowance.
pub(crate) struct CommandLimit<K: Copy + Eq + Hash = (AccountId, RoomId)> {
    limiter: DefaultKeyedRateLimiter<K>,
    /// At this number of keys, those with a full allowance are dropped.
    sweep_at: AtomicUsize,
}

impl CommandLimit {
    /// Takes one from the allowance, if one is left.
    pub(crate) fn take(&self, account: AccountId, room: RoomId) -> bool {
        self.take_some((account, room), 1)
    }
}

impl<K: Copy + Eq + Hash> CommandLimit<K> {
    fn new(per_second: u32, burst: u32) -> Self {
        Self { limiter: RateLimiter::keyed(rate(per_second, burst)), sweep_at: FEW_KEYS.into() }
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

    #[test]
    fn each_account_has_its_own_allowance_in_each_room() {
        let allowance: CommandLimit = CommandLimit::new(1, 2);
        let take = |account, room| allowance.take(AccountId::from_bits(account), RoomId::from_bits(room));
        assert_eq!([take(1, 1), take(1, 1), take(1, 1)], [true, true, false]);
        assert!(take(1, 2) && take(2, 1));
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
            allowance.take(AccountId::from_bits(account), RoomId::from_bits(1));
        }
        assert!(allowance.limiter.len() <= 2 * FEW_KEYS, "{}", allowance.limiter.len());
    }
}
