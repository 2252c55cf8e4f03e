//! What becomes of a room and of its log when an account becomes another one, or is deleted. Neither counts as activity.

use std::collections::BTreeSet;

use super::{Audience, Command, Effects, Entry, Event, Room, lifetime};
use crate::{
    engagement::MessageText,
    id::{AccountId, ConnectionId, DisplayName},
    protocol::{EndReason, RoomEvent},
    refusal::Refusal,
    time::Timestamp,
};

/// A guest has signed in and goes on as `to`: what was the guest's is the account's, a removal too.
pub(super) fn merge(room: &mut Room, from: AccountId, to: AccountId, effects: &mut Effects) {
    if from == to {
        return;
    }
    if room.members.listeners().any(|member| member.account == to) {
        dismiss(room, from, Refusal::SessionReplaced, effects);
    }
    if let Some(created) = room.created.as_mut().filter(|created| created.owner == from) {
        created.owner = to;
    }
    room.members.rename_account(from, to);
    room.chat.rename_account(from, to);
}

/// Nothing of the account stays: its room ends for good, its place is free, what it wrote is forgotten.
pub(super) fn delete(room: &mut Room, account: AccountId, at: Timestamp, effects: &mut Effects) {
    let places = room.members.places_of(account);
    dismiss(room, account, Refusal::NotSignedIn, effects);
    room.chat.forget(account);
    room.scrub(&places);
    if room.owner() == Some(account) && !room.closed {
        if room.ended.is_none() {
            lifetime::end(room, EndReason::Stopped, at, effects);
        }
        lifetime::close_for_good(room, effects);
    }
}

/// Takes the account's place as a listener, and says why.
fn dismiss(room: &mut Room, account: AccountId, refusal: Refusal, effects: &mut Effects) {
    for member in room.members.listeners().filter(|member| member.account == account) {
        effects.announce(Audience::Host, RoomEvent::ListenerLeft { member: member.id });
        if let Some(connection) = member.connection() {
            effects.disconnect(connection.id, refusal);
        }
    }
    room.members.release(|member| member.account != account);
}

/// The entries of a log in which a deleted account's name, e-mail address or words stand, without them. In the places of the
/// others they give the same room from the account's deletion on.
pub fn redact<'a>(entries: impl Iterator<Item = &'a Entry> + Clone, account: AccountId) -> Vec<Entry> {
    let mut merges = Merges::default();
    entries.clone().for_each(|entry| merges.note(entry));
    let mut redaction = merges.redaction_of(account);
    entries.filter_map(|entry| redaction.redact(entry)).collect()
}

/// Which accounts became which others, as a log tells it from its beginning on: the first of two passes over a log that is too
/// long to be held.
#[derive(Clone, Debug, Default)]
pub struct Merges(Vec<(AccountId, AccountId)>);

impl Merges {
    /// Takes note of the next entry.
    pub fn note(&mut self, entry: &Entry) {
        if let Event::AccountMerged { from, to } = entry.event {
            self.0.push((from, to));
        }
    }

    /// What takes an account out of the log, and the guests that it was before: the second pass.
    pub fn redaction_of(self, account: AccountId) -> Redaction {
        let mut accounts = BTreeSet::from([account]);
        for (from, to) in self.0.into_iter().rev() {
            if accounts.contains(&to) {
                accounts.insert(from);
            }
        }
        Redaction { accounts, connections: BTreeSet::new() }
    }
}

/// Takes an account out of a log, entry by entry from the beginning on.
#[derive(Clone, Debug)]
pub struct Redaction {
    accounts: BTreeSet<AccountId>,
    /// Those on which the accounts have asked for a place so far. Nobody writes before that.
    connections: BTreeSet<ConnectionId>,
}

impl Redaction {
    /// The next entry without the account; `None` where nothing of it stands there.
    pub fn redact(&mut self, entry: &Entry) -> Option<Entry> {
        let mut redacted = entry.clone();
        match &mut redacted.event {
            Event::JoinRequested(request) if self.accounts.contains(&request.account) => {
                self.connections.insert(request.connection.id);
                request.name = somebody();
                request.email = None;
            }
            Event::ResumeRequested(request) if self.accounts.contains(&request.account) => {
                self.connections.insert(request.connection.id);
            }
            Event::Commanded { connection, command: Command::Write { text, .. } }
                if self.connections.contains(connection) =>
            {
                *text = something();
            }
            _ => {}
        }
        (redacted != *entry).then_some(redacted)
    }
}

fn somebody() -> DisplayName {
    DisplayName::parse("Somebody").expect("a word is a name")
}

fn something() -> MessageText {
    MessageText::parse("…").expect("an ellipsis is a message")
}
