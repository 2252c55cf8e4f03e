//! The rooms that were opened from an address and are open.

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
};

use heartogether::{id::RoomId, refusal::Refusal, time::Timestamp};

use crate::{cluster::SharedOpenRooms, http::AddressBlock};

/// The open rooms of each address that this node has opened, in memory only: addresses are not stored, so they are lost at a restart.
/// Where several nodes share the rooms, they count together.
pub(crate) struct OpenRooms {
    limit: usize,
    by_address: HashMap<AddressBlock, Vec<RoomId>>,
    shared: Option<Arc<SharedOpenRooms>>,
    /// When a room could not be stored the last time.
    failed_at: Timestamp,
}

impl OpenRooms {
    pub(super) fn new(limit: u32, shared: Option<Arc<SharedOpenRooms>>) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Self { limit, by_address: HashMap::new(), shared, failed_at: Timestamp::default() }
    }

    /// Notes that a room could not be stored.
    pub(crate) const fn note_failure(&mut self, now: Timestamp) {
        self.failed_at = now;
    }

    /// Whether a room could not be stored after this time.
    pub(crate) fn have_failed_since(&self, time: Timestamp) -> bool {
        self.failed_at > time
    }

    /// Whether one more room may be opened. Removes the rooms that have ended.
    pub(crate) async fn check(&mut self, address: IpAddr, open: &HashSet<RoomId>) -> Result<(), Refusal> {
        self.remove_ended(open).await;
        for (block, times) in AddressBlock::tiers(address) {
            if self.count(block).await >= self.limit.saturating_mul(times as usize) {
                return Err(Refusal::TooManyRooms);
            }
        }
        Ok(())
    }

    /// Adds a room that is open now.
    pub(crate) async fn add(&mut self, room: RoomId, address: IpAddr) {
        for (block, _) in AddressBlock::tiers(address) {
            self.by_address.entry(block).or_default().push(room);
            if let Some(shared) = &self.shared {
                // What Redis is not told now, it is told when the rooms are looked through.
                shared.note(&block.to_string(), &[room], &[]).await;
            }
        }
    }

    /// Whether nodes count together.
    pub(crate) const fn are_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Tells the other nodes which rooms are still open.
    pub(crate) async fn tell_others(&mut self, open: &HashSet<RoomId>) {
        self.remove_ended(open).await;
        let Some(shared) = &self.shared else { return };
        for (block, rooms) in &self.by_address {
            // Whoever opens a room waits meanwhile, and must not wait for a Redis that is away again and again.
            if shared.note(&block.to_string(), rooms, &[]).await.is_none() {
                return;
            }
        }
    }

    /// Rooms that are open from a block, on all nodes or else on this one.
    async fn count(&self, block: AddressBlock) -> usize {
        let counted = match &self.shared {
            Some(shared) => shared.note(&block.to_string(), &[], &[]).await,
            None => None,
        };
        counted.unwrap_or_else(|| self.by_address.get(&block).map_or(0, Vec::len))
    }

    async fn remove_ended(&mut self, open: &HashSet<RoomId>) {
        let mut ended = Vec::new();
        self.by_address.retain(|block, rooms| {
            let gone: Vec<_> = rooms.extract_if(.., |room| !open.contains(room)).collect();
            if !gone.is_empty() {
                ended.push((*block, gone));
            }
            !rooms.is_empty()
        });
        let Some(shared) = &self.shared else { return };
        for (block, rooms) in ended {
            // They run out by themselves.
            if shared.note(&block.to_string(), &[], &rooms).await.is_none() {
                return;
            }
        }
    }
}
