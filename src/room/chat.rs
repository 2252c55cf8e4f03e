//! Reactions and messages. The room keeps the latest messages and the next message number. All messages go to the
//! archive.

mod changes;
mod message;
mod picture;
mod pins;
mod replies;
mod restoring;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

pub(super) use changes::{Change, change, foresee_change, foresee_removal, known, remove_picture};
pub use message::{EmojiOnMessage, Markup, Message, Messages};
pub use picture::{Picture, PictureFormat};
pub(super) use pins::forget_pins;

use super::{
    Answered, ArchiveChange, ArchivedMessage, Audience, Effects, Foreseen, LastMessage, Member, Room, RoomEvent,
    rules::Notice,
};
use crate::{
    engagement::{MessageText, Reaction},
    id::{AccountId, ConnectionId, MemberId, MessageNumber},
    limits::MESSAGES_AT_ONCE,
    refusal::Refusal,
    time::Timestamp,
};

/// The messages that somebody may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// All messages.
    All,
    /// The messages of one account.
    Own(AccountId),
}

/// The messages the room keeps, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chat {
    kept: VecDeque<Kept>,
    /// The number of the latest message.
    last: MessageNumber,
    /// When the latest message was written that only the archive has, if the room has none that is later.
    #[serde(default, skip_serializing_if = "is_never")]
    archived_at: Timestamp,
    /// What became of messages that the room has forgotten of late, oldest first: what an edge has read of them in the archive
    /// may be older.
    forgotten: VecDeque<(MessageNumber, ArchivedMessage)>,
    /// Accounts with messages in the archive that the room has dropped, each with the number of the latest.
    archived: BTreeMap<AccountId, MessageNumber>,
    /// Of the messages that the room has dropped, those that are pinned, each with its author's account.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pins: BTreeMap<MessageNumber, AccountId>,
    /// Accounts of messages that the room has dropped before they were delivered to the owner's page, each with the number of
    /// the latest.
    waiting: BTreeMap<AccountId, MessageNumber>,
}

fn is_never(at: &Timestamp) -> bool {
    *at == Timestamp::default()
}

/// A message with its author's account, because it outlasts the author's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    account: AccountId,
    message: Message,
}

impl Kept {
    fn facts(&self) -> ArchivedMessage {
        ArchivedMessage {
            account: self.account,
            author: self.message.author,
            version: self.message.version,
            deleted: self.message.text.is_none(),
            pinned: self.message.pinned,
            emoji: u32::try_from(self.message.emoji.len()).unwrap_or(u32::MAX),
        }
    }
}

impl Chat {
    /// The number of the latest message.
    pub(super) const fn last(&self) -> MessageNumber {
        self.last
    }

    /// When the latest message was written.
    pub(super) fn written_at(&self) -> Timestamp {
        self.kept.back().map_or(self.archived_at, |kept| kept.message.sent_at)
    }

    /// The messages in the room that may be read, at most [`MESSAGES_AT_ONCE`], and whether there are older ones.
    pub(super) fn latest(&self, reading: Reading) -> Messages {
        let is_theirs = |account: AccountId| reading == Reading::All || reading == Reading::Own(account);
        let theirs = self.kept.iter().rev().filter(|kept| is_theirs(kept.account));
        let mut newest_first = theirs.map(|kept| &kept.message);
        let mut messages: Vec<_> = newest_first.by_ref().take(MESSAGES_AT_ONCE).cloned().collect();
        messages.reverse();
        let has_archived = self.archived.keys().any(|account| is_theirs(*account));
        let has_earlier = newest_first.next().is_some() || has_archived;
        Messages { before: self.last.next(), messages, has_earlier }
    }

    /// Whether the room has this message of the account already.
    fn holds(&self, account: AccountId, nonce: u32) -> bool {
        self.kept.iter().any(|kept| kept.account == account && kept.message.nonce == nonce)
    }

    /// The kept message of an account with this nonce.
    pub(super) fn written(&self, account: AccountId, nonce: u32) -> Option<&Message> {
        let is_it = |kept: &&Kept| kept.account == account && kept.message.nonce == nonce;
        self.kept.iter().rev().find(is_it).map(|kept| &kept.message)
    }

    /// The kept message of this number.
    fn find(&self, number: MessageNumber) -> Option<&Kept> {
        self.kept.iter().find(|kept| kept.message.number == number)
    }

    /// Transfers messages to another account.
    pub(super) fn rename_account(&mut self, from: AccountId, to: AccountId) {
        self.kept.iter_mut().filter(|kept| kept.account == from).for_each(|kept| kept.account = to);
        let forgotten = self.forgotten.iter_mut().map(|(_, known)| known);
        forgotten.filter(|known| known.account == from).for_each(|known| known.account = to);
        self.pins.values_mut().filter(|account| **account == from).for_each(|account| *account = to);
        for accounts in [&mut self.archived, &mut self.waiting] {
            if let Some(latest) = accounts.remove(&from) {
                note(accounts, to, latest);
            }
        }
    }

    /// Drops the messages of an account.
    pub(super) fn forget(&mut self, account: AccountId) {
        self.kept.retain(|kept| kept.account != account);
        self.forgotten.retain(|(_, known)| known.account != account);
        self.pins.retain(|_, author| *author != account);
        self.archived.remove(&account);
        self.waiting.remove(&account);
    }

    /// The authors of the messages that the room knows, each with their account.
    pub(super) fn authors(&self) -> impl Iterator<Item = (MemberId, AccountId)> {
        let forgotten = self.forgotten.iter().map(|(_, known)| (known.author, known.account));
        self.kept.iter().map(|kept| (kept.message.author, kept.account)).chain(forgotten)
    }

    /// Visits the personal texts in the room's messages.
    pub(super) fn personal(&mut self) -> impl Iterator<Item = (AccountId, &mut Message)> {
        self.kept.iter_mut().map(|kept| (kept.account, &mut kept.message))
    }

    /// Adds a message. The room drops the oldest messages above `most`; the archive has them.
    fn add(&mut self, kept: Kept, most: usize) {
        self.kept.push_back(kept);
        while self.kept.len() > most {
            let Some(kept) = self.kept.pop_front() else { return };
            let number = kept.message.number;
            note(&mut self.archived, kept.account, number);
            if !kept.message.delivered {
                note(&mut self.waiting, kept.account, number);
            }
            if kept.is_pinned() {
                self.pins.insert(number, kept.account);
            }
            self.note(number, kept.facts(), most);
        }
    }

    /// What the room itself knows of a message, whether it still has it or not.
    fn facts(&self, number: MessageNumber) -> Option<ArchivedMessage> {
        let of_late =
            || self.forgotten.iter().rev().find(|(forgotten, _)| *forgotten == number).map(|(_, known)| *known);
        self.find(number).map(Kept::facts).or_else(of_late)
    }

    /// Notes what is known of a message that the room has forgotten; of more than `most` the oldest note goes.
    fn note(&mut self, number: MessageNumber, known: ArchivedMessage, most: usize) {
        self.forgotten.retain(|(forgotten, _)| *forgotten != number);
        self.forgotten.push_back((number, known));
        let surplus = self.forgotten.len().saturating_sub(most);
        self.forgotten.drain(..surplus);
    }

    /// The archive has let go the messages up to this one.
    fn forget_archived(&mut self, up_to: MessageNumber) {
        self.archived.retain(|_, latest| *latest > up_to);
        self.waiting.retain(|_, latest| *latest > up_to);
        self.pins.retain(|number, _| *number > up_to);
    }
}

impl Room {
    /// How many messages may be pinned.
    fn most_pins(&self) -> usize {
        self.created().map_or(0, |created| created.policy.max_pins as usize)
    }

    /// How many messages it keeps itself.
    fn messages_kept(&self) -> usize {
        self.created().map_or(0, |created| created.policy.messages_kept as usize)
    }
}

/// Notes a message of an account, unless a later one is noted.
fn note(accounts: &mut BTreeMap<AccountId, MessageNumber>, account: AccountId, number: MessageNumber) {
    let latest = accounts.entry(account).or_insert(number);
    *latest = number.max(*latest);
}

pub(super) fn react(
    room: &mut Room,
    connection: ConnectionId,
    reaction: Reaction,
    at: Timestamp,
    effects: &mut Effects,
) {
    let Some(member) = room.roster.at_mut(connection) else { return };
    member.last_reaction = Some(reaction);
    member.active_at = at;
    let event = RoomEvent::Reacted { member: member.id, reaction, at };
    room.tell(Notice::Reaction, &event, effects);
}

/// The parts of a new message.
pub(super) struct Draft<'a> {
    pub(super) nonce: u32,
    pub(super) text: &'a MessageText,
    pub(super) pictures: &'a [Picture],
    pub(super) reply_to: Option<MessageNumber>,
    pub(super) answered: Option<Answered>,
    pub(super) is_archived: bool,
    pub(super) markup: Option<&'a Markup>,
}

/// The effect of a message. A message that arrives twice, such as after a lost connection, has no further effect, whatever has
/// become of the message it answers.
pub(super) fn foresee_write(room: &Room, member: &Member, draft: &Draft<'_>) -> Result<Foreseen, Refusal> {
    if draft.is_archived || room.chat.holds(member.account, draft.nonce) {
        return Ok(Foreseen::Nothing);
    }
    check_length(room, draft.text)?;
    if draft.pictures.len() > room.created().map_or(0, |created| created.policy.max_pictures as usize) {
        return Err(Refusal::TooManyPictures);
    }
    replies::check(room, member, draft).map(|()| Foreseen::Change)
}

/// Whether the room allows so many characters.
pub(super) fn check_length(room: &Room, text: &MessageText) -> Result<(), Refusal> {
    let most = room.created().map_or(0, |created| created.policy.message_chars as usize);
    let chars = if room.kind().writes_one_line() { text.in_one_line().chars() } else { text.chars() };
    if chars > most { Err(Refusal::MessageTooLong) } else { Ok(()) }
}

pub(super) fn write(
    room: &mut Room,
    connection: ConnectionId,
    draft: &Draft<'_>,
    at: Timestamp,
    effects: &mut Effects,
) {
    let Some(member) = room.member_at(connection) else { return };
    let author = member.id;
    match foresee_write(room, member, draft) {
        Ok(Foreseen::Change) => add_message(room, author, draft, at, effects),
        Ok(Foreseen::Nothing) => {}
        Err(refusal) => effects.refuse(connection, refusal),
    }
}

/// Adds a message of a member's that may be written.
pub(super) fn add_message(room: &mut Room, author: MemberId, draft: &Draft<'_>, at: Timestamp, effects: &mut Effects) {
    let (kind, delivered) = (room.kind(), !room.waits_for_owner() || room.owner_connected());
    let most = room.messages_kept();
    let most_archived = room.created().map_or(0, |created| u64::from(created.policy.messages_archived));
    let Some(member) = room.roster.find_mut(author) else { return };
    let account = member.account;
    let number = room.chat.last.next();
    room.chat.last = number;
    let text = if kind.writes_one_line() { draft.text.in_one_line() } else { draft.text.clone() };
    member.last_message = kind.shows_last_messages().then(|| LastMessage { number, text: text.clone() });
    member.active_at = at;
    let message = Message {
        number,
        author: member.id,
        name: member.name.clone(),
        nonce: draft.nonce,
        text: Some(text),
        pictures: draft.pictures.to_vec(),
        sent_at: at,
        delivered,
        version: 0,
        reply_to: draft.reply_to.filter(|answered| (MessageNumber(1)..number).contains(answered)),
        pinned: false,
        emoji: Vec::new(),
        markup: draft.markup.filter(|_| kind.has_markup()).cloned(),
    };
    room.chat.add(Kept { account, message: message.clone() }, most);
    effects.archive(ArchiveChange::Write { account, message: message.clone() });
    if let Some(up_to @ 1..) = number.0.checked_sub(most_archived) {
        let up_to = MessageNumber(up_to);
        room.chat.forget_archived(up_to);
        room.reports.retain(|number| number > up_to);
        effects.archive(ArchiveChange::Forget { up_to });
    }
    room.tell(Notice::Message(author), &RoomEvent::MessageSent { message }, effects);
}

/// The owner's page is connected, so the waiting messages are delivered to it.
pub(super) fn deliver_to(room: &mut Room, member: &Member, effects: &mut Effects) {
    if !member.is_permanent || !room.waits_for_owner() {
        return;
    }
    let mut authors: BTreeSet<_> = std::mem::take(&mut room.chat.waiting).into_keys().collect();
    for Kept { account, message } in room.chat.kept.iter_mut().filter(|kept| !kept.message.delivered) {
        message.delivered = true;
        authors.insert(*account);
    }
    if authors.is_empty() {
        return;
    }
    let up_to = room.chat.last;
    effects.archive(ArchiveChange::Deliver { up_to });
    effects.announce(Audience::Member(member.id), RoomEvent::MessagesDelivered { up_to });
    let others = room.roster.members.iter().filter(|known| !known.is_permanent);
    for author in others.filter(|known| authors.contains(&known.account)) {
        effects.announce(Audience::Member(author.id), RoomEvent::MessagesDelivered { up_to });
    }
}
