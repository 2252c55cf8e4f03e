//! How many connections there may be: in all, and from one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::AddressBlock;

/// Counts what is connected. Clones count together.
#[derive(Clone)]
pub(crate) struct Places(Arc<Inner>);

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

/// One connection's place, given back when dropped.
pub(crate) struct Place {
    places: Places,
    address: Option<AddressBlock>,
}

impl Places {
    pub(crate) fn new(limit: u32, limit_per_address: u32) -> Self {
        Self(Arc::new(Inner { limit, limit_per_address, taken: Mutex::default() }))
    }

    /// A place for a connection from `address`; without one, such as for a proxy, only the whole number counts.
    pub(crate) fn take(&self, address: Option<IpAddr>) -> Option<Place> {
        let address = address.map(AddressBlock::from);
        let mut taken = self.taken();
        if taken.count >= self.0.limit {
            return None;
        }
        if let Some(address) = address {
            let from_there = taken.by_address.entry(address).or_default();
            if *from_there >= self.0.limit_per_address {
                return None;
            }
            *from_there += 1;
        }
        taken.count += 1;
        Some(Place { places: self.clone(), address })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.count = taken.count.saturating_sub(1);
        let Some(address) = self.address else { return };
        if let Some(from_there) = taken.by_address.get_mut(&address) {
            *from_there -= 1;
            if *from_there == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_all_and_by_address_and_given_back() {
        let places = Places::new(3, 2);
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
}
