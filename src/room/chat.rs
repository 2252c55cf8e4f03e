//! What listeners tell the host: reactions and messages.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Audience, Effects, Member, Room};
use crate::{
    engagement::{MessageText, Reaction},
    id::{AccountId, ConnectionId, Seq},
    limits::{MESSAGES_AT_ONCE, MESSAGES_KEPT},
    protocol::{Message, Messages, RoomEvent},
    role::Role,
    time::Timestamp,
};

/// The messages the room keeps, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chat {
    kept: VecDeque<Kept>,
}

/// A message outlives its author's place; the account is what still owns it then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    account: AccountId,
    message: Message,
}

impl Chat {
    /// The latest messages that a member may read, and whether there are older ones.
    pub(super) fn latest(&self, reader: &Member) -> Messages {
        self.page(reader, |_| true)
    }

    /// The messages before a place in the log that a member may read.
    pub(super) fn before(&self, reader: &Member, seq: Seq) -> Messages {
        self.page(reader, |message| message.seq < seq)
    }

    /// Whether an account's message is there already.
    pub(super) fn holds(&self, account: AccountId, nonce: u32) -> bool {
        self.kept.iter().any(|kept| kept.account == account && kept.message.nonce == nonce)
    }

    /// Gives messages to another account.
    pub(super) fn rename_account(&mut self, from: AccountId, to: AccountId) {
        self.kept.iter_mut().filter(|kept| kept.account == from).for_each(|kept| kept.account = to);
    }

    /// Forgets what an account wrote.
    pub(super) fn forget(&mut self, account: AccountId) {
        self.kept.retain(|kept| kept.account != account);
    }

    fn page(&self, reader: &Member, wanted: impl Fn(&Message) -> bool) -> Messages {
        let is_theirs = |kept: &&Kept| reader.role == Role::Host || kept.account == reader.account;
        let mut newest_first = self.kept.iter().rev().filter(is_theirs).map(|kept| &kept.message).filter(|m| wanted(m));
        let mut messages: Vec<_> = newest_first.by_ref().take(MESSAGES_AT_ONCE).cloned().collect();
        messages.reverse();
        Messages { messages, has_earlier: newest_first.next().is_some() }
    }
}

pub(super) fn react(
    room: &mut Room,
    connection: ConnectionId,
    reaction: Reaction,
    at: Timestamp,
    effects: &mut Effects,
) {
    let Some(member) = room.members.attached_at(connection) else { return };
    member.last_reaction = Some(reaction);
    member.active_at = at;
    effects.announce(Audience::Host, RoomEvent::Reacted { member: member.id, reaction, at });
}

/// A message that arrives twice, such as after a lost connection, has been written already.
pub(super) fn write(
    room: &mut Room,
    connection: ConnectionId,
    (nonce, text): (u32, &MessageText),
    at: Timestamp,
    effects: &mut Effects,
) {
    let (seq, delivered) = (room.seq, room.host_connected());
    let Some(member) = room.members.attached_at(connection) else { return };
    let account = member.account;
    if room.chat.holds(account, nonce) {
        return;
    }
    member.last_message = Some(text.clone());
    member.active_at = at;
    let (author, name) = (member.id, member.name.clone());
    let message = Message { seq, author, name, nonce, text: text.clone(), sent_at: at, delivered };
    room.chat.kept.push_back(Kept { account, message: message.clone() });
    if room.chat.kept.len() > MESSAGES_KEPT {
        room.chat.kept.pop_front();
    }
    effects.announce(Audience::Host, RoomEvent::MessageSent { message: message.clone() });
    effects.announce(Audience::Member(author), RoomEvent::MessageSent { message });
}

/// The host's page is there: what waited for it has been given to it.
pub(super) fn deliver(room: &mut Room, effects: &mut Effects) {
    let mut authors = Vec::new();
    let mut up_to = None;
    for Kept { account, message } in room.chat.kept.iter_mut().filter(|kept| !kept.message.delivered) {
        message.delivered = true;
        authors.push(*account);
        up_to = Some(message.seq);
    }
    let Some(up_to) = up_to else { return };
    effects.announce(Audience::Host, RoomEvent::MessagesDelivered { up_to });
    for author in room.members.listeners().filter(|member| authors.contains(&member.account)) {
        effects.announce(Audience::Member(author.id), RoomEvent::MessagesDelivered { up_to });
    }
}
