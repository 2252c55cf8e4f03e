//! Limits what an account may request from a room, per second and at once, over all its connections. A new connection
//! does not get a new allowance, and where several nodes share the rooms, neither does a connection to another node.

use std::{
    hash::Hash,
    net::IpAddr,
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

use crate::{
    cluster::{Action, Limit, SharedAllowances},
    http::AddressBlock,
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
    pub(crate) requests: CommandLimit,
    pub(super) stream_commands: CommandLimit,
    messages: CommandLimit,
    messages_of_account: CommandLimit<AccountId>,
    messages_from_address: CommandLimit<AddressBlock>,
    joins: CommandLimit<AccountId>,
    pub(super) moments: CommandLimit,
    pub(super) reactions: CommandLimit,
    pub(crate) custom_events: CommandLimit,
    /// Texts that somebody writes and wants to see as a message.
    pub(crate) previews: CommandLimit,
    pub(crate) pictures: CommandLimit,
    pub(crate) searches: CommandLimit,
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
            messages_of_account: CommandLimit::per_minute("account_messages", limits.messages_per_account, shared),
            messages_from_address: CommandLimit::per_minute("address_messages", limits.messages_per_address, shared),
            joins: CommandLimit::per_minute("joins", limits.joins_per_account, shared),
            moments: new("moments", (limits.moments_per_second, limits.moments_burst)),
            reactions: new("reactions", (limits.reactions_per_second, limits.reactions_burst)),
            previews: new("previews", (limits.previews_per_second, limits.previews_burst)),
            custom_events: new("custom_events", (limits.custom_events_per_second, limits.custom_events_burst)),
            pictures: new("pictures", (limits.pictures_per_second, limits.pictures_burst)),
            searches: new("searches", (limits.searches_per_second, limits.searches_burst)),
            // A signal does not wait for anything but its room.
            signal_bytes: CommandLimit::new(limits.signal_bytes_per_second, limits.signal_bytes_burst),
        }
    }
}

impl CommandLimits {
    /// Takes a message, or a change of one, from the allowances of an account in a room and in all rooms, and from that of its
    /// address.
    pub(crate) async fn take_message(&self, account: AccountId, room: RoomId, address: IpAddr, now: Timestamp) -> bool {
        let block = AddressBlock::of_household(address);
        self.messages.take(account, room, now).await
            && self.messages_of_account.take_for(account, account.to_string(), now).await
            && self.messages_from_address.take_for(block, block.to_string(), now).await
    }

    /// Takes a request for a place from an account's allowance in all rooms.
    pub(super) async fn take_join(&self, account: AccountId, now: Timestamp) -> bool {
        self.joins.take_for(account, account.to_string(), now).await
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
    /// Takes one from the allowance, if one is left on all nodes; on this node, if they cannot be asked.
    pub(crate) async fn take(&self, account: AccountId, room: RoomId, now: Timestamp) -> bool {
        self.take_for((account, room), format!("{account} {room}"), now).await
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

    /// So many a minute, and as many at once.
    fn per_minute(name: &'static str, count: u32, shared: Option<&Arc<SharedAllowances>>) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN));
        let all = Self { limiter: RateLimiter::keyed(quota), sweep_at: FEW_KEYS.into(), shared: None };
        all.counted_together(shared, Limit { name, quota: limits::Quota { count: count.max(1), window_ms: 60_000 } })
    }

    fn counted_together(self, shared: Option<&Arc<SharedAllowances>>, limit: Limit) -> Self {
        Self { shared: shared.map(|shared| (shared.clone(), limit)), ..self }
    }

    /// Takes one from a key's allowance, if one is left on all nodes, which know the key by its name; on this node, if they cannot be
    /// asked.
    async fn take_for(&self, key: K, name: String, now: Timestamp) -> bool {
        if !self.take_some(key, 1) {
            return false;
        }
        let Some((shared, limit)) = &self.shared else { return true };
        shared.ask(Action::Take, *limit, &[(name, 1)], now).await.is_none_or(|left| !left.is_exceeded)
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

    #[tokio::test]
    async fn messages_count_for_their_account_and_their_address_in_all_rooms() {
        let limits = Limits { messages_per_account: 3, messages_per_address: 4, ..Limits::default() };
        let allowances = CommandLimits::new(&limits, None);
        let take = async |account, room, address: [u8; 4]| {
            let (account, room) = (AccountId::from_bits(account), RoomId::from_bits(room));
            allowances.take_message(account, room, address.into(), Timestamp::from_millis(0)).await
        };
        assert_eq!([take(1, 1, [1; 4]).await, take(1, 2, [1; 4]).await, take(1, 3, [2; 4]).await], [true; 3]);
        assert!(!take(1, 4, [3; 4]).await, "three of one account, wherever they come from");
        assert_eq!([take(2, 1, [1; 4]).await, take(3, 1, [1; 4]).await], [true; 2]);
        assert!(!take(4, 1, [1; 4]).await, "four from one address, whosever they are");
        assert!(take(4, 1, [4; 4]).await);
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
