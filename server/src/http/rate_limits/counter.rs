//! One limit: counted here, and by all nodes together where they can.

use std::{hash::Hash, sync::Arc};

use heartogether::{
    id::{AccountId, RoomCode},
    limits::Quota,
    time::Timestamp,
};
use heartogether_app::api::Remainder;

use crate::{
    cluster::{Action, Limit, SharedAllowances},
    http::{AddressBlock, fixed_window::FixedWindows},
};

/// What is counted.
pub(super) trait Key: Copy + Eq + Hash + Send {
    /// Its name for other nodes.
    fn name(&self) -> String;
}

impl Key for AccountId {
    fn name(&self) -> String {
        self.to_string()
    }
}

impl Key for AddressBlock {
    fn name(&self) -> String {
        self.to_string()
    }
}

impl Key for (AddressBlock, RoomCode) {
    fn name(&self) -> String {
        format!("{} {}", self.0, self.1)
    }
}

/// A limit.
pub(super) struct Counter<K> {
    limit: Limit,
    /// What this node has counted by itself. It decides while nodes cannot count together.
    here: FixedWindows<K>,
    shared: Option<Arc<SharedAllowances>>,
}

impl<K: Key> Counter<K> {
    pub(super) fn new(name: &'static str, quota: Quota, shared: &Option<Arc<SharedAllowances>>) -> Self {
        Self { limit: Limit { name, quota }, here: FixedWindows::new(quota), shared: shared.clone() }
    }

    /// Takes one from each key, if each has one left. Each key comes with the factor of its quota; the last one is the same for all
    /// keys that may come together. Returns the tightest state.
    pub(super) async fn take(&self, keys: impl Iterator<Item = (K, u32)> + Clone, now: Timestamp) -> Remainder {
        let here = self.here.take_from_all(keys.clone(), now);
        self.ask(Action::Take, keys, now).await.unwrap_or(here)
    }

    /// Gives back one of each key.
    pub(super) async fn give_back(&self, keys: impl Iterator<Item = (K, u32)> + Clone, now: Timestamp) {
        self.here.give_back(keys.clone().map(|(key, _)| key), now);
        self.ask(Action::GiveBack, keys, now).await;
    }

    /// Whether one of these keys has none left.
    pub(super) async fn is_used_up(&self, keys: impl Iterator<Item = (K, u32)> + Clone, now: Timestamp) -> bool {
        let shared = self.ask(Action::Look, keys.clone(), now).await;
        shared.map_or_else(|| self.here.is_used_up(keys, now), |shared| shared.is_exceeded)
    }

    fn ask(
        &self,
        action: Action,
        keys: impl Iterator<Item = (K, u32)>,
        now: Timestamp,
    ) -> impl Future<Output = Option<Remainder>> + Send {
        // Where one node counts alone, nothing is written down for others.
        let asked = self.shared.as_ref().map(|shared| {
            let names: Vec<_> = keys.map(|(key, times)| (key.name(), times)).collect();
            (shared, names)
        });
        async move {
            let (shared, names) = asked?;
            shared.ask(action, self.limit, &names, now).await
        }
    }
}
