//! A small, deterministic world: the pages of a room's members, the network between them, and the real core as their
//! server. Messages take [`HOP_MS`] and arrive in order. When a socket is cut, all messages that are under way are
//! lost. A peer connection connects once both descriptions and a candidate in each direction have been set.

mod media;
mod moves;
mod server;
mod talk;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use heartogether::{
    id::{AccountId, MemberId},
    limits::Limits,
    protocol::ClientMessage,
    role::Role,
    room::{Entry, Policy, Room},
    rules::RoomKind,
    time::Timestamp,
};
use heartogether_client::{Client, Input, Negotiation, Output, Timer};

use crate::scenario::{HEARTBEAT_MS, code};
use media::Peer;
pub(crate) use moves::Move;
use server::Socket;
pub(crate) use talk::Talk;
use talk::{Archive, MESSAGES};

/// Milliseconds that a message is on its way.
const HOP_MS: u64 = 20;
/// Milliseconds that a page needs to open a socket.
const OPENING_MS: u64 = 30;

/// What is going to happen.
#[derive(Debug)]
enum Happening {
    SocketOpens {
        page: usize,
        socket: u64,
    },
    SocketCloses {
        page: usize,
        socket: u64,
    },
    /// A WebSocket opens that was tried beside an event stream.
    SocketProbed {
        page: usize,
    },
    Arrives {
        socket: u64,
        message: ClientMessage,
    },
    Heard {
        socket: u64,
        input: Input,
    },
    Beats {
        socket: u64,
    },
    ServerNotices {
        socket: u64,
    },
    ServerStarts,
    Media {
        page: usize,
        load: u32,
        negotiation: Negotiation,
        input: Input,
    },
    /// A page counts the packets that came in.
    Counts {
        page: usize,
    },
}

struct Page {
    account: AccountId,
    role: Role,
    client: Client,
    /// How often the page was loaded.
    load: u32,
    socket: Option<u64>,
    /// Whether its network lets no WebSocket through.
    is_blocked: bool,
    /// Whether what it has opened is an event stream.
    is_streaming: bool,
    timers: BTreeMap<Timer, u64>,
    peers: BTreeMap<Negotiation, Peer>,
    /// What is played of each member.
    playing: BTreeMap<MemberId, Negotiation>,
    capturing: bool,
    /// Whether it is about to share sound.
    expecting: bool,
    sending: bool,
    /// Whether it is there, rather than closed.
    is_open: bool,
}

/// Everything there is. Page 0 is the room's owner's.
pub(crate) struct World {
    policy: Policy,
    /// What ids are drawn from.
    seed: u64,
    now: u64,
    drawn: u64,
    agenda: BTreeMap<(u64, u64), Happening>,
    pages: Vec<Page>,
    sockets: BTreeMap<u64, Socket>,
    room: Room,
    log: Vec<Entry>,
    archive: Archive,
    /// How many messages were written.
    written: u64,
    node: u128,
    is_up: bool,
    wake_at: Option<Timestamp>,
    /// Who lost the place since the world began.
    pub(crate) left: BTreeSet<MemberId>,
}

impl World {
    fn new(policy: Policy, seed: u64) -> Self {
        let mut world = Self {
            policy,
            seed,
            now: 1_000_000,
            drawn: 0,
            agenda: BTreeMap::new(),
            pages: Vec::new(),
            sockets: BTreeMap::new(),
            room: Room::default(),
            log: Vec::new(),
            archive: Archive::default(),
            written: 0,
            node: 1,
            is_up: true,
            wake_at: None,
            left: BTreeSet::new(),
        };
        world.create_room();
        world
    }

    /// A live broadcast in which everybody hears. The host shares before the listeners come, or after.
    pub(crate) fn live(listeners: usize, shares_first: bool) -> Self {
        let mut world = Self::new(Policy::broadcast(&Limits::default()), 0);
        for number in 0..=listeners {
            let role = if number == 0 { Role::Host } else { Role::Listener };
            world.open_page(role, 1_000 * number as u32);
            if number == if shares_first { 0 } else { listeners } {
                world.perform(&Move::Share(0));
                world.wait(1_000);
            }
        }
        world
    }

    /// A lounge of equals. They share as they come, or once all are there, and listen to
    /// one another. The ids of their places come from the seed.
    pub(crate) fn lounge(equals: usize, shares_first: bool, seed: u64) -> Self {
        let policy = Policy::lounge(&Limits::default());
        let mut world = Self::new(Policy { max_publications: 5, ..policy }, seed);
        for number in 0..equals {
            world.open_page(Role::Participant, 1_000 * number as u32);
            if shares_first {
                world.perform(&Move::Share(number));
                world.wait(1_000);
            }
        }
        world.share_all();
        world.wait(1_000);
        world.listen_all();
        world.wait(1_000);
        world
    }

    /// A lounge whose members only talk. The room keeps little itself, so that pages miss much.
    pub(crate) fn talking(members: usize, seed: u64) -> Self {
        let (few, policy) = (MESSAGES as u32, Policy::lounge(&Limits::default()));
        let mut world = Self::new(Policy { messages_kept: few, events_kept: few, ..policy }, seed);
        for number in 0..members {
            world.open_page(Role::Participant, 1_000 * (number as u32 + 1));
            if number == 0 {
                world.write_history();
            }
        }
        world
    }

    const fn kind(&self) -> RoomKind {
        self.policy.kind
    }

    /// The client of a page.
    fn client(role: Role, take_over: bool, seed: u32) -> Client {
        let client = Client::new(role, code(), take_over, seed);
        if RoomKind::with_role(role).members_stay() { client.conversing() } else { client }
    }

    fn open_page(&mut self, role: Role, seed: u32) {
        let number = self.pages.len();
        let (timers, peers, playing) = Default::default();
        self.pages.push(Page {
            account: AccountId::from_bits(number as u128 + 1),
            role,
            client: Self::client(role, false, seed),
            load: 0,
            socket: None,
            is_blocked: false,
            is_streaming: false,
            timers,
            peers,
            playing,
            capturing: false,
            expecting: false,
            sending: false,
            is_open: true,
        });
        self.count(number);
        self.input(number, Input::Started);
        self.wait(1_000);
    }

    pub(crate) fn wait(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(at) = self.next_at().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.happen();
        }
        self.now = until;
    }

    fn next_at(&self) -> Option<u64> {
        let agenda = self.agenda.keys().next().map(|(at, _)| *at);
        let timers = self.pages.iter().flat_map(|page| page.timers.values().copied());
        agenda.into_iter().chain(timers).chain(self.wake_at.map(Timestamp::as_millis)).min()
    }

    fn happen(&mut self) {
        if self.agenda.first_key_value().is_some_and(|((at, _), _)| *at <= self.now) {
            let (_, happening) = self.agenda.pop_first().expect("the agenda has a first");
            return self.let_happen(happening);
        }
        let due = |page: &Page| page.timers.iter().find(|(_, at)| **at <= self.now).map(|(timer, _)| *timer);
        if let Some((page, timer)) = self.pages.iter().enumerate().find_map(|(page, of)| Some((page, due(of)?))) {
            self.pages[page].timers.remove(&timer);
            return self.input(page, Input::TimerFired(timer));
        }
        self.wake_room();
    }

    fn let_happen(&mut self, happening: Happening) {
        match happening {
            Happening::SocketOpens { page, socket } if self.pages[page].socket == Some(socket) => {
                self.let_in(page, socket);
                self.input(page, Input::SocketOpened);
            }
            Happening::SocketCloses { page, socket } if self.pages[page].socket == Some(socket) => {
                self.pages[page].socket = None;
                self.input(page, Input::SocketClosed);
            }
            Happening::SocketProbed { page } => self.input(page, Input::SocketProbed),
            Happening::SocketOpens { .. } | Happening::SocketCloses { .. } => {}
            Happening::Arrives { socket, message } => self.arrive(socket, message),
            Happening::Heard { socket, input } => {
                let cut = self.sockets.get(&socket).is_none_or(|socket| socket.is_cut);
                let page = self.pages.iter().position(|page| page.socket == Some(socket));
                if let Some(page) = page.filter(|_| !cut) {
                    self.input(page, input);
                }
            }
            Happening::Beats { socket } => self.beat(socket),
            Happening::ServerNotices { socket } => self.notice(socket),
            Happening::ServerStarts => self.start_server(),
            Happening::Media { page, load, negotiation, input } => self.report_media(page, load, negotiation, input),
            Happening::Counts { page } => self.count(page),
        }
    }

    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    /// A number for an id, in no order.
    fn draw_id(&mut self) -> u128 {
        let mixed = self.draw().wrapping_add(self.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        u128::from(mixed ^ mixed >> 29)
    }

    fn plan(&mut self, in_ms: u64, happening: Happening) {
        let order = self.draw();
        self.agenda.insert((self.now + in_ms, order), happening);
    }

    /// A page that is closed hears of nothing.
    fn input(&mut self, page: usize, input: Input) {
        if !self.pages[page].is_open {
            return;
        }
        for command in self.pages[page].client.step(input) {
            self.carry_out(page, command);
        }
    }

    fn carry_out(&mut self, page: usize, command: Output) {
        match command {
            Output::OpenSocket => self.open_socket(page, false),
            Output::OpenStream => self.open_socket(page, true),
            Output::ProbeSocket => {
                if self.is_up && !self.pages[page].is_blocked {
                    self.plan(OPENING_MS, Happening::SocketProbed { page });
                }
            }
            Output::CloseSocket => self.close_socket(page),
            Output::Send(message) => {
                if let Some(socket) = self.pages[page].socket {
                    self.plan(HOP_MS, Happening::Arrives { socket, message });
                }
            }
            Output::StartTimer { timer, after_ms } => {
                let at = self.now + u64::from(after_ms);
                self.pages[page].timers.insert(timer, at);
            }
            Output::StopTimer(timer) => drop(self.pages[page].timers.remove(&timer)),
            Output::ApplyProfile(_)
            | Output::ApplyProcessing(_)
            | Output::ApplyMix(_)
            | Output::WakeMixer
            | Output::Tune { .. }
            | Output::ProbeServer => {}
            Output::ReleaseSource(_) | Output::StopCapture => self.pages[page].capturing = false,
            Output::SetSending(sending) => self.pages[page].sending = sending,
            command => self.carry_out_media(page, command),
        }
    }

    fn heartbeat(&mut self, socket: u64) {
        self.plan(HEARTBEAT_MS, Happening::Beats { socket });
    }
}
