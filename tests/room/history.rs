//! Random histories of a small world: the owner and five accounts with a few pages, whose connections break at any
//! time, on two nodes. The pages do with what they hear what a client does.

mod archive;
mod moves;

use std::collections::{BTreeSet, VecDeque};

use heartogether::{
    id::{AccountId, AddressMark, BrowserMark, ConnectionId, MemberId, NodeId, PublicationId, ResumeToken, Seq},
    role::{AccountKind, Role},
    room::{
        Audience, Command, ConnectionRef, Effect, Entry, Event, JoinRequested, Marks, Missed, Policy, ResumeRequested,
        Room, RoomCreated, RoomMessage, RoomView, Visit, step,
    },
    rules::RoomKind,
    time::Timestamp,
};

use serde::{Serialize, de::DeserializeOwned};

use crate::scenario::*;
use archive::Archive;
pub(crate) use moves::{moves, moves_of_accounts};

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

/// What happens next.
#[derive(Clone, Debug)]
pub(crate) enum Move {
    /// A page asks for a place on a new connection, or on the one it has.
    Join { page: usize, role: Role, take_over: bool, node: u128, reuse: bool },
    /// A page takes its place up again on a new connection.
    Resume { page: usize, node: u128, forged: bool },
    /// A page gives a command.
    Command { page: usize, command: Command },
    /// A page hears this many messages more, then nothing; the room does not know yet.
    Cut { page: usize, hears: u8 },
    /// The room learns that a page's connection is gone.
    Lose { page: usize },
    /// A page drops and resumes many times.
    Flap { page: usize, times: u8 },
    /// A page hears nothing while another comes, drops and resumes many times; then it resumes.
    Absence { page: usize, other: usize, times: u8 },
    /// A page hears only the first of what a dying node brings about, and resumes on the other one.
    Tear { page: usize, hears: u8, node: u128 },
    /// A node dies.
    LoseNode { node: u128 },
    /// Time passes, and the room is woken when it asked for it.
    Wait { ms: u64 },
    /// The room is woken at a time it did not ask for.
    Wake,
    /// The owner takes a place away: the one that this page has or had.
    Remove { page: usize, block_address: bool },
    /// An account asks to open the room again.
    Reopen { account: AccountId },
    /// The server starts again and reads the room from its disk.
    Restart,
    /// Who sits at a page signs in as who sits at another one.
    Merge { page: usize, into: usize },
    /// Who sits at a page deletes their account, and comes back as somebody new, if ever.
    Delete { page: usize },
}

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

#[derive(Default)]
struct Page {
    connection: Option<ConnectionRef>,
    /// How many messages still arrive; `None` for all.
    hears: Option<u8>,
    seat: Option<Seat>,
}

struct Seat {
    member: MemberId,
    token: ResumeToken,
    last_seq: Seq,
    view: RoomView,
    /// Whether the connection of now has been told of the place.
    attached: bool,
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
        RoomKind::Lounge => Policy { kind, max_members: 4, max_publications: 5, ..created().policy },
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
                    let command = Command::RemoveMember { member, block_address };
                    self.command(owner.id, command);
                }
            }
            Move::Reopen { account } => self.append(reopening(account)),
            Move::Wake => self.append(Event::Woke),
            Move::Restart => self.room = stored(&self.room),
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
            (Command::Write { nonce, reply_to, .. }, Some((_, account))) => {
                let page = self.accounts.iter().position(|of| *of == account).unwrap_or_default();
                let is_archived = self.archive.holds(account, nonce);
                let answered = reply_to.map(|number| self.archive.find(number).into());
                Command::Write { nonce, text: words(WORDS[page]), reply_to, answered, is_archived }
            }
            (Command::Edit { number, text, .. }, _) => {
                Command::Edit { number, text, archived: self.archive.find(number) }
            }
            (Command::Delete { number, .. }, _) => Command::Delete { number, archived: self.archive.find(number) },
            (Command::Pin { number, pinned, .. }, _) => {
                Command::Pin { number, pinned, archived: self.archive.find(number) }
            }
            (command, _) => command,
        };
        self.append(commanded(&self.room, connection, command));
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
            marks: Marks { browser: Some(browser), address: Some(address) },
            connection,
            account,
            name,
            email: page.is_multiple_of(3).then(|| format!("{}@hear.example", NAMES[page])),
            kind: AccountKind::Known,
            role,
            take_over,
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

    fn append(&mut self, event: Event) {
        let entry = Entry { seq: self.room.seq().next(), at: self.now, event };
        let before = self.room.clone();
        let seated = self.seated.clone();
        let (after, effects) = step(before.clone(), &entry);
        self.room = after.clone();
        self.forget_lost(&entry.event, &effects);
        for effect in &effects {
            match effect {
                Effect::Send { to, message } => self.deliver(*to, message),
                Effect::Disconnect { connection, .. } => self.close(*connection),
                Effect::WakeAt(time) => self.wake_at = Some(*time),
                Effect::Archive(change) => self.archive.apply(change),
                Effect::CloseRoom => {}
            }
        }
        let shown = self.shown();
        self.turns.push(Turn { before, entry, effects, after, seated, shown });
    }

    fn forget_lost(&mut self, event: &Event, effects: &[Effect]) {
        match event {
            Event::ConnectionLost { connection } => self.close(*connection),
            Event::Commanded { connection, command: Command::Leave, .. } if !refuses(effects, *connection) => {
                self.seated.remove(connection);
                for page in self.pages.iter_mut().filter(|page| page.holds(*connection)) {
                    page.seat = None;
                }
            }
            Event::NodeLost { node } => {
                let members = self.turns.last().map(|turn| &turn.after).into_iter().flat_map(Room::members);
                let lost: Vec<_> =
                    members.filter_map(|member| member.connection()).filter(|at| at.node == *node).collect();
                lost.into_iter().for_each(|connection| self.close(connection.id));
            }
            _ => {}
        }
    }

    fn close(&mut self, connection: ConnectionId) {
        self.seated.remove(&connection);
        for page in self.pages.iter_mut().filter(|page| page.holds(connection)) {
            page.connection = None;
        }
    }

    fn deliver(&mut self, to: Audience, message: &RoomMessage) {
        let connections: Vec<_> = match to {
            Audience::Connection(connection) => vec![connection],
            _ => self.room.connections(to).map(|connection| connection.id).collect(),
        };
        for connection in connections {
            if matches!(message, RoomMessage::Joined(_) | RoomMessage::Resumed(_)) {
                self.seated.insert(connection);
            }
            self.pages.iter_mut().filter(|page| page.holds(connection)).for_each(|page| page.hear(message));
        }
    }

    fn shown(&self) -> Vec<(MemberId, RoomView)> {
        let up_to_date = self.pages.iter().filter(|page| page.hears.is_none() && page.connection.is_some());
        let seats = up_to_date.filter_map(|page| page.seat.as_ref()).filter(|seat| seat.attached);
        seats.map(|seat| (seat.member, seat.view.clone())).collect()
    }
}

impl Page {
    fn holds(&self, connection: ConnectionId) -> bool {
        self.connection.is_some_and(|held| held.id == connection)
    }

    /// Frames arrive in order: what is lost is the end of all that was sent, never a part in between.
    fn cut(&mut self, hears: u8) {
        self.hears = Some(self.hears.map_or(hears, |left| left.min(hears)));
    }

    /// Does what a client does with a message.
    fn hear(&mut self, message: &RoomMessage) {
        match &mut self.hears {
            Some(0) => return,
            Some(left) => *left -= 1,
            None => {}
        }
        match (message, &mut self.seat) {
            (RoomMessage::Joined(joined), seat) => {
                let (member, token, last_seq) = (joined.member, joined.token, joined.seq);
                *seat = Some(Seat { member, token, last_seq, view: joined.room.clone(), attached: true });
            }
            (RoomMessage::Resumed(resumed), Some(seat)) => {
                seat.attached = true;
                seat.last_seq = resumed.seq;
                match &resumed.missed {
                    Missed::Room(room) => seat.view = room.clone(),
                    Missed::Events(events) => events.iter().for_each(|event| seat.view.apply(event)),
                }
            }
            (RoomMessage::Event(event), Some(seat)) => {
                seat.last_seq = event.seq;
                seat.view.apply(&event.event);
            }
            _ => {}
        }
    }
}

fn refuses(effects: &[Effect], connection: ConnectionId) -> bool {
    effects.iter().any(|effect| {
        let Effect::Send { to, message } = effect else { return false };
        *to == Audience::Connection(connection) && matches!(**message, RoomMessage::Refused { .. })
    })
}

/// What becomes of something when it is stored and read: its texts are taken out and sealed beside it, those apart of whom the
/// room does not know whose they are.
fn stored_with<T: Serialize + DeserializeOwned + Clone>(value: &T, visit: impl Fn(&mut T, &mut Visit<'_>)) -> T {
    let (mut hidden, mut texts) = (value.clone(), VecDeque::new());
    visit(&mut hidden, &mut |account, mut text| match account {
        Some(_) => {
            texts.push_back((account, text.as_str().to_owned()));
            text.hide();
        }
        None => text.forget(),
    });
    let written = serde_json::to_string(&hidden).expect("it is written");
    let mut read = serde_json::from_str(&written).expect("it is read");
    visit(&mut read, &mut |account, mut text| {
        if account.is_some() {
            let (of, hidden) = texts.pop_front().expect("as many are visited again");
            assert_eq!(of, account);
            text.restore(&hidden);
        }
    });
    assert!(texts.is_empty(), "{texts:?} are left");
    read
}

/// A room that was stored and read.
pub(crate) fn stored(room: &Room) -> Room {
    stored_with(room, Room::visit_personal)
}

/// An entry that was stored and read.
pub(crate) fn stored_entry(entry: &Entry) -> Entry {
    let Entry { seq, at, event } = entry;
    Entry { seq: *seq, at: *at, event: stored_with(event, Event::visit_personal) }
}
