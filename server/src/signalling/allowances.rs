//! What an account may ask of a room, so many a second and so many at once, over whatever connection: who connects again has
//! no more of it.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use governor::{DefaultKeyedRateLimiter, RateLimiter};
use heartogether::{
    id::{AccountId, RoomId},
    limits::Limits,
};

use super::rate;

/// Keys below which nobody looks for those that are as good as new.
const FEW_KEYS: usize = 1_024;

/// What accounts have asked of rooms of late.
pub(crate) struct Allowances {
    pub(super) requests: Allowance,
    pub(super) stream_commands: Allowance,
    pub(super) messages: Allowance,
    pub(super) reactions: Allowance,
}

impl Allowances {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            requests: Allowance::new(limits.requests_per_second, limits.requests_burst),
            stream_commands: Allowance::new(limits.stream_commands_per_second, limits.stream_commands_burst),
            messages: Allowance::new(limits.messages_per_second, limits.messages_burst),
            reactions: Allowance::new(limits.reactions_per_second, limits.reactions_burst),
        }
    }
}

/// One of them.
pub(super) struct Allowance {
    limiter: DefaultKeyedRateLimiter<(AccountId, RoomId)>,
    /// At so many keys, those that have their whole allowance again are dropped.
    sweep_at: AtomicUsize,
}

impl Allowance {
    fn new(per_second: u32, burst: u32) -> Self {
        Self { limiter: RateLimiter::keyed(rate(per_second, burst)), sweep_at: FEW_KEYS.into() }
    }

    /// Takes one, if one is left.
    pub(super) fn take(&self, account: AccountId, room: RoomId) -> bool {
        if self.limiter.len() >= self.sweep_at.load(Relaxed) {
            self.limiter.retain_recent();
            self.sweep_at.store((self.limiter.len() * 2).max(FEW_KEYS), Relaxed);
        }
        self.limiter.check_key(&(account, room)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_has_an_allowance_of_its_own_in_each_room() {
        let allowance = Allowance::new(1, 2);
        let take = |account, room| allowance.take(AccountId::from_bits(account), RoomId::from_bits(room));
        assert_eq!([take(1, 1), take(1, 1), take(1, 1)], [true, true, false]);
        assert!(take(1, 2) && take(2, 1));
    }

    #[test]
    fn who_has_the_whole_allowance_again_is_forgotten() {
        let allowance = Allowance::new(1_000_000, 1);
        for account in 0..(4 * FEW_KEYS as u128) {
            allowance.take(AccountId::from_bits(account), RoomId::from_bits(1));
        }
        assert!(allowance.limiter.len() <= 2 * FEW_KEYS, "{}", allowance.limiter.len());
    }
}
