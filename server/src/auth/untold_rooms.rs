//! Rooms whose logs could not store that an account was deleted or merged. They are told again every hour until they store
//! it, but the operator is warned once for each room and account.

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
    /// All rooms that name an account were told of it; `failures` are the rooms that could not store it. Warns of the new
    /// ones.
    pub(super) fn note(&self, account: AccountId, failures: &[(RoomId, LogError)]) {
        for (room, accounts, error) in self.replace(account, failures) {
            tracing::warn!(%room, accounts, "a room does not store that accounts are gone, and is told every hour: {}", explain(error));
        }
    }

    /// Remembers the failures in place of the account's earlier ones. Returns the new ones, each with the number of
    /// accounts that the room has not stored as gone.
    fn replace<'a>(
        &self,
        account: AccountId,
        failures: &'a [(RoomId, LogError)],
    ) -> Vec<(RoomId, usize, &'a LogError)> {
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = accounts.remove(&account).unwrap_or_default();
        // A server that stops tells the room after it has started again.
        let failures = failures.iter().filter(|(_, error)| !matches!(error, LogError::Stopped));
        let untold: BTreeMap<_, _> = failures.map(|(room, error)| (*room, error)).collect();
        if !untold.is_empty() {
            accounts.insert(account, untold.keys().copied().collect());
        }
        let count = |room| accounts.values().filter(|rooms| rooms.contains(room)).count();
        let new = untold.iter().filter(|(room, _)| !known.contains(room));
        new.map(|(room, error)| (*room, count(room), *error)).collect()
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

    fn full(room: RoomId) -> (RoomId, LogError) {
        (room, LogError::Storage(Arc::new(std::io::Error::other("the disk is full"))))
    }

    #[test]
    fn a_warning_is_given_once_for_each_room_and_account_until_the_room_stores_it() {
        let [account, other] = [AccountId::from_bits(1), AccountId::from_bits(2)];
        let room = RoomId::from_bits(1);
        let untold = UntoldRooms::default();
        let warned = |account, failures: &[_]| -> Vec<_> {
            untold.replace(account, failures).into_iter().map(|(room, accounts, _)| (room, accounts)).collect()
        };
        assert_eq!(warned(account, &[full(room)]), [(room, 1)]);
        assert_eq!(warned(account, &[full(room)]), []);
        assert_eq!(warned(other, &[full(room)]), [(room, 2)]);
        assert_eq!(warned(account, &[]), []);
        assert_eq!(warned(account, &[full(room)]), [(room, 2)], "it failed anew");
    }

    #[test]
    fn rooms_that_are_gone_and_servers_that_stop_leave_nothing() {
        let [account, other] = [AccountId::from_bits(1), AccountId::from_bits(2)];
        let [room, gone] = [RoomId::from_bits(1), RoomId::from_bits(2)];
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
