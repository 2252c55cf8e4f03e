//! Removed accounts, and how a room recognises them if they come back with another account.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Effects, Foreseen, Member, Room, RoomEvent, joining};
use crate::{
    id::{AccountId, AddressMark, BrowserMark, ConnectionId, MemberId},
    refusal::Refusal,
};

/// The browser and the address of a page, as keyed hashes. They do not tell who or where somebody is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The browser, if it keeps cookies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<BrowserMark>,
    /// The network address, or for IPv6 the network of one household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<AddressMark>,
}

/// The account that has or had a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trace {
    pub(super) member: MemberId,
    pub(super) account: AccountId,
    pub(super) marks: Marks,
}

/// The removed accounts, with the hashes of their browsers and addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Removed {
    accounts: BTreeSet<AccountId>,
    browsers: BTreeSet<BrowserMark>,
    addresses: BTreeSet<AddressMark>,
}

impl Removed {
    fn add(&mut self, trace: Trace, with_address: bool) {
        self.accounts.insert(trace.account);
        self.browsers.extend(trace.marks.browser);
        self.addresses.extend(trace.marks.address.filter(|_| with_address));
    }

    pub(super) fn has(&self, account: AccountId) -> bool {
        self.accounts.contains(&account)
    }

    /// Whether the browser or the address is one of a removed account.
    pub(super) fn knows(&self, marks: Marks) -> bool {
        let is_known_browser = marks.browser.is_some_and(|browser| self.browsers.contains(&browser));
        is_known_browser || marks.address.is_some_and(|address| self.addresses.contains(&address))
    }

    pub(super) fn rename_account(&mut self, from: AccountId, to: AccountId) {
        if self.accounts.remove(&from) {
            self.accounts.insert(to);
        }
    }

    fn includes(&self, member: &Member) -> bool {
        !member.is_permanent && (self.has(member.account) || self.knows(member.marks))
    }
}

/// Removes an account from the room for good. Another account from the same browser cannot come either, nor one from
/// the same address if the owner wants that. This also works for somebody who has just left.
pub(super) fn remove(
    room: &mut Room,
    connection: ConnectionId,
    (member, block_address): (MemberId, bool),
    effects: &mut Effects,
) {
    let trace = match room.roster.find_removable(member) {
        Ok(trace) => trace,
        Err(refusal) => return effects.refuse(connection, refusal),
    };
    room.roster.removed.add(trace, block_address);
    let is_out = |member: &&Member| room.roster.removed.includes(member);
    let gone: Vec<_> = room.roster.members.iter().filter(is_out).cloned().collect();
    for member in &gone {
        room.tell_membership(&RoomEvent::MemberLeft { member: member.id }, effects);
        if let Some(connection) = member.connection() {
            effects.disconnect(connection.id, Refusal::Removed);
        }
    }
    // Accounts with the same browser or address cannot come back from elsewhere either.
    room.roster.removed.accounts.extend(gone.iter().map(|member| member.account));
    joining::free(room, |member| !gone.iter().any(|gone| gone.id == member.id));
}

/// The effect of a removal: none if all accounts in question are kept out already and none of them is in the room.
pub(super) fn foresee(room: &Room, member: MemberId, block_address: bool) -> Result<Foreseen, Refusal> {
    let trace = room.roster.find_removable(member)?;
    let mut removed = room.roster.removed.clone();
    removed.add(trace, block_address);
    let is_there = room.roster.members.iter().any(|member| removed.includes(member));
    Ok(Foreseen::if_changed(is_there || removed != room.roster.removed))
}
