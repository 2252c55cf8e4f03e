//! A small, deterministic world: a host's page and some listeners' pages, the network between them, and the real core
//! as their server. Messages take [`HOP_MS`] and arrive in order, until a socket is cut: then all that is on the way is
//! lost. Peer connections come up once both descriptions and a candidate each way were taken.

mod media;
mod server;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use heartogether::{
    id::{AccountId, MemberId, NegotiationId},
    protocol::{ClientMessage, Source},
    role::Role,
    room::{Entry, Room},
    time::Timestamp,
};
use heartogether_client::{Client, Input, Output, Timer};

use crate::scenario::{HEARTBEAT_MS, code};
use media::Peer;
use server::Socket;

/// Milliseconds that a message is on its way.
const HOP_MS: u64 = 20;
/// Milliseconds that a page needs to open a socket.
const OPENING_MS: u64 = 30;

/// What is done to the world.
#[derive(Clone, Debug)]
pub(crate) enum Move {
    /// Time passes.
    Wait(u64),
    /// A page's socket dies, with all that is on the way. The page and the server notice after these milliseconds; a
    /// page that does not is left to its own timers.
    Cut { page: usize, page_ms: Option<u64>, server_ms: u64 },
    /// The server dies and is back after these milliseconds.
    Restart { down_ms: u64 },
    /// A page is loaded anew. The server notices the old one's end after these milliseconds.
    Reload { page: usize, server_ms: u64 },
    /// The host presses Pause or Resume.
    Pause(bool),
    /// The host presses Pause and Resume at once.
    Flutter,
    /// The host's source goes away.
    Unplug,
    /// The host shares sound.
    Share,
    /// The network between the host and a listener changes: their peer connection breaks. Host and listener notice
    /// after these milliseconds. If it is for good, no restart finds a path.
    Break { page: usize, host_ms: u64, listener_ms: u64, for_good: bool },
    /// The page's device is on another network.
    Roam(usize),
    /// A page is shown again.
    Wake(usize),
}

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
        negotiation: NegotiationId,
        input: Input,
    },
    /// A listener's page counts the packets that came in.
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
    timers: BTreeMap<Timer, u64>,
    peers: BTreeMap<NegotiationId, Peer>,
    /// What the player plays.
    playing: Option<NegotiationId>,
    sending: bool,
}

/// Everything there is. Page 0 is the host's.
pub(crate) struct World {
    now: u64,
    drawn: u64,
    agenda: BTreeMap<(u64, u64), Happening>,
    pages: Vec<Page>,
    sockets: BTreeMap<u64, Socket>,
    room: Room,
    log: Vec<Entry>,
    node: u128,
    is_up: bool,
    wake_at: Option<Timestamp>,
    capturing: bool,
    /// Who lost the place since the world began.
    pub(crate) left: BTreeSet<MemberId>,
}

impl World {
    /// A live room in which everybody hears. The host shares before the listeners come, or after.
    pub(crate) fn live(listeners: usize, shares_first: bool) -> Self {
        let mut world = Self {
            now: 1_000_000,
            drawn: 0,
            agenda: BTreeMap::new(),
            pages: Vec::new(),
            sockets: BTreeMap::new(),
            room: Room::default(),
            log: Vec::new(),
            node: 1,
            is_up: true,
            wake_at: None,
            capturing: false,
            left: BTreeSet::new(),
        };
        world.create_room();
        for number in 0..=listeners {
            let role = if number == 0 { Role::Host } else { Role::Listener };
            let account = AccountId::from_bits(number as u128 + 1);
            let client = Client::new(role, code(), false, 1_000 * number as u32);
            let (timers, peers, playing) = Default::default();
            world.pages.push(Page {
                account,
                role,
                client,
                load: 0,
                socket: None,
                timers,
                peers,
                playing,
                sending: false,
            });
            world.count(number);
            world.input(number, Input::Started);
            world.wait(1_000);
            if number == if shares_first { 0 } else { listeners } {
                world.perform(&Move::Share);
                world.wait(1_000);
            }
        }
        world
    }

    pub(crate) fn perform(&mut self, next: &Move) {
        match *next {
            Move::Wait(ms) => self.wait(ms),
            Move::Cut { page, page_ms, server_ms } => self.cut(page % self.pages.len(), page_ms, server_ms),
            Move::Restart { down_ms } => self.restart(down_ms),
            Move::Reload { page, server_ms } => self.reload(page % self.pages.len(), server_ms),
            Move::Pause(true) => self.input(0, Input::PausePressed),
            Move::Pause(false) => self.input(0, Input::ResumePressed),
            Move::Flutter => {
                self.input(0, Input::PausePressed);
                self.input(0, Input::ResumePressed);
            }
            Move::Unplug if self.capturing => {
                self.capturing = false;
                self.input(0, Input::CaptureEnded(Source::Microphone));
            }
            Move::Unplug => {}
            Move::Share => {
                self.capturing = true;
                self.input(0, Input::CaptureStarted(Source::Microphone));
            }
            Move::Break { page, host_ms, listener_ms, for_good } => {
                self.break_media(1 + page % (self.pages.len() - 1), host_ms, listener_ms, for_good);
            }
            Move::Roam(page) => self.input(page % self.pages.len(), Input::NetworkChanged),
            Move::Wake(page) => self.input(page % self.pages.len(), Input::Woken),
        }
    }

    /// The host shares sound again, if it does not, and everything has time to settle.
    pub(crate) fn heal(&mut self, ms: u64) {
        if !self.capturing {
            self.perform(&Move::Share);
        }
        self.wait(ms);
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

    fn plan(&mut self, in_ms: u64, happening: Happening) {
        let order = self.draw();
        self.agenda.insert((self.now + in_ms, order), happening);
    }

    fn input(&mut self, page: usize, input: Input) {
        for command in self.pages[page].client.step(input) {
            self.carry_out(page, command);
        }
    }

    fn carry_out(&mut self, page: usize, command: Output) {
        match command {
            Output::OpenSocket => self.open_socket(page),
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
            Output::ReleaseSource(_) => self.capturing = false,
            Output::SetSending(sending) => self.pages[page].sending = sending,
            Output::StopCapture if page == 0 => self.capturing = false,
            Output::StopCapture => {}
            command => self.carry_out_media(page, command),
        }
    }

    fn cut(&mut self, page: usize, page_ms: Option<u64>, server_ms: u64) {
        let Some(socket) = self.pages[page].socket else { return };
        if let Some(cut) = self.sockets.get_mut(&socket) {
            cut.is_cut = true;
        }
        if let Some(page_ms) = page_ms {
            self.plan(page_ms, Happening::SocketCloses { page, socket });
        }
        self.plan(server_ms, Happening::ServerNotices { socket });
    }

    fn reload(&mut self, page: usize, server_ms: u64) {
        if let Some(socket) = self.pages[page].socket.take() {
            self.sockets.entry(socket).and_modify(|socket| socket.is_cut = true);
            self.plan(server_ms, Happening::ServerNotices { socket });
        }
        let negotiations: Vec<_> = self.pages[page].peers.keys().copied().collect();
        negotiations.into_iter().for_each(|negotiation| self.close_peer(page, negotiation));
        if page == 0 {
            self.capturing = false;
        }
        let seed = self.draw() as u32 * 7_919;
        let it = &mut self.pages[page];
        it.load += 1;
        it.timers.clear();
        it.client = Client::new(it.role, code(), it.role == Role::Host, seed);
        self.input(page, Input::Started);
    }

    fn heartbeat(&mut self, socket: u64) {
        self.plan(HEARTBEAT_MS, Happening::Beats { socket });
    }
}
