//! The members of a room. A member who loses the connection keeps the place for a grace period.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{
    ConnectionRef, LastMessage, MemberView,
    removed::{Marks, Removed, Trace},
};
use crate::{
    engagement::Reaction,
    id::{AccountId, AddressMark, ConnectionId, DisplayName, MemberId, ResumeToken},
    refusal::Refusal,
    role::Role,
    time::Timestamp,
};

/// The places. The owner's comes first and lasts as long as the room; the others are in order of arrival.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Roster {
    pub(super) members: Vec<Member>,
    /// Former members, so that somebody who has just left can still be removed.
    pub(super) former: VecDeque<Trace>,
    /// Accounts that were removed.
    pub(super) removed: Removed,
}

/// An account's place in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The place.
    pub id: MemberId,
    /// The account.
    pub account: AccountId,
    /// The account's name.
    #[serde(deserialize_with = "DisplayName::told")]
    pub name: DisplayName,
    /// The account's e-mail address, for the room's owner alone.
    #[serde(default)]
    pub email: Option<String>,
    /// The role.
    pub role: Role,
    /// When the place was taken.
    pub joined_at: Timestamp,
    /// When they last did something: came, reacted or wrote.
    pub active_at: Timestamp,
    /// Their last reaction.
    pub last_reaction: Option<Reaction>,
    /// Their last message, unless it is deleted.
    pub last_message: Option<LastMessage>,
    /// Their connection.
    pub endpoint: Endpoint,
    /// Whether the place lasts as long as the room: the owner's does.
    pub(super) is_permanent: bool,
    pub(super) marks: Marks,
    pub(super) token: Option<ResumeToken>,
}

/// Whether a member is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// Connected with this connection.
    Connected(ConnectionRef),
    /// Not connected since this time.
    Away(Timestamp),
}

impl Member {
    /// The connection, if one is there.
    pub const fn connection(&self) -> Option<ConnectionRef> {
        match self.endpoint {
            Endpoint::Connected(connection) => Some(connection),
            Endpoint::Away(_) => None,
        }
    }

    /// Since when no connection is there.
    pub(crate) const fn away_since(&self) -> Option<Timestamp> {
        match self.endpoint {
            Endpoint::Connected(_) => None,
            Endpoint::Away(since) => Some(since),
        }
    }

    pub(super) fn is_at(&self, connection: ConnectionId) -> bool {
        self.connection().is_some_and(|held| held.id == connection)
    }

    /// The member as others see it.
    pub(super) fn view(&self) -> MemberView {
        MemberView {
            member: self.id,
            name: self.name.clone(),
            email: self.email.clone(),
            connected: self.connection().is_some(),
            joined_at: self.joined_at,
            active_at: self.active_at,
            last_reaction: self.last_reaction,
            last_message: self.last_message.clone(),
        }
    }

    pub(super) const fn trace(&self) -> Trace {
        Trace { member: self.id, account: self.account, marks: self.marks }
    }
}

impl Roster {
    pub(super) fn find(&self, member: MemberId) -> Option<&Member> {
        self.members.iter().find(|known| known.id == member)
    }

    pub(super) fn find_mut(&mut self, member: MemberId) -> Option<&mut Member> {
        self.members.iter_mut().find(|known| known.id == member)
    }

    /// The member whom a connection belongs to.
    pub(super) fn at_mut(&mut self, connection: ConnectionId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.is_at(connection))
    }

    /// The owner's place.
    pub(super) fn owner(&self) -> Option<&Member> {
        self.members.iter().find(|member| member.is_permanent)
    }

    /// Frees the places that `keep` refuses, except the owner's, and returns their members.
    pub(super) fn release(&mut self, keep: impl Fn(&Member) -> bool) -> Vec<Trace> {
        let keeps = |member: &Member| member.is_permanent || keep(member);
        let released: Vec<_> = self.members.iter().filter(|member| !keeps(member)).map(Member::trace).collect();
        self.members.retain(keeps);
        self.former.extend(&released);
        released
    }

    /// Drops the oldest former members above `most`, except those about whom the room still keeps events: these must be
    /// found if their account is deleted.
    pub(super) fn forget_former(&mut self, most: usize, is_told_of: impl Fn(MemberId) -> bool) {
        let mut surplus = self.former.len().saturating_sub(most);
        self.former.retain(|trace| {
            let is_kept = surplus == 0 || is_told_of(trace.member);
            surplus -= usize::from(!is_kept);
            is_kept
        });
    }

    /// Empties the room: the owner is away since `at`, all other places are free, and no page can resume.
    pub(super) fn restart(&mut self, at: Timestamp) {
        self.release(|_| false);
        for member in &mut self.members {
            member.endpoint = Endpoint::Away(at);
            member.token = None;
        }
    }

    /// The places that are taken now, except the owner's, and those of former members.
    pub(super) fn traces(&self) -> impl Iterator<Item = Trace> {
        let taken = self.members.iter().filter(|member| !member.is_permanent).map(Member::trace);
        taken.chain(self.former.iter().copied())
    }

    /// The current or former place with this id, except the owner's.
    pub(super) fn find_removable(&self, member: MemberId) -> Result<Trace, Refusal> {
        self.traces().find(|trace| trace.member == member).ok_or(Refusal::MemberNotFound)
    }

    /// Whether as many members come from this address as the room allows. From the owner's address all places can be
    /// taken.
    pub(super) fn is_address_full(&self, address: Option<AddressMark>, limit: u32) -> bool {
        let is_owners = self.owner().is_some_and(|owner| owner.marks.address == address);
        let others = self.members.iter().filter(|member| !member.is_permanent);
        let from_there = others.filter(|member| member.marks.address == address).count();
        address.is_some() && !is_owners && from_there >= limit as usize
    }

    /// The places that the account has or had, except the owner's.
    pub(super) fn places_of(&self, account: AccountId) -> Vec<MemberId> {
        self.traces().filter(|trace| trace.account == account).map(|trace| trace.member).collect()
    }

    /// Gives the places, and the former ones, of an account to another one.
    pub(super) fn rename_account(&mut self, from: AccountId, to: AccountId) {
        let places = self.members.iter_mut().map(|member| &mut member.account);
        for account in places.chain(self.former.iter_mut().map(|trace| &mut trace.account)) {
            if *account == from {
                *account = to;
            }
        }
        self.removed.rename_account(from, to);
    }
}
