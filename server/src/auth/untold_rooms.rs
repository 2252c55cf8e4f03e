//! Rooms whose logs do not take it that an account was deleted or merged. They are told again every hour for as long as it
//! takes, but the operator is warned once for each account.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use heartogether::id::{AccountId, RoomId};

use crate::{error::explain, storage::log::LogError};

/// The accounts, each with the rooms that were not told of it the last time.
#[derive(Default)]
pub(crate) struct UntoldRooms(Mutex<BTreeMap<AccountId, BTreeSet<RoomId>>>);

impl UntoldRooms {
    /// All rooms that name an account were told of it; `failures` are those that did not take it. Logs what is new of
    /// them, with how many accounts the room knows too much of.
    pub(super) fn note(&self, account: AccountId, failures: &[(RoomId, LogError)]) {
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = accounts.remove(&account).unwrap_or_default();
        // A server that stops tells the room after it has started again.
        let failures = failures.iter().filter(|(_, error)| !matches!(error, LogError::Stopped));
        let untold: BTreeMap<_, _> = failures.map(|(room, error)| (*room, error)).collect();
        for (room, error) in untold.iter().filter(|(room, _)| !known.contains(room)) {
            let accounts = 1 + accounts.values().filter(|rooms| rooms.contains(room)).count();
            tracing::warn!(%room, accounts, "a room does not store that accounts are gone, and is told every hour: {}", explain(*error));
        }
        if !untold.is_empty() {
            accounts.insert(account, untold.into_keys().collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    impl UntoldRooms {
        fn known(&self) -> Vec<(AccountId, usize)> {
            self.0.lock().expect("no panic").iter().map(|(account, rooms)| (*account, rooms.len())).collect()
        }
    }

    #[test]
    fn rooms_that_are_gone_and_servers_that_stop_leave_nothing() {
        let [account, other] = [AccountId::from_bits(1), AccountId::from_bits(2)];
        let [room, gone] = [RoomId::from_bits(1), RoomId::from_bits(2)];
        let full = |room| (room, LogError::Storage(Arc::new(std::io::Error::other("the disk is full"))));
        let untold = UntoldRooms::default();
        untold.note(account, &[full(room), full(gone)]);
        untold.note(other, &[(room, LogError::Stopped)]);
        assert_eq!(untold.known(), [(account, 2)]);
        // The second room has ended since: nobody tells it again.
        untold.note(account, &[full(room)]);
        assert_eq!(untold.known(), [(account, 1)]);
        untold.note(account, &[]);
        assert_eq!(untold.known(), []);
    }
}
