//! What becomes of a room and of its log when an account becomes another one, or is deleted. Neither counts as activity.

use std::collections::BTreeSet;

use super::{Audience, Command, Effects, Entry, Event, Room, lifetime};
use crate::{
    engagement::MessageText,
    id::{AccountId, ConnectionId, DisplayName},
    refusal::Refusal,
    time::Timestamp,
    wire::{EndReason, RoomEvent},
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
pub fn redact<'a>(entries: impl DoubleEndedIterator<Item = &'a Entry> + Clone, account: AccountId) -> Vec<Entry> {
    let accounts = once_called(entries.clone(), account);
    let connections = connections_of(entries.clone(), &accounts);
    let changed = |entry: &Entry| {
        let mut redacted = entry.clone();
        match &mut redacted.event {
            Event::JoinRequested(request) if accounts.contains(&request.account) => {
                request.name = somebody();
                request.email = None;
            }
            Event::Commanded { connection, command: Command::Write { text, .. } }
                if connections.contains(connection) =>
            {
                *text = something();
            }
            _ => {}
        }
        (redacted != *entry).then_some(redacted)
    };
    entries.filter_map(changed).collect()
}

/// The account, and the guests that it was before.
fn once_called<'a>(entries: impl DoubleEndedIterator<Item = &'a Entry>, account: AccountId) -> BTreeSet<AccountId> {
    let mut accounts = BTreeSet::from([account]);
    for entry in entries.rev() {
        match entry.event {
            Event::AccountMerged { from, to } if accounts.contains(&to) => accounts.insert(from),
            _ => false,
        };
    }
    accounts
}

fn connections_of<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    accounts: &BTreeSet<AccountId>,
) -> BTreeSet<ConnectionId> {
    let asking = entries.filter_map(|entry| match &entry.event {
        Event::JoinRequested(request) => Some((request.account, request.connection.id)),
        Event::ResumeRequested(request) => Some((request.account, request.connection.id)),
        _ => None,
    });
    asking.filter(|(account, _)| accounts.contains(account)).map(|(_, connection)| connection).collect()
}

fn somebody() -> DisplayName {
    DisplayName::parse("Somebody").expect("a word is a name")
}

fn something() -> MessageText {
    MessageText::parse("…").expect("an ellipsis is a message")
}
