//! What a lounge tells the lists of its members' accounts: its name, its latest message, and who is no member any more.
//!
//! However much happens, it tells them at most once in [`PAUSE_MS`], and what is true then.

use std::collections::HashSet;

use heartogether::{
    id::AccountId,
    protocol::{LoungeNews, LoungesChanged},
    room::{Audience, Entry, Event, Member, Room, RoomMessage},
    time::Timestamp,
};

use super::RoomActor;
use crate::rooms::summary;

/// Milliseconds between two times that lists are told. A single change is told at once.
const PAUSE_MS: u64 = 1_000;

/// What lists know of a lounge.
#[derive(Default)]
pub(super) struct ListNews {
    /// What the owner's were told; `None` if the room is in no list.
    told: Option<LoungeNews>,
    /// The accounts in whose lists it is.
    listed: HashSet<AccountId>,
    /// When they were told.
    told_at: Option<Timestamp>,
    /// When they are told what has changed since.
    due: Option<Timestamp>,
}

impl ListNews {
    /// When lists are told.
    pub(super) const fn due(&self) -> Option<Timestamp> {
        self.due
    }
}

impl RoomActor<'_> {
    /// Begins with what the lists have: what they missed, their pages ask for when they come.
    pub(super) fn begin_list_news(&mut self) {
        self.list_news.told = summary::news(&self.room);
        self.list_news.listed = listed(&self.room);
    }

    /// Stores that the room is in an account's list. Its pages are told once that is so.
    pub(super) fn add_to_list(&mut self, account: AccountId) {
        self.list_news.listed.insert(account);
        self.dependencies.writes.add_to_list(account, self.dependencies.clock.now());
    }

    /// Tells lists what an entry has changed in them, at once or after the pause.
    pub(super) fn note_list_news(&mut self, entry: &Entry) {
        if !self.room.kind().members_stay() {
            return;
        }
        let comes = match &entry.event {
            Event::JoinRequested(join) => Some(join.account),
            Event::AccountMerged { to, .. } => Some(*to),
            _ => None,
        };
        // The edge tells their lists once it is stored that they are members.
        self.list_news.listed.extend(comes.filter(|account| self.room.has_place(*account)));
        let news = summary::news(&self.room);
        let is_same = is_same(news.as_ref(), self.list_news.told.as_ref());
        let members = if news.is_some() { self.room.members().count() } else { 0 };
        if is_same && members == self.list_news.listed.len() {
            return;
        }
        let now = self.dependencies.clock.now();
        match self.list_news.told_at.map(|at| at.after_ms(PAUSE_MS)).filter(|free_at| *free_at > now) {
            None => self.tell_lists(),
            free_at => self.list_news.due = free_at,
        }
    }

    /// Tells the lists what has changed in them.
    pub(super) fn tell_lists(&mut self) {
        let Some(room) = self.room.code() else { return };
        let (news, listed) = (summary::news(&self.room), listed(&self.room));
        let gone: Vec<_> = self.list_news.listed.difference(&listed).copied().collect();
        // A lounge that is opened again.
        let back: Vec<_> = listed.difference(&self.list_news.listed).copied().collect();
        let members: Vec<_> = listed.intersection(&self.list_news.listed).copied().collect();
        let tell = |accounts: &[AccountId], changed: &LoungesChanged| {
            let lists = &self.dependencies.lists;
            match self.speaks_for_all_nodes() {
                true => lists.tell(accounts, Some(room), changed),
                false => lists.tell_here(accounts, Some(room), changed),
            }
        };
        tell(&gone, &LoungesChanged::gone(room));
        tell(&back, &LoungesChanged::anew());
        if let Some(news) = &news {
            let (owners, others): (Vec<_>, Vec<_>) =
                members.into_iter().partition(|account| self.room.owner() == Some(*account));
            tell(&owners, &LoungesChanged::news(news.clone()));
            let told = self.list_news.told.as_ref().map(LoungeNews::for_others);
            if !is_same(Some(&news.for_others()), told.as_ref()) {
                tell(&others, &LoungesChanged::news(news.for_others()));
            }
        }
        let told_at = Some(self.dependencies.clock.now());
        self.list_news = ListNews { told: news, listed, told_at, due: None };
    }

    /// Registers a page that gets a place, so that it is told of the account's other lounges.
    pub(super) fn note_page(&mut self, to: Audience, message: &RoomMessage) {
        let (Audience::Connection(connection), RoomMessage::Joined(_) | RoomMessage::Resumed(_)) = (to, message) else {
            return;
        };
        if !self.room.kind().members_stay() {
            return;
        }
        let (member, send_queue) = (self.room.member_at(connection), self.state.send_queues.get(&connection));
        if let (Some(member), Some(send_queue), Some(code)) = (member, send_queue, self.room.code()) {
            let (lists, account) = (&self.dependencies.lists, member.account);
            let enter = || lists.enter(account, connection, send_queue, code);
            self.state.in_lists.entry(connection).or_insert_with(enter);
        }
    }

    /// Whether this node tells the others. Of the nodes that members are connected to, one does, and each of them knows which:
    /// they have the same room. Where nobody is connected, each node that has the room open does.
    fn speaks_for_all_nodes(&self) -> bool {
        let first = self.room.connections(Audience::Everyone).map(|connection| connection.node).min();
        first.is_none_or(|node| node == self.dependencies.node)
    }
}

/// Whether a list would show the same.
fn is_same(news: Option<&LoungeNews>, told: Option<&LoungeNews>) -> bool {
    match (news, told) {
        (Some(news), Some(told)) => LoungeNews { seq: told.seq, ..news.clone() } == *told,
        (news, told) => news.is_none() && told.is_none(),
    }
}

/// The accounts in whose lists the room is.
fn listed(room: &Room) -> HashSet<AccountId> {
    let is_listed = room.kind().members_stay() && room.ended().is_none();
    room.members().filter(|_| is_listed).map(|member: &Member| member.account).collect()
}
