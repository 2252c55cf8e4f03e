//! Random histories of a small world: the owner and five accounts with a few pages, whose connections break at any
//! time, on two nodes. The pages do with what they hear what a client does.

mod archive;
mod delivery;
mod moves;
mod page;
mod stored;

use std::collections::BTreeSet;

use heartogether::{
    id::{AccountId, AddressMark, BrowserMark, ConnectionId, MemberId, NodeId, PublicationId, ResumeToken, RoomName},
    role::{AccountKind, Role},
    room::{
        Command, ConnectionRef, Effect, Entry, Event, JoinRequested, Marks, Policy, ResumeRequested, Room, RoomCreated,
        RoomView,
    },
    rules::RoomKind,
    time::Timestamp,
};

use crate::scenario::*;
use archive::Archive;
use moves::Move;
pub(crate) use moves::{TERMS, moves, moves_of_accounts, moves_of_admission};
use page::Page;
pub(crate) use stored::{stored, stored_entry};

/// Who sits at each page.
pub(crate) const PAGES: [AccountId; 9] =
    [OWNER, OWNER, GRACE, GRACE, EDSGER, BARBARA, BARBARA, AccountId::from_bits(5), AccountId::from_bits(6)];

/// What they are called: words that a written room has for nothing else.
pub(crate) const NAMES: [&str; PAGES.len()] =
    ["Xochitl", "Xochitl", "Quetzal", "Quetzal", "Zbigniew", "Wolfgang", "Wolfgang", "Yevgenia", "Kunigunde"];

/// What they write.
pub(crate) const WORDS: [&str; PAGES.len()] = [
    "marmalade",
    "marmalade",
    "porcupine",
    "porcupine",
    "zeppelin",
    "tambourine",
    "tambourine",
    "rhubarb",
    "chandelier",
];

/// One entry and what came of it.
pub(crate) struct Turn {
    pub(crate) before: Room,
    pub(crate) entry: Entry,
    pub(crate) effects: Vec<Effect>,
    pub(crate) after: Room,
    /// Connections with a place before this turn, by what they were told, never by what the room says.
    pub(crate) seated: BTreeSet<ConnectionId>,
    /// What the pages that heard everything show.
    pub(crate) shown: Vec<(MemberId, RoomView)>,
}

struct World {
    room: Room,
    now: Timestamp,
    wake_at: Option<Timestamp>,
    pages: [Page; PAGES.len()],
    /// Who sits at each page by now.
    accounts: [AccountId; PAGES.len()],
    seated: BTreeSet<ConnectionId>,
    archive: Archive,
    drawn: u128,
    turns: Vec<Turn>,
}

/// Plays the moves from a created broadcast on.
pub(crate) fn play(moves: &[Move]) -> Vec<Turn> {
    play_in(RoomKind::Broadcast, moves)
}

/// Plays the moves from a created room of a kind on.
pub(crate) fn play_in(kind: RoomKind, moves: &[Move]) -> Vec<Turn> {
    play_keeping(created().policy.messages_kept, kind, moves)
}

/// The same where the room keeps no more than so many messages.
pub(crate) fn play_keeping(messages_kept: u32, kind: RoomKind, moves: &[Move]) -> Vec<Turn> {
    let mut world = World {
        room: Room::default(),
        now: Timestamp::from_millis(1_000_000),
        wake_at: None,
        pages: Default::default(),
        accounts: PAGES,
        seated: BTreeSet::new(),
        archive: Archive::default(),
        drawn: 1_000,
        turns: Vec::new(),
    };
    let policy = match kind {
        RoomKind::Broadcast => created().policy,
        // Five equals, while six would like to be in it.
        RoomKind::Lounge => {
            let (member_grace_ms, page_grace_ms) = (60_000, Some(LISTENER_GRACE_MS));
            let policy = Policy { kind, max_members: 4, max_publications: 5, max_pages: 2, ..created().policy };
            let policy = Policy { max_reports: 4, max_reports_per_member: 2, max_waiting: 2, ..policy };
            let policy = Policy { max_direct_listeners: Some(2), ..policy };
            Policy { member_grace_ms, page_grace_ms, message_chars: 4_000, ..policy }
        }
    };
    let policy = Policy { messages_kept, ..policy };
    world.append(Event::RoomCreated(RoomCreated { policy, ..created() }));
    moves.iter().for_each(|next| world.play(next));
    world.turns
}

impl World {
    fn play(&mut self, next: &Move) {
        match next.clone() {
            Move::Join { page, role, take_over, node, reuse } => self.join(page, role, take_over, node, reuse),
            Move::Resume { page, node, forged } => self.resume(page, node, forged),
            Move::Command { page, command } => {
                if let Some(connection) = self.pages[page].connection {
                    self.command(connection.id, command);
                }
            }
            Move::Cut { page, hears } => self.pages[page].cut(hears),
            Move::Lose { page } => self.lose(page),
            Move::Flap { page, times } => self.flap(page, times),
            Move::Absence { page, other, times } => {
                self.pages[page].cut(0);
                self.join(other, Role::Listener, false, 1, false);
                self.flap(other, times);
                self.resume(page, 2, false);
            }
            Move::Tear { page, hears, node } => {
                self.pages[page].cut(hears);
                self.lose_node(NodeId::from_bits(node));
                self.resume(page, 3 - node, false);
            }
            Move::LoseNode { node } => self.lose_node(NodeId::from_bits(node)),
            Move::Wait { ms } => self.wait(ms),
            Move::Remove { page, block_address } => {
                let owner = self.pages[0].connection;
                let member = self.pages[page].seat.as_ref().map(|seat| seat.member);
                if let (Some(owner), Some(member)) = (owner, member) {
                    let command = Command::RemoveMember { member, block_address, may_return: false };
                    self.command(owner.id, command);
                }
            }
            Move::HandOver { page, sends_out } => {
                let (owner, seat) = (self.pages[0].connection, self.pages[page].seat.as_ref());
                if let (Some(owner), Some(member)) = (owner, seat.map(|seat| seat.member)) {
                    let removal = Command::RemoveMember { member, block_address: false, may_return: true };
                    self.command(owner.id, if sends_out { removal } else { Command::HandOver { member } });
                }
            }
            Move::Reopen { account } => self.append(reopening(account)),
            Move::Wake => self.append(Event::Woke),
            Move::Restart => self.room = stored(&self.room),
            Move::Program { page, nonce } => {
                let account = self.accounts[page];
                let (text, is_archived) = (words(WORDS[page]), self.archive.holds(account, nonce));
                let (pictures, reply_to, answered) = (Vec::new(), None, None);
                let command = Command::Write { nonce, text, pictures, reply_to, answered, is_archived, markup: None };
                self.append(Event::CommandedByProgram { account, command });
            }
            Move::Ban { page } => self.append(Event::AccountBanned { account: self.accounts[page] }),
            Move::Merge { page, into } => self.merge(self.accounts[page], self.accounts[into]),
            Move::Delete { page } => self.delete(self.accounts[page]),
        }
    }

    fn merge(&mut self, from: AccountId, to: AccountId) {
        self.archive.rename_account(from, to);
        self.accounts.iter_mut().filter(|account| **account == from).for_each(|account| *account = to);
        self.append(Event::AccountMerged { from, to });
    }

    fn delete(&mut self, account: AccountId) {
        self.archive.forget_account(account);
        let new = AccountId::from_bits(self.draw());
        self.accounts.iter_mut().filter(|known| **known == account).for_each(|known| *known = new);
        self.append(Event::AccountDeleted { account });
    }

    fn command(&mut self, connection: ConnectionId, command: Command) {
        // Each member sends something of their own, and writes words that nobody else does.
        let member = self.room.member_at(connection).map(|member| (member.id.to_string(), member.account));
        let command = match (command, member) {
            (Command::Publish { source, paused, .. }, Some((by, _))) => {
                let bits = u128::from_str_radix(&by, 16).expect("an id is a number");
                Command::Publish { id: PublicationId::from_bits(bits), source, paused }
            }
            (Command::Listen { publication, on }, _) => Command::Listen { publication: self.sent(publication), on },
            (Command::EndPublication { publication }, _) => {
                Command::EndPublication { publication: self.sent(publication) }
            }
            (Command::Write { nonce, reply_to, .. }, Some((_, account))) => {
                let page = self.accounts.iter().position(|of| *of == account).unwrap_or_default();
                let is_archived = self.archive.holds(account, nonce);
                let answered = reply_to.map(|number| self.archive.find(number).into());
                let pictures = Vec::new();
                Command::Write {
                    nonce,
                    text: words(WORDS[page]),
                    pictures,
                    reply_to,
                    answered,
                    is_archived,
                    markup: None,
                }
            }
            (Command::Edit { number, text, .. }, _) => {
                Command::Edit { number, text, markup: None, archived: self.archive.find(number) }
            }
            (Command::Delete { number, .. }, _) => Command::Delete { number, archived: self.archive.find(number) },
            (Command::Pin { number, pinned, .. }, _) => {
                Command::Pin { number, pinned, archived: self.archive.find(number) }
            }
            (Command::ReactTo { number, emoji, on, .. }, _) => {
                Command::ReactTo { number, emoji, on, archived: self.archive.find(number) }
            }
            (Command::ReportMessage { number, .. }, Some((_, account))) => {
                let page = self.accounts.iter().position(|of| *of == account).unwrap_or_default();
                let archived = self.archive.find(number);
                Command::ReportMessage { number, reason: Some(words(WORDS[page])), archived }
            }
            (Command::AnswerJoin { member, admit }, _) => Command::AnswerJoin { member: self.asks(member), admit },
            (Command::NameOneself { mark, .. }, Some((_, account))) => {
                let page = self.accounts.iter().position(|of| *of == account).unwrap_or_default();
                Command::NameOneself { name: name(NAMES[page]), mark }
            }
            (Command::NameRoom { .. }, Some((_, account))) => {
                let page = self.accounts.iter().position(|of| *of == account).unwrap_or_default();
                Command::NameRoom { name: RoomName::parse(WORDS[page]).expect("a name of the tests") }
            }
            (command, _) => command,
        };
        self.append(commanded(&self.room, connection, command));
    }

    /// One of those who wait, by their place among them.
    fn asks(&self, place: MemberId) -> MemberId {
        let owner = self.room.members().next().map(|owner| owner.id);
        let waiting = owner.and_then(|owner| self.room.view(owner)).map(|view| view.waiting).unwrap_or_default();
        let number = usize::from_str_radix(&place.to_string(), 16).unwrap_or_default();
        waiting.get(number % waiting.len().max(1)).map_or(place, |waiting| waiting.member)
    }

    /// One of the publications that there are, by its place among them.
    fn sent(&self, place: PublicationId) -> PublicationId {
        let sent = self.room.publications();
        let place = usize::from_str_radix(&place.to_string(), 16).unwrap_or_default();
        sent.get(place % sent.len().max(1)).map_or(PUBLICATION, |publication| publication.id)
    }

    fn draw(&mut self) -> u128 {
        self.drawn += 1;
        self.drawn
    }

    /// A new connection for a page; the room is told of the loss of the older one later or never.
    fn connect(&mut self, page: usize, node: u128) -> ConnectionRef {
        let connection = ConnectionRef { node: NodeId::from_bits(node), id: ConnectionId::from_bits(self.draw()) };
        let page = &mut self.pages[page];
        page.connection = Some(connection);
        page.hears = None;
        if let Some(seat) = &mut page.seat {
            seat.attached = false;
        }
        connection
    }

    fn join(&mut self, page: usize, role: Role, take_over: bool, node: u128, reuse: bool) {
        let connection = match self.pages[page].connection {
            Some(connection) if reuse => connection,
            _ => self.connect(page, node),
        };
        let member = MemberId::from_bits(self.draw());
        let token = ResumeToken::from_bits(self.draw());
        let role = if self.room.kind() == RoomKind::Lounge { Role::Participant } else { role };
        let (account, name) = (self.accounts[page], name(NAMES[page]));
        // Two pages have one address, and every third of their people an e-mail address.
        let (browser, address) = (BrowserMark::from_bits(page as u128), AddressMark::from_bits(page as u128 / 2));
        self.append(Event::JoinRequested(JoinRequested {
            marks: Marks { browser: Some(browser), address: Some(address), name: None },
            connection,
            account,
            name,
            email: page.is_multiple_of(3).then(|| format!("{}@hear.example", NAMES[page])),
            has_picture: false,
            kind: AccountKind::Known,
            role,
            take_over,
            returns: false,
            member,
            token,
        }));
    }

    fn resume(&mut self, page: usize, node: u128, forged: bool) {
        let Some((token, last_seq)) = self.pages[page].seat.as_ref().map(|seat| (seat.token, seat.last_seq)) else {
            return;
        };
        let connection = self.connect(page, node);
        let token = if forged { ResumeToken::from_bits(self.draw()) } else { token };
        let account = self.accounts[page];
        self.append(Event::ResumeRequested(ResumeRequested {
            connection,
            account,
            kind: AccountKind::Known,
            token,
            last_seq,
        }));
    }

    fn flap(&mut self, page: usize, times: u8) {
        for _ in 0..times {
            self.lose(page);
            self.resume(page, 1, false);
        }
    }

    fn lose(&mut self, page: usize) {
        if let Some(connection) = self.pages[page].connection.take() {
            self.append(Event::ConnectionLost { connection: connection.id });
        }
    }

    fn lose_node(&mut self, node: NodeId) {
        for page in &mut self.pages {
            page.connection = page.connection.filter(|connection| connection.node != node);
        }
        self.append(Event::NodeLost { node });
    }

    fn wait(&mut self, ms: u64) {
        let until = self.now.after_ms(ms);
        while let Some(due) = self.wake_at.filter(|due| *due <= until) {
            self.now = due.max(self.now);
            self.wake_at = None;
            self.append(Event::Woke);
            assert!(self.turns.len() < 10_000, "the room never sleeps");
        }
        self.now = until;
    }
}
