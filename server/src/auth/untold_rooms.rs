//! Rooms whose logs do not take it that an account was deleted or merged. They are told again every hour for as long as it
//! takes, but the operator is warned once for each account.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use heartogether::id::{AccountId, RoomId};

use crate::{error::explain, storage::log::LogError};

/// The rooms, each with the accounts that it was not told of.
#[derive(Default)]
pub(crate) struct UntoldRooms(Mutex<BTreeMap<RoomId, BTreeSet<AccountId>>>);

impl UntoldRooms {
    /// A room was not told of an account. Logs this the first time, with how many accounts the room knows too much of.
    pub(super) fn note_failure(&self, room: RoomId, account: AccountId, error: &LogError) {
        let mut rooms = self.rooms();
        let accounts = rooms.entry(room).or_default();
        if accounts.insert(account) {
            let accounts = accounts.len();
            tracing::warn!(%room, accounts, "a room does not store that accounts are gone, and is told every hour: {}", explain(error));
        }
    }

    /// A room was told of an account, or is gone.
    pub(super) fn note_success(&self, room: RoomId, account: AccountId) {
        let mut rooms = self.rooms();
        if let Some(accounts) = rooms.get_mut(&room) {
            accounts.remove(&account);
            if accounts.is_empty() {
                rooms.remove(&room);
            }
        }
    }

    fn rooms(&self) -> MutexGuard<'_, BTreeMap<RoomId, BTreeSet<AccountId>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
