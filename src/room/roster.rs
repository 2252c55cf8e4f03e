//! The members of a room. A member who loses the connection keeps the place for a grace period.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{
    ConnectionRef, JoinRequested, LastMessage, MemberView,
    removed::{Marks, Removed, Trace},
    waiting::Admission,
};
use crate::{
    engagement::Reaction,
    id::{AccountId, AddressMark, ConnectionId, DisplayName, MemberId, NodeId, ResumeToken},
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
    /// Those who ask to come in.
    #[serde(default, skip_serializing_if = "Admission::is_default")]
    pub(super) admission: Admission,
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
    /// Whether the account has a picture, and the member goes by the account's name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_picture: bool,
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
    /// The page that has the member's sound: the one that has asked for it last, or else was opened last.
    #[serde(flatten)]
    pub(super) page: Page,
    /// The pages that were opened before it and are still open, latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) other_pages: Vec<Page>,
    /// Whether the place lasts as long as the room: the owner's does.
    pub(super) is_permanent: bool,
    pub(super) marks: Marks,
}

/// A member's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Page {
    pub(super) endpoint: Endpoint,
    /// The token with which the page resumes; `None` if there is no page.
    pub(super) token: Option<ResumeToken>,
}

/// Whether a page is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// Connected with this connection.
    Connected(ConnectionRef),
    /// Not connected since this time.
    Away(Timestamp),
}

impl Page {
    /// No page since this time.
    pub(super) const fn none_since(at: Timestamp) -> Self {
        Self { endpoint: Endpoint::Away(at), token: None }
    }

    pub(super) const fn connection(&self) -> Option<ConnectionRef> {
        match self.endpoint {
            Endpoint::Connected(connection) => Some(connection),
            Endpoint::Away(_) => None,
        }
    }

    pub(super) const fn away_since(&self) -> Option<Timestamp> {
        match self.endpoint {
            Endpoint::Connected(_) => None,
            Endpoint::Away(since) => Some(since),
        }
    }
}

impl Member {
    fn pages(&self) -> impl Iterator<Item = &Page> {
        std::iter::once(&self.page).chain(&self.other_pages)
    }

    pub(super) fn pages_mut(&mut self) -> impl Iterator<Item = &mut Page> {
        std::iter::once(&mut self.page).chain(&mut self.other_pages)
    }

    /// The connection over which the member sends and hears: that of the page that was opened last.
    pub const fn connection(&self) -> Option<ConnectionRef> {
        self.page.connection()
    }

    /// The connections of all pages.
    pub fn connections(&self) -> impl Iterator<Item = ConnectionRef> {
        self.pages().filter_map(Page::connection)
    }

    /// Whether any page is connected.
    pub fn is_connected(&self) -> bool {
        self.connections().next().is_some()
    }

    /// Whether there is any page, connected or not.
    pub(super) fn has_pages(&self) -> bool {
        self.pages().any(|page| page.token.is_some())
    }

    /// Since when no page is connected.
    pub(crate) fn away_since(&self) -> Option<Timestamp> {
        if self.is_connected() { None } else { self.pages().filter_map(Page::away_since).max() }
    }

    pub(super) fn is_at(&self, connection: ConnectionId) -> bool {
        self.connections().any(|held| held.id == connection)
    }

    /// The tokens of the pages that are connected to a node, with their connections.
    pub(super) fn pages_at(&self, node: NodeId) -> impl Iterator<Item = (ConnectionId, ResumeToken)> {
        let here = self.pages().filter_map(|page| Some((page.connection()?, page.token?)));
        here.filter(move |(held, _)| held.node == node).map(|(held, token)| (held.id, token))
    }

    /// The page that resumes with a token.
    pub(super) fn page_with(&mut self, token: ResumeToken) -> Option<&mut Page> {
        self.pages_mut().find(|page| page.token == Some(token))
    }

    /// Whether there is a page with this token, which is still in time.
    pub(super) fn has_page_with(&self, token: ResumeToken, is_in_time: impl Fn(&Page) -> bool) -> bool {
        self.pages().any(|page| page.token == Some(token) && is_in_time(page))
    }

    /// Opens a page, and returns the connections of those that make way for it: a member has at most `most` pages. It has the
    /// member's sound unless that stays where it is.
    pub(super) fn open_page(&mut self, page: Page, most: u32, keeps_sound: bool) -> Vec<ConnectionRef> {
        let keeps_sound = keeps_sound && most > 1 && self.page.token.is_some();
        let behind = if keeps_sound { page } else { std::mem::replace(&mut self.page, page) };
        self.other_pages.insert(0, behind);
        let others_kept = (most as usize).saturating_sub(1);
        // Where there was no page, only the time is known since when.
        self.other_pages.retain(|page| page.token.is_some());
        let surplus = self.other_pages.split_off(others_kept.min(self.other_pages.len()));
        surplus.iter().filter_map(Page::connection).collect()
    }

    /// Gives the member's sound to the page at a connection. Returns the page that had it before, if it was another one.
    pub(super) fn move_sound(&mut self, connection: ConnectionId) -> Option<Page> {
        let place =
            self.other_pages.iter().position(|page| page.connection().is_some_and(|held| held.id == connection))?;
        let page = self.other_pages.remove(place);
        let before = std::mem::replace(&mut self.page, page);
        if before.token.is_some() {
            self.other_pages.insert(0, before);
        }
        Some(before)
    }

    /// Whether another page than the one with this token has the member's sound.
    pub(super) fn sounds_elsewhere(&self, token: ResumeToken) -> bool {
        self.page.token.is_some_and(|sounding| sounding != token)
    }

    /// Closes the pages that `keep` refuses. Without any page, the member is away since `at`.
    pub(super) fn close_pages(&mut self, keep: impl Fn(&Page) -> bool, at: Timestamp) {
        self.other_pages.retain(&keep);
        if self.page.token.is_some() && !keep(&self.page) {
            let since = self.away_since().unwrap_or(at);
            self.page = if self.other_pages.is_empty() { Page::none_since(since) } else { self.other_pages.remove(0) };
        }
    }

    /// The member as others see it.
    /// A place that no page has.
    pub(super) fn new(id: MemberId, account: AccountId, name: DisplayName, role: Role, at: Timestamp) -> Self {
        Self {
            id,
            account,
            name,
            email: None,
            has_picture: false,
            role,
            joined_at: at,
            active_at: at,
            last_reaction: None,
            last_message: None,
            page: Page::none_since(at),
            other_pages: Vec::new(),
            is_permanent: false,
            marks: Marks::default(),
        }
    }

    pub(super) fn view(&self) -> MemberView {
        MemberView {
            member: self.id,
            name: self.name.clone(),
            email: self.email.clone(),
            has_picture: self.has_picture,
            connected: self.is_connected(),
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

    /// When the room was created: when its owner got the place.
    pub(super) fn created_at(&self) -> Timestamp {
        self.members.iter().map(|member| member.joined_at).min().unwrap_or_default()
    }

    /// Makes another member the owner.
    pub(super) fn hand_over(&mut self, to: MemberId) {
        self.members.iter_mut().for_each(|member| member.is_permanent = member.id == to);
        // The owner comes first.
        self.members.sort_by_key(|member| !member.is_permanent);
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

    /// Opens the room again: everybody is away since `at`, and no page can resume. Places are free, unless members stay.
    pub(super) fn restart(&mut self, at: Timestamp, members_stay: bool) {
        self.release(|_| members_stay);
        for member in &mut self.members {
            member.page = Page::none_since(at);
            member.other_pages.clear();
        }
    }

    /// The places that are taken now, except the owner's, those that are asked for, and those of former members.
    pub(super) fn traces(&self) -> impl Iterator<Item = Trace> {
        let taken = self.members.iter().filter(|member| !member.is_permanent).map(Member::trace);
        taken.chain(self.admission.waiting().map(JoinRequested::trace)).chain(self.former.iter().copied())
    }

    /// The current or former place with this id, except the owner's.
    pub(super) fn find_removable(&self, member: MemberId) -> Result<Trace, Refusal> {
        self.traces().find(|trace| trace.member == member).ok_or(Refusal::MemberNotFound)
    }

    /// Whether as many members come from this address as the room allows. From the owner's address all places can be
    /// taken.
    pub(super) fn is_address_full(&self, address: Option<AddressMark>, limit: u32) -> bool {
        let others = self.members.iter().filter(|member| !member.is_permanent);
        let from_there = others.filter(|member| member.marks.address == address).count();
        address.is_some() && !self.is_owners_address(address) && from_there >= limit as usize
    }

    /// Whether the owner comes from this address.
    pub(super) fn is_owners_address(&self, address: Option<AddressMark>) -> bool {
        self.owner().is_some_and(|owner| owner.marks.address == address)
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
        self.admission.rename_account(from, to);
    }
}
