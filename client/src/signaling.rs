//! A room's part of the signaling connection: it asks for the place, and resumes the place on the next connection.

mod storage;

use heartogether::{
    id::RoomCode,
    protocol::{ClientMessage, Hello, Join, PROTOCOL_VERSION, ResumeRoom, ResumeRooms, ToRoom},
    refusal::Refusal,
    role::Role,
};

use super::{Client, Output, Timer, connection::Connection, conversation::Occasion};

/// Milliseconds that a move to another server may take before the page shows that its connection is lost. The attempt to get
/// there goes on.
const MOVE_MS: u32 = 3_000;

/// The state of the signaling connection, as the page shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignalingState {
    /// Not in the room yet.
    #[default]
    Connecting,
    /// Not in the room yet. Attempts have failed without an answer of the server; more attempts follow.
    Unreachable,
    /// The same, but the server answers over HTTP: something in between blocks WebSockets and event streams.
    SocketBlocked,
    /// In the room, or on the way from a server that stops to another one.
    Attached,
    /// Was in the room, and will connect again.
    Reconnecting,
}

impl SignalingState {
    /// Whether the page was never in the room and its attempts fail.
    pub const fn is_unreachable(self) -> bool {
        matches!(self, Self::Unreachable | Self::SocketBlocked)
    }

    /// The value of `data-link`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Unreachable | Self::SocketBlocked => "unreachable",
            Self::Attached => "attached",
            Self::Reconnecting => "reconnecting",
        }
    }
}

/// The room's part of the connection.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Signaling {
    pub(super) connection: Connection,
    /// Whether the page has its place on the current connection.
    has_place: bool,
    /// Whether the room has said on the current connection that the page waits for a place.
    is_waiting: bool,
    was_attached: bool,
    /// Whether the page has had a place, or waited for one, since the visitor asked for it. What it asks for from then on, nobody
    /// has pressed anything for.
    returns: bool,
    /// Whether a server that stops has sent the page to another one, and the way there has not failed and does not take too long.
    is_moving: bool,
    take_over: bool,
    /// Why the server cannot do what it is asked.
    trouble: Option<Refusal>,
}

impl Signaling {
    pub(super) const fn new(take_over: bool, seed: u32) -> Self {
        Self {
            connection: Connection::new(seed),
            has_place: false,
            is_waiting: false,
            was_attached: false,
            returns: false,
            is_moving: false,
            take_over,
            trouble: None,
        }
    }

    pub(super) fn state(&self) -> SignalingState {
        match &self.connection {
            _ if self.is_attached() || self.is_moving => SignalingState::Attached,
            _ if self.was_attached => SignalingState::Reconnecting,
            connection if connection.is_unheard() && connection.answers_http() => SignalingState::SocketBlocked,
            connection if connection.is_unheard() => SignalingState::Unreachable,
            _ => SignalingState::Connecting,
        }
    }

    /// Whether it has to take over the place from another page's connection, and has not done so yet.
    pub(super) fn takes_over(&self) -> bool {
        self.take_over
    }

    /// Whether the page was in the room before.
    pub(super) const fn was_attached(&self) -> bool {
        self.was_attached
    }

    pub(super) fn is_attached(&self) -> bool {
        self.connection.is_open() && self.has_place
    }

    /// Whether the room knows that the page waits for a place, and answers here.
    pub(super) fn is_waiting(&self) -> bool {
        self.connection.is_open() && self.is_waiting
    }

    pub(super) fn note_waiting(&mut self) {
        self.is_waiting = true;
        self.trouble = None;
        self.returns = true;
    }

    /// Whether the page moves to another server, and shows nothing of it yet.
    pub(super) fn is_moving(&self) -> bool {
        self.is_moving
    }

    pub(super) fn attach(&mut self, out: &mut Vec<Output>) {
        self.has_place = true;
        self.was_attached = true;
        self.returns = true;
        self.trouble = None;
        // Takes over only once, so that a page that opens the room later keeps it.
        self.take_over = false;
        out.push(Output::StopTimer(Timer::Reconnect));
        self.end_move(out);
    }

    pub(super) fn stop(&mut self, out: &mut Vec<Output>) {
        self.detach(out);
        self.connection.close(out);
    }

    fn wait(&mut self, out: &mut Vec<Output>) {
        self.detach(out);
        self.connection.wait(out);
    }

    fn detach(&mut self, out: &mut Vec<Output>) {
        self.trouble = None;
        out.push(Output::StopTimer(Timer::Storage));
        self.end_move(out);
    }

    fn begin_move(&mut self, out: &mut Vec<Output>) {
        self.is_moving = true;
        out.push(Output::StartTimer { timer: Timer::Move, after_ms: MOVE_MS });
    }

    fn end_move(&mut self, out: &mut Vec<Output>) {
        if std::mem::take(&mut self.is_moving) {
            out.push(Output::StopTimer(Timer::Move));
        }
    }
}

/// What the script at the top of a page says first for it: for a listener's page that has just been opened, and for a host's page
/// that is back from a reload, which takes its place over.
pub fn introduction(role: Role, code: RoomCode) -> [ClientMessage; 2] {
    let join = Join { role, take_over: Client::may_take_over(role), name: None, returns: false };
    [hello(), ClientMessage::to_room(code, ToRoom::Join(join))]
}

pub(super) const fn hello() -> ClientMessage {
    ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION })
}

impl Client {
    pub(super) fn connect(&mut self, out: &mut Vec<Output>) {
        self.refusal = None;
        self.signaling.returns = false;
        if self.ending().is_some() {
            // The room was opened again, so earlier state is dropped.
            (self.room, self.place, self.missed_end) = (None, None, false);
        }
        self.signaling.connection.begin(out);
    }

    pub(super) fn take_over(&mut self, out: &mut Vec<Output>) {
        self.signaling.take_over = true;
        self.connect(out);
    }

    /// Whether the page wants to be in the room.
    pub(super) fn wants_connection(&self) -> bool {
        !self.signaling.connection.is_closed()
    }

    /// Whether the place was requested and not given yet.
    pub(super) fn is_joining(&self) -> bool {
        self.signaling.connection.is_open() && !self.signaling.is_attached()
    }

    /// Tries now whatever waits.
    pub(super) fn wake_up(&mut self, out: &mut Vec<Output>) {
        self.wake(out);
        self.recover_all(out);
        self.wake_mixer(out);
    }

    /// Checks the connection now, because timers do not run in hidden pages, and sockets end with their network.
    pub(super) fn wake(&mut self, out: &mut Vec<Output>) {
        if self.signaling.connection.is_open() {
            self.signaling.connection.ping(out);
        }
        self.signaling.connection.open_if_waiting(out);
    }

    /// A socket that was being opened on the previous network is opened again.
    pub(super) fn change_network(&mut self, out: &mut Vec<Output>) {
        self.signaling.connection.forget_network(out);
        let is_joining = self.is_joining();
        // The server may have given the owner's place to an earlier connection of this page.
        self.signaling.take_over |= is_joining;
        if is_joining || self.signaling.connection.is_opening() {
            self.signaling.connection.open(out);
        } else {
            self.wake(out);
        }
    }

    /// Sends hello and the request for the place together, without waiting for the welcome.
    pub(super) fn introduce(&mut self, out: &mut Vec<Output>) {
        if !self.signaling.connection.note_opened(out) {
            return;
        }
        (self.signaling.has_place, self.signaling.is_waiting) = (false, false);
        out.push(Output::Send(hello()));
        match &self.place {
            Some(place) => {
                let resume = ResumeRoom { room: self.code, token: place.token, last_seq: place.seq };
                out.push(Output::Send(ClientMessage::ResumeRooms(ResumeRooms { rooms: vec![resume] })));
            }
            None => self.join(out),
        }
    }

    /// Whether the page comes back by itself, and asks for nothing new.
    pub(super) fn returns(&self) -> bool {
        self.kind().members_stay() && self.signaling.returns
    }

    pub(super) fn join(&self, out: &mut Vec<Output>) {
        let (name, returns) = (self.conversation.name.clone(), self.returns());
        let join = Join { role: self.role, take_over: self.takes_over(), name, returns };
        out.push(Output::Send(ClientMessage::to_room(self.code, ToRoom::Join(join))));
    }

    /// Peer connections stay as they are while signaling is away.
    pub(super) fn lose_link(&mut self, out: &mut Vec<Output>) {
        let has_link = !self.signaling.connection.is_closed() && !self.signaling.connection.is_waiting();
        if has_link && !self.is_over() {
            self.signaling.wait(out);
            self.drop_held_reaction();
        }
    }

    /// The server closes the connection because it stops.
    pub(super) fn return_at_once(&mut self, out: &mut Vec<Output>) {
        let moves = self.signaling.is_attached() && self.signaling.connection.believe_going_away();
        self.lose_link(out);
        if moves {
            self.signaling.begin_move(out);
        }
    }

    /// A WebSocket takes the place of the event stream. The page shows nothing of it, unless it takes long.
    pub(super) fn go_back(&mut self, out: &mut Vec<Output>) {
        let was_attached = self.signaling.is_attached();
        if self.signaling.connection.go_back(out) && was_attached {
            self.signaling.begin_move(out);
        }
    }

    pub(super) fn time_out(&mut self, timer: Timer, out: &mut Vec<Output>) {
        match timer {
            Timer::Reconnect => self.signaling.connection.open_if_waiting(out),
            Timer::Upgrade => self.signaling.connection.try_upgrade(out),
            Timer::Silence | Timer::Pong if !self.signaling.connection.is_closed() => {
                self.signaling.connection.note_silence();
                out.push(Output::CloseSocket);
                self.lose_link(out);
            }
            Timer::Move => {
                self.signaling.is_moving = false;
                self.drop_held_reaction();
            }
            Timer::Candidates => self.send_candidates(out),
            Timer::OfferRequest => self.request_offers(out),
            Timer::Attempt(member) => self.give_up_attempt(member, out),
            Timer::Recovery(member) => self.recover(member, out),
            Timer::Microphone => self.tell_of_silence(out),
            Timer::Mixer => self.give_up_mixer(out),
            Timer::Messages => {
                self.send_outgoing(1, out);
                self.converse(Occasion::TimedOut(timer), out);
            }
            Timer::Typing(_) | Timer::TypingPause | Timer::Seen | Timer::EarlierMessages => {
                self.converse(Occasion::TimedOut(timer), out);
            }
            Timer::Storage => self.try_storage_again(out),
            Timer::Linger(member) => self.peers.close(member, out),
            Timer::Removal(member) => self.remove(member, out),
            Timer::Declaration => self.declare(out),
            Timer::Silence | Timer::Pong => {}
        }
    }
}
