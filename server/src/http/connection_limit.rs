//! Limits the number of connections, in all and from one address. The last places are reserved for addresses with few
//! connections.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::AddressBlock;

/// One in this many places is reserved for addresses with few connections, so that a few addresses with many cannot
/// shut others out.
const RESERVE: u32 = 10;
/// The number of connections that counts as few: a browser opens up to six for requests and one for a room, and a
/// household has several browsers.
const FEW: u32 = 16;

/// Counts the connections. Clones share the count.
#[derive(Clone)]
pub(crate) struct ConnectionLimit(Arc<Inner>);

struct Inner {
    limit: u32,
    limit_per_address: u32,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    count: u32,
    by_address: HashMap<AddressBlock, u32>,
}

/// A place for one connection. Dropping it frees the place.
pub(crate) struct Place {
    places: ConnectionLimit,
    address: Option<IpAddr>,
}

impl ConnectionLimit {
    pub(crate) fn new(limit: u32, limit_per_address: u32) -> Self {
        Self(Arc::new(Inner { limit, limit_per_address, taken: Mutex::default() }))
    }

    /// Takes a place for a connection from `address`. Without an address, such as for a proxy, only the total counts.
    pub(crate) fn take(&self, address: Option<IpAddr>) -> Option<Place> {
        let mut taken = self.taken();
        let Inner { limit, limit_per_address, .. } = *self.0;
        let is_scarce = taken.count >= limit - limit / RESERVE;
        let tiers = address.into_iter().flat_map(AddressBlock::tiers);
        let mut has_place = tiers.clone().map(|(block, times)| {
            let from_there = taken.by_address.get(&block).copied().unwrap_or_default();
            let few = if is_scarce { FEW } else { u32::MAX };
            from_there < limit_per_address.min(few).saturating_mul(times)
        });
        if taken.count >= limit || !has_place.all(|has_place| has_place) {
            return None;
        }
        for (block, _) in tiers {
            *taken.by_address.entry(block).or_default() += 1;
        }
        taken.count += 1;
        Some(Place { places: self.clone(), address })
    }

    /// The number of connections.
    pub(crate) fn count(&self) -> u32 {
        self.taken().count
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.count = taken.count.saturating_sub(1);
        for (block, _) in self.address.into_iter().flat_map(AddressBlock::tiers) {
            if let Some(from_there) = taken.by_address.get_mut(&block) {
                *from_there -= 1;
                if *from_there == 0 {
                    taken.by_address.remove(&block);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_counted_in_total_and_by_address_and_released() {
        let places = ConnectionLimit::new(3, 2);
        let (here, there) = (Some(IpAddr::from([192, 0, 2, 1])), Some(IpAddr::from([192, 0, 2, 2])));
        let first = places.take(here).expect("a first place");
        let _second = places.take(here).expect("a second place");
        assert!(places.take(here).is_none());
        let third = places.take(there).expect("a place for another address");
        assert!(places.take(None).is_none());
        drop((first, third));
        assert!(places.take(here).is_some());
        assert_eq!(places.taken().by_address.len(), 1);
    }

    #[test]
    fn the_last_connections_are_for_addresses_with_few() {
        let places = ConnectionLimit::new(100, 60);
        let from = |last| Some(IpAddr::from([192, 0, 2, last]));
        let many: Vec<_> = [1, 2].iter().flat_map(|last| (0..60).map_while(|_| places.take(from(*last)))).collect();
        assert_eq!(many.len(), 90, "two addresses take what is not kept");
        let few: Vec<_> = (0..10).filter_map(|last| places.take(from(10 + last))).collect();
        assert_eq!(few.len(), 10);
        assert!(places.take(from(50)).is_none());
    }

    #[test]
    fn larger_ipv6_networks_may_have_several_times_as_many() {
        let places = ConnectionLimit::new(1_000, 2);
        let from = |subnet: u16| Some(IpAddr::from([0x2001, 0xdb8, 1, subnet, 0, 0, 0, 1]));
        let taken: Vec<_> = (0..200).filter_map(|subnet| places.take(from(subnet))).collect();
        assert_eq!(taken.len(), 2 * 4, "of one /56");
        let others: Vec<_> = (1..200).filter_map(|subnet| places.take(from(subnet << 8))).collect();
        assert_eq!(taken.len() + others.len(), 2 * 16, "of one /48");
        drop((taken, others));
        assert!(places.taken().by_address.is_empty());
    }
}
