//! Removed accounts, and how a room recognises them if they come back with another account.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, AddressMark, BrowserMark, MemberId, NameMark};

/// The browser and the address of a page, and what its member's name looks like, as keyed hashes. They do not tell who or where
/// somebody is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The browser, if it keeps cookies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<BrowserMark>,
    /// The network address, or for IPv6 the network of one household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<AddressMark>,
    /// What the name looks like, where members choose their names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<NameMark>,
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
    pub(super) fn add(&mut self, trace: Trace, with_address: bool) {
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

    /// Removes more accounts.
    pub(super) fn add_accounts(&mut self, accounts: impl Iterator<Item = AccountId>) {
        self.accounts.extend(accounts);
    }
}
