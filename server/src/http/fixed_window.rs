//! Counts in windows of time. A key's window begins with its first request; when it is over, the count begins again.
//!
//! Limits per second are in `websocket::rate_limits`. This one answers "how many of the 30 in 10 minutes are left",
//! which headers tell the callers.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

use heartogether::{limits::Quota, time::Timestamp};
use heartogether_app::api::Remainder;

/// The largest number of keys. Somebody with more addresses than that only makes the server drop the oldest windows.
const KEYS: usize = 65_536;
/// Below this number of keys, nothing looks for windows that are over.
const FEW_KEYS: usize = 1_024;

/// The count of each key in its window.
pub(super) struct FixedWindows<K> {
    quota: Quota,
    taken: Mutex<Taken<K>>,
}

struct Taken<K> {
    by_key: HashMap<K, Window>,
    /// At this number of keys, those whose windows are over are dropped.
    sweep_at: usize,
}

#[derive(Clone, Copy)]
struct Window {
    ends_at: Timestamp,
    count: u32,
}

impl<K: Copy + Eq + Hash> FixedWindows<K> {
    pub(super) fn new(quota: Quota) -> Self {
        Self { quota, taken: Mutex::new(Taken { by_key: HashMap::new(), sweep_at: FEW_KEYS }) }
    }

    /// Takes one from each key, if each has one left. Each key comes with the factor of its quota. Returns the tightest
    /// state.
    pub(super) fn take_from_all(&self, keys: impl Iterator<Item = (K, u32)> + Clone, now: Timestamp) -> Remainder {
        let mut taken = self.taken();
        let exceeded =
            keys.clone().map(|(key, times)| taken.ask(key, times, self.quota, now)).find(|quota| quota.is_exceeded);
        if let Some(exceeded) = exceeded {
            return exceeded;
        }
        let taken = keys.map(|(key, times)| taken.take(key, times, self.quota, now));
        taken.min_by_key(|quota| quota.remaining).expect("a key")
    }

    /// Gives back one of each key.
    pub(super) fn give_back(&self, keys: impl Iterator<Item = K>, now: Timestamp) {
        let mut taken = self.taken();
        for key in keys {
            let window = taken.window(key, self.quota, now);
            window.count = window.count.saturating_sub(1);
        }
    }

    /// Whether one of these keys has none left.
    pub(super) fn is_used_up(&self, mut keys: impl Iterator<Item = (K, u32)>, now: Timestamp) -> bool {
        let taken = self.taken();
        keys.any(|(key, times)| {
            let limit = self.quota.count.saturating_mul(times);
            taken.by_key.get(&key).is_some_and(|window| !window.is_over(self.quota, now) && window.count >= limit)
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken<K>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    /// A clock that is set back makes no window longer.
    fn is_over(&self, quota: Quota, now: Timestamp) -> bool {
        now >= self.ends_at || self.ends_at.since_ms(now) > quota.window_ms
    }
}

impl<K: Copy + Eq + Hash> Taken<K> {
    /// The key's current window.
    fn window(&mut self, key: K, quota: Quota, now: Timestamp) -> &mut Window {
        if self.by_key.len() >= self.sweep_at && !self.by_key.contains_key(&key) {
            self.sweep(quota, now);
        }
        let window = self.by_key.entry(key).or_insert(Window { ends_at: now, count: 0 });
        if window.is_over(quota, now) {
            *window = Window { ends_at: now.after_ms(quota.window_ms), count: 0 };
        }
        window
    }

    fn ask(&mut self, key: K, times: u32, quota: Quota, now: Timestamp) -> Remainder {
        let window = *self.window(key, quota, now);
        let limit = quota.count.saturating_mul(times);
        let remaining = limit.saturating_sub(window.count);
        Remainder { limit, remaining, reset_at: window.ends_at, is_exceeded: remaining == 0 }
    }

    fn take(&mut self, key: K, times: u32, quota: Quota, now: Timestamp) -> Remainder {
        self.window(key, quota, now).count += 1;
        Remainder { is_exceeded: false, ..self.ask(key, times, quota, now) }
    }

    /// Makes room: drops the windows that are over, and if that is not enough the half that ends first.
    fn sweep(&mut self, quota: Quota, now: Timestamp) {
        self.by_key.retain(|_, window| !window.is_over(quota, now));
        if self.by_key.len() >= KEYS {
            let mut ends: Vec<Timestamp> = self.by_key.values().map(|window| window.ends_at).collect();
            let (_, middle, _) = ends.select_nth_unstable(KEYS / 2);
            let middle = *middle;
            self.by_key.retain(|_, window| window.ends_at > middle);
        }
        self.sweep_at = (self.by_key.len() * 2).clamp(FEW_KEYS, KEYS);
    }
}

#[cfg(test)]
mod tests {
    use std::iter::once;

    use super::*;

    const QUOTA: Quota = Quota { count: 2, window_ms: 1_000 };

    impl<K: Copy + Eq + Hash> FixedWindows<K> {
        fn take(&self, key: K, now: Timestamp) -> Remainder {
            self.take_from_all(once((key, 1)), now)
        }
    }

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + ms)
    }

    #[test]
    fn a_window_begins_with_the_first_request_and_then_starts_again() {
        let windows = FixedWindows::new(QUOTA);
        let first = windows.take(1, at(0));
        assert_eq!((first.limit, first.remaining, first.reset_at, first.is_exceeded), (2, 1, at(1_000), false));
        assert!(!windows.take(1, at(500)).is_exceeded);
        assert!(windows.is_used_up(once((1, 1)), at(999)));
        let refused = windows.take(1, at(999));
        assert_eq!((refused.remaining, refused.reset_at, refused.is_exceeded), (0, at(1_000), true));
        assert!(!windows.is_used_up(once((1, 1)), at(1_000)));
        assert_eq!(windows.take(1, at(1_000)).reset_at, at(2_000));
    }

    #[test]
    fn keys_are_counted_separately() {
        let windows = FixedWindows::new(QUOTA);
        for _ in 0..3 {
            windows.take(1, at(0));
        }
        assert!(windows.is_used_up(once((1, 1)), at(0)) && !windows.take(2, at(0)).is_exceeded);
    }

    #[test]
    fn a_returned_count_can_be_taken_again() {
        let windows = FixedWindows::new(QUOTA);
        assert_eq!([(); 3].map(|()| windows.take(1, at(0)).is_exceeded), [false, false, true]);
        windows.give_back([1, 2].into_iter(), at(0));
        assert_eq!([(); 2].map(|()| windows.take(1, at(0)).is_exceeded), [false, true]);
        assert_eq!(windows.take(2, at(0)).remaining, 1, "who took nothing has no more for it");
    }

    #[test]
    fn a_request_counts_for_all_its_keys_or_for_none() {
        let windows = FixedWindows::new(QUOTA);
        let take = |key| windows.take_from_all([(key, 1), (100, 2)].into_iter(), at(0));
        assert_eq!([1, 2, 3].map(|key| take(key).remaining), [1, 1, 1]);
        assert_eq!((take(1).remaining, take(1).is_exceeded, take(4).is_exceeded), (0, true, true));
        assert!(!windows.is_used_up(once((4, 1)), at(0)), "what was refused took nothing");
        assert!(windows.is_used_up([(4, 1), (100, 2)].into_iter(), at(0)));
    }

    #[test]
    fn a_clock_that_is_set_back_blocks_nobody() {
        let windows = FixedWindows::new(QUOTA);
        for _ in 0..3 {
            windows.take(1, at(500_000));
        }
        assert!(!windows.take(1, at(0)).is_exceeded);
    }

    #[test]
    fn keys_are_forgotten_after_their_window_and_their_number_is_limited() {
        let windows = FixedWindows::new(QUOTA);
        for key in 0..FEW_KEYS {
            windows.take(key, at(0));
        }
        windows.take(FEW_KEYS, at(1_000));
        assert_eq!(windows.taken().by_key.len(), 1);
        for key in 0..3 * KEYS {
            windows.take(key, at(2_000));
            assert!(windows.taken().by_key.len() <= KEYS);
        }
    }
}
