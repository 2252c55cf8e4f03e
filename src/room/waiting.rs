//! Those who ask to come in: what the room keeps of them, and how the owner sees them.

use serde::{Deserialize, Serialize};

use super::{AskingTerms, ConnectionRef, JoinRequested, Marks};
use crate::{
    id::{AccountId, ConnectionId, DisplayName, MemberId},
    time::Timestamp,
};

/// Somebody who asks to come in and has no answer yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The place that they get if they are let in.
    pub member: MemberId,
    /// The name under which they ask.
    #[serde(deserialize_with = "DisplayName::told")]
    pub name: DisplayName,
    /// When they asked first.
    pub at: Timestamp,
}

/// Whether the owner is asked before somebody comes in, and about whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Admission {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) asks_first: bool,
    /// On which terms; `None` where it began before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) terms: Option<AskingTerms>,
    /// Those who wait, in the order in which they came. None of them has a place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) waiting: Vec<Asked>,
    /// The accounts that the owner has let in, oldest first: they are not asked again after they have left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    admitted: Vec<AccountId>,
    /// Those whom the owner has declined, until they can ask again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    declined: Vec<Declined>,
    /// Those who have given up lately, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    withdrawn: Vec<Withdrawn>,
}

/// Somebody whom the owner has declined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Declined {
    account: AccountId,
    marks: Marks,
    /// When they can ask again.
    until: Timestamp,
}

/// Somebody who has given up what they asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Withdrawn {
    marks: Marks,
    /// Until when they count as if they still waited.
    until: Timestamp,
}

/// Somebody who waits for the owner's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The account's latest request, with the place of the first one.
    pub(super) request: JoinRequested,
    /// The connections of the pages that ask and are there, the latest first.
    pub(super) pages: Vec<ConnectionRef>,
    /// When the account asked first.
    pub(super) at: Timestamp,
}

impl Asked {
    pub(super) fn view(&self) -> Waiting {
        Waiting { member: self.request.member, name: self.request.name.clone(), at: self.at }
    }

    /// When it ends without an answer.
    pub(super) fn ends_at(&self, terms: AskingTerms) -> Timestamp {
        self.at.after_ms(terms.request_ms)
    }

    pub(super) fn is_of(&self, account: AccountId) -> bool {
        self.request.account == account
    }

    pub(super) fn is_at(&self, connection: ConnectionId) -> bool {
        self.pages.iter().any(|page| page.id == connection)
    }
}

impl Admission {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = &JoinRequested> {
        self.waiting.iter().map(|asked| &asked.request)
    }

    /// The requests, whose names are personal.
    pub(super) fn waiting_mut(&mut self) -> impl Iterator<Item = &mut JoinRequested> {
        self.waiting.iter_mut().map(|asked| &mut asked.request)
    }

    pub(super) fn of(&self, account: AccountId) -> Option<&Asked> {
        self.waiting.iter().find(|asked| asked.is_of(account))
    }

    /// Whether the account was let in before.
    pub(super) fn has_admitted(&self, account: AccountId) -> bool {
        self.admitted.contains(&account)
    }

    /// Whether the owner decides about a request of this account that has no place.
    pub(super) fn decides_about(&self, account: AccountId) -> bool {
        self.asks_first && !self.has_admitted(account)
    }

    pub(super) fn find(&self, member: MemberId) -> Option<&Asked> {
        self.waiting.iter().find(|asked| asked.request.member == member)
    }

    /// Whether a page with this connection waits.
    pub(super) fn waits_at(&self, connection: ConnectionId) -> bool {
        self.waiting.iter().any(|asked| asked.is_at(connection))
    }

    /// The connections of the pages that wait.
    pub(super) fn pages(&self) -> impl Iterator<Item = ConnectionRef> {
        self.waiting.iter().flat_map(|asked| asked.pages.iter().copied())
    }

    /// These pages are gone. Their requests stay.
    pub(super) fn drop_pages(&mut self, are_lost: impl Fn(ConnectionRef) -> bool) {
        self.waiting.iter_mut().for_each(|asked| asked.pages.retain(|page| !are_lost(*page)));
    }

    /// How many wait with this browser or, unless it does not count, from this address. Those whom the owner has declined count until
    /// they can ask again, and those who have given up for as long, so that nobody asks without end as one guest after the other, or again
    /// and again.
    pub(super) fn count_beside(&self, marks: Marks, counts_address: bool, at: Timestamp) -> usize {
        let has_address = |other: Marks| counts_address && marks.address.is_some() && other.address == marks.address;
        let declined = self.declined_at(at).map(|declined| declined.marks);
        let withdrawn = self.withdrawn.iter().filter(|withdrawn| withdrawn.until > at).map(|withdrawn| withdrawn.marks);
        let others = self.waiting().map(|request| request.marks).chain(declined).chain(withdrawn);
        others.filter(|other| is_same_browser(marks, *other) || has_address(*other)).count()
    }

    /// When the next request ends without an answer.
    pub(super) fn next_end(&self) -> Option<Timestamp> {
        let terms = self.terms?;
        self.waiting.iter().map(|asked| asked.ends_at(terms)).min()
    }

    /// Somebody whom the owner has declined cannot ask again for a while.
    pub(super) fn note_declined(&mut self, request: &JoinRequested, at: Timestamp) {
        let Some(terms) = self.terms else { return };
        let (account, marks, until) = (request.account, request.marks, at.after_ms(terms.declined_ms));
        self.declined.retain(|declined| declined.account != account);
        self.declined.push(Declined { account, marks, until });
    }

    /// Somebody who gives up may ask again, but not again and again.
    pub(super) fn note_withdrawn(&mut self, request: &JoinRequested, at: Timestamp) {
        let Some(terms) = self.terms else { return };
        self.withdrawn.push(Withdrawn { marks: request.marks, until: at.after_ms(terms.declined_ms) });
    }

    /// Whether the owner has declined this account, or another one with this browser, and it cannot ask again by `at`.
    pub(super) fn was_declined(&self, account: AccountId, marks: Marks, at: Timestamp) -> bool {
        self.declined_at(at).any(|declined| declined.account == account || is_same_browser(marks, declined.marks))
    }

    /// Until when an account cannot ask again, as far as the room still knows.
    pub(super) fn declined_until(&self, account: AccountId) -> Option<Timestamp> {
        self.declined.iter().find(|declined| declined.account == account).map(|declined| declined.until)
    }

    fn declined_at(&self, at: Timestamp) -> impl Iterator<Item = &Declined> {
        self.declined.iter().filter(move |declined| declined.until > at)
    }

    /// Forgets who can ask again by `at`.
    pub(super) fn pass(&mut self, at: Timestamp) {
        self.declined.retain(|declined| declined.until > at);
        self.withdrawn.retain(|withdrawn| withdrawn.until > at);
    }

    /// Everybody can ask again.
    pub(super) fn forget_pauses(&mut self) {
        self.declined.clear();
        self.withdrawn.clear();
    }

    /// Lets an account come in again without asking. Of more than `most` the oldest are forgotten.
    pub(super) fn note_admitted(&mut self, account: AccountId, most: usize) {
        self.forget_admitted(|admitted| admitted == account);
        self.admitted.push(account);
        let surplus = self.admitted.len().saturating_sub(most);
        self.admitted.drain(..surplus);
    }

    /// These accounts have to ask again.
    pub(super) fn forget_admitted(&mut self, is_meant: impl Fn(AccountId) -> bool) {
        self.admitted.retain(|account| !is_meant(*account));
    }

    pub(super) fn rename_account(&mut self, from: AccountId, to: AccountId) {
        for asked in self.waiting.iter_mut().filter(|asked| asked.is_of(from)) {
            asked.request.account = to;
        }
        if self.has_admitted(to) {
            self.forget_admitted(|account| account == from);
        }
        self.admitted.iter_mut().filter(|account| **account == from).for_each(|account| *account = to);
        let declined = self.declined.iter_mut().filter(|declined| declined.account == from);
        declined.for_each(|declined| declined.account = to);
    }
}

fn is_same_browser(one: Marks, other: Marks) -> bool {
    one.browser.is_some() && one.browser == other.browser
}
