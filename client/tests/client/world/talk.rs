//! What members of a lounge say to each other, and the archive in which the server keeps it.

use std::collections::BTreeMap;

use heartogether::{
    engagement::{Emoji, MessageText},
    id::{AccountId, MessageNumber},
    limits::MESSAGES_AT_ONCE,
    protocol::{FetchMessages, FromRoom, ServerMessage},
    refusal::Refusal,
    room::{ArchiveChange, ArchivedMessage, Command, Event, Foreseen, Message, Messages, RoomEvent, RoomView},
    time::Timestamp,
};
use heartogether_client::{ConversationEntry, EntryState, Input};

use super::World;
use crate::scenario::code;

/// How many messages the room keeps itself.
pub(super) const MESSAGES: usize = 6;
/// How many messages there are at the beginning: some pages.
const MESSAGES_BEFORE: u32 = 170;

/// What a member does in a conversation. A number picks one of the messages that the page knows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Talk {
    Write,
    Answer(usize),
    Edit(usize),
    Delete(usize),
    /// Puts one of two emoji on a message, or takes it away.
    Press(usize, bool),
    Pin(usize),
    Report(usize),
    /// Dismisses what was reported about a message.
    Dismiss(usize),
    /// Goes back to older messages.
    GoBack,
    /// Goes on from the past to what came then.
    GoOn,
    /// Goes to the newest messages.
    GoToLatest,
    /// Goes to one of all messages, however far back.
    Seek(usize),
}

/// The messages of all times.
#[derive(Default)]
pub(super) struct Archive(BTreeMap<MessageNumber, (AccountId, Message)>);

impl Archive {
    pub(super) fn take(&mut self, change: ArchiveChange) {
        let event = match change {
            ArchiveChange::Write { account, message } => {
                assert!(!self.holds(account, message.nonce), "a page has written {message:?} twice");
                self.0.insert(message.number, (account, message));
                return;
            }
            ArchiveChange::Edit { number, version, text, .. } => {
                let Some((_, message)) = self.0.get(&number) else { return };
                RoomEvent::MessageEdited { number, author: message.author, version, text, markup: None }
            }
            ArchiveChange::Delete(number) => RoomEvent::MessageDeleted { number },
            ArchiveChange::Pin { number, pinned } => RoomEvent::MessagePinned { number, pinned },
            ArchiveChange::RemovePicture { number, picture } => RoomEvent::PictureRemoved { number, picture },
            ArchiveChange::React { number, member, emoji, on } => {
                RoomEvent::MessageReacted { number, member, emoji, on }
            }
            ArchiveChange::Deliver { .. } | ArchiveChange::Forget { .. } => return,
        };
        self.0.values_mut().for_each(|(_, message)| message.apply(&event));
    }

    fn find(&self, number: MessageNumber) -> Option<ArchivedMessage> {
        self.0.get(&number).map(|(account, message)| ArchivedMessage {
            account: *account,
            author: message.author,
            version: message.version,
            deleted: message.text.is_none(),
            pinned: message.pinned,
            emoji: message.emoji.len() as u32,
        })
    }

    fn holds(&self, account: AccountId, nonce: u32) -> bool {
        self.0.values().any(|(author, message)| (*author, message.nonce) == (account, nonce))
    }

    fn before(&self, number: MessageNumber) -> Messages {
        let mut older = self.0.range(..number).rev().map(|(_, (_, message))| message.clone());
        let mut messages: Vec<_> = older.by_ref().take(MESSAGES_AT_ONCE).collect();
        messages.reverse();
        Messages { before: number, messages, has_earlier: older.next().is_some() }
    }
}

impl World {
    /// Does what a member does, if there is a message for it.
    pub(super) fn talk(&mut self, page: usize, talk: Talk) {
        let client = &self.pages[page].client;
        let known = [client.past(), client.conversation()].concat();
        let kept: Vec<_> = known.iter().filter(|entry| entry.state == EntryState::Kept).collect();
        let own: Vec<_> = kept.iter().copied().filter(|entry| entry.is_own && entry.message.text.is_some()).collect();
        let pick = |of: &[&ConversationEntry], at: usize| Some(of.get(at % of.len().max(1))?.message.clone());
        let input = match talk {
            Talk::Write => Some(Input::MessageWritten { text: self.words(), pictures: Vec::new(), reply_to: None }),
            Talk::Answer(at) => {
                let reply_to = pick(&kept, at).map(|message| message.number);
                Some(Input::MessageWritten { text: self.words(), pictures: Vec::new(), reply_to })
            }
            Talk::Edit(at) => {
                pick(&own, at).map(|Message { number, .. }| Input::MessageEdited { number, text: self.new_words() })
            }
            Talk::Delete(at) => pick(&own, at).map(|message| Input::MessageDeleted(message.number)),
            Talk::Press(at, first) => pick(&kept, at).map(|Message { number, .. }| {
                let emoji = Emoji::parse(if first { "👍" } else { "🎈" }).expect("an emoji of the tests");
                Input::EmojiPressed { number, emoji }
            }),
            Talk::Pin(at) => {
                pick(&kept, at).map(|message| Input::MessagePinned { number: message.number, pinned: !message.pinned })
            }
            Talk::Report(at) => {
                let of_others: Vec<_> = kept.iter().copied().filter(|entry| !entry.is_own).collect();
                let number = pick(&of_others, at).map(|message| message.number);
                number.map(|number| Input::MessageReported { number, reason: None })
            }
            Talk::Dismiss(at) => {
                let reports = self.pages[page].client.room().map(|room| room.reports.as_slice()).unwrap_or_default();
                reports.get(at % reports.len().max(1)).map(|reported| Input::ReportsDismissed(reported.number))
            }
            Talk::GoBack => Some(Input::EarlierMessagesPressed),
            Talk::GoOn => Some(Input::LaterMessagesPressed),
            Talk::GoToLatest => Some(Input::LatestMessagesPressed),
            Talk::Seek(at) => {
                let number = at as u64 % self.archive.0.len().max(1) as u64 + 1;
                Some(Input::MessageSought(MessageNumber(number)))
            }
        };
        input.into_iter().for_each(|input| self.input(page, input));
    }

    /// A member has written many messages before the others come.
    pub(super) fn write_history(&mut self) {
        let account = self.pages[0].account;
        let Some(socket) = self.pages[0].socket else { return };
        for nonce in 0..MESSAGES_BEFORE {
            let (text, pictures) = (self.words(), Vec::new());
            let (reply_to, answered, is_archived, markup) = (None, None, false, None);
            self.command(
                socket,
                account,
                Command::Write { nonce, text, pictures, reply_to, answered, is_archived, markup },
            );
        }
        self.wait(1_000);
    }

    /// Words for a message that nobody else has written.
    fn words(&mut self) -> MessageText {
        let words = self.new_words();
        self.written += 1;
        words
    }

    fn new_words(&mut self) -> MessageText {
        MessageText::parse(&format!("words {}", self.draw())).expect("a message of the tests")
    }

    /// A request for older messages.
    pub(super) fn send_older(&mut self, socket: u64, FetchMessages { before }: FetchMessages) {
        let page = FromRoom::Messages(self.archive.before(before));
        self.tell(socket, ServerMessage::from_room(code(), page));
    }

    /// Adds to a command what the archive knows. A message that is there already is not written again.
    pub(super) fn command(&mut self, socket: u64, account: AccountId, mut command: Command) {
        let found = |number: MessageNumber| self.archive.find(number);
        match &mut command {
            Command::Write { nonce, reply_to, answered, is_archived, .. } => {
                *is_archived = self.archive.holds(account, *nonce);
                *answered = reply_to.map(|number| found(number).into());
            }
            Command::Edit { number, archived, .. }
            | Command::Delete { number, archived }
            | Command::Pin { number, archived, .. }
            | Command::ReportMessage { number, archived, .. }
            | Command::ReactTo { number, archived, .. } => *archived = found(*number),
            _ => {}
        }
        let nonce = match &command {
            Command::Write { nonce, .. } => Some(*nonce),
            _ => None,
        };
        let event = Event::Commanded { connection: self.connection(socket).id, account, command };
        let foreseen = self.room.foresee(&event, Timestamp::from_millis(self.now));
        match nonce.filter(|_| foreseen == Ok(Foreseen::Nothing)) {
            Some(nonce) => self.tell(socket, ServerMessage::from_room(code(), FromRoom::MessageKept { nonce })),
            None => self.append(event),
        }
    }

    /// What is wrong with the conversation once everything is well and everybody has gone back to the first message.
    pub(crate) fn complaints_about_talk(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let there: Vec<_> = self.archive.0.values().map(|(_, message)| message.clone()).collect();
        let mut found = there.len();
        for (page, it) in self.pages.iter().enumerate() {
            let entries = it.client.conversation();
            let (kept, others): (Vec<_>, Vec<_>) =
                entries.into_iter().partition(|entry| entry.state == EntryState::Kept);
            // The answered message was deleted before the answer came.
            let is_refused = |entry: &&ConversationEntry| {
                let missing = EntryState::Refused(Refusal::MessageNotFound);
                entry.state == missing && entry.message.reply_to.is_some()
            };
            found += others.iter().filter(is_refused).count();
            let lost = others.iter().filter(|entry| !is_refused(entry));
            complaints.extend(lost.map(|entry| format!("page {page}: {entry:?}")));
            let known: Vec<_> = kept.into_iter().map(|entry| entry.message).collect();
            let without_messages =
                |room: RoomView| RoomView { messages: Vec::new(), has_earlier_messages: false, ..room };
            let room = self.member(page).and_then(|member| self.room.view(member)).map(without_messages);
            let seen = it.client.room().cloned().map(without_messages);
            if seen != room {
                complaints.push(format!("page {page} sees {seen:?} instead of {room:?}"));
            }
            if known != there {
                let differing = known.iter().zip(&there).find(|(known, there)| known != there);
                let (known, there) = (known.len(), there.len());
                complaints
                    .push(format!("page {page} knows {known} messages of {there}; the first other: {differing:?}"));
            }
        }
        if found as u64 != self.written {
            complaints.push(format!("{} messages were written, and {found} are there", self.written));
        }
        complaints
    }

    /// What is wrong with the stretches of messages that pages know: in each, all messages follow on each other, and the past ends
    /// before the newest ones.
    pub(crate) fn complaints_about_stretches(&self) -> Vec<String> {
        let number = |entry: &ConversationEntry| (entry.state == EntryState::Kept).then_some(entry.message.number.0);
        let numbers = |entries: &[ConversationEntry]| entries.iter().filter_map(number).collect::<Vec<_>>();
        let follow = |numbers: &[u64]| numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        let of_page = |(page, it): (usize, &super::Page)| {
            let (past, newest) = (numbers(&it.client.past()), numbers(&it.client.conversation()));
            let is_before = newest.is_empty() || past.is_empty() || past.last() < newest.first();
            let is_well = follow(&past) && follow(&newest) && is_before;
            (!is_well).then(|| format!("page {page} knows {past:?} and {newest:?}"))
        };
        self.pages.iter().enumerate().filter_map(of_page).collect()
    }

    /// All look at a message, and go on to the newest ones from there. Returns what is wrong with what they see there.
    pub(crate) fn look_at(&mut self, at: usize) -> Vec<String> {
        let mut complaints = Vec::new();
        for page in 0..self.pages.len() {
            self.talk(page, Talk::Seek(at));
            self.wait(3_000);
            let sought = MessageNumber(at as u64 % self.archive.0.len() as u64 + 1);
            let client = &self.pages[page].client;
            let shown = if client.past().is_empty() { client.conversation() } else { client.past() };
            let kept = shown.into_iter().filter(|entry| entry.state == EntryState::Kept).map(|entry| entry.message);
            let kept: Vec<_> = kept.collect();
            if kept.iter().all(|message| message.number != sought) {
                complaints.push(format!("page {page} does not show message {}", sought.0));
            }
            let is_there =
                |message: &&Message| self.archive.0.get(&message.number).is_some_and(|(_, it)| it == *message);
            complaints
                .extend(kept.iter().filter(|message| !is_there(message)).map(|it| format!("page {page}: {it:?}")));
            let mut pages = 0;
            while !self.pages[page].client.past().is_empty() && pages < self.archive.0.len() / MESSAGES_AT_ONCE + 1 {
                self.talk(page, Talk::GoOn);
                self.wait(2_000);
                pages += 1;
            }
            if !self.pages[page].client.past().is_empty() {
                complaints.push(format!("page {page} does not get to the newest messages"));
            }
        }
        complaints
    }

    /// All go back to the first message.
    pub(crate) fn go_back(&mut self) {
        for page in 0..self.pages.len() {
            self.talk(page, Talk::GoToLatest);
            while self.pages[page].client.has_earlier_messages() {
                let before = self.pages[page].client.messages().count();
                self.talk(page, Talk::GoBack);
                self.wait(2_000);
                assert!(self.pages[page].client.messages().count() > before, "page {page} does not get further back");
            }
        }
    }

    /// The number of entries in the room's log that members have asked for.
    pub(crate) fn commands(&self) -> usize {
        self.log.iter().filter(|entry| matches!(entry.event, Event::Commanded { .. })).count()
    }
}
