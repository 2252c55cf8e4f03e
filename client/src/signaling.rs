//! The signaling connection: opening it, noticing that it is gone, opening it again, taking the place up again.

mod storage;

use heartogether::{
    id::RoomCode,
    protocol::{ClientMessage, Hello, Join, PROTOCOL_VERSION, Ping, ResumeRoom, ResumeRooms, ToRoom},
    refusal::Refusal,
    role::Role,
};

use super::{Client, Output, Timer};

/// Milliseconds to wait before each attempt to connect again; the last one repeats. Each is spread by a fifth, so that
/// a server that comes back is not met by everybody at once.
const BACK_OFF_MS: [u32; 8] = [0, 300, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
/// Heartbeats that may fail to come before the connection counts as lost.
const MISSED_HEARTBEATS: u64 = 3;
/// Milliseconds a new connection may stay silent: long enough for a slow network, short against a person's patience.
const ANSWER_MS: u32 = 15_000;
/// Milliseconds to wait for the answer to a ping after the page was shown again or the network came back.
const PONG_MS: u32 = 2_000;

/// How the signaling connection is, as the page shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignalingState {
    /// Never yet attached.
    #[default]
    Connecting,
    /// Never yet attached, and attempts came to nothing, without a word from the server; the next ones follow.
    Unreachable,
    /// The same, while the server answers over HTTP: something on the way lets no WebSocket through.
    SocketBlocked,
    /// In the room.
    Attached,
    /// Was in the room and will be again.
    Reconnecting,
}

impl SignalingState {
    /// Whether the page was never in the room, and attempts come to nothing.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing is wanted.
    Closed,
    /// A socket is being opened.
    Opening,
    /// The socket is open and the place asked for.
    Joining,
    /// In the room.
    Attached,
    /// Waiting for the next attempt.
    Waiting,
}

/// The connection's state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Signaling {
    phase: Phase,
    /// How many attempts to connect came to nothing, or led to a connection that did not last.
    attempts: usize,
    /// Whether the server has ever said something: whoever is refused has reached it.
    was_heard: bool,
    was_attached: bool,
    /// Whether the server answered over HTTP when no socket could be opened.
    answers_http: bool,
    take_over: bool,
    /// Whether the server has closed a connection with 1001 since the last heartbeat.
    was_sent_away: bool,
    /// What keeps the server from doing what it is asked.
    trouble: Option<Refusal>,
    silence_ms: u32,
    spread: u32,
}

impl Signaling {
    pub(super) fn new(take_over: bool, seed: u32) -> Self {
        Self {
            phase: Phase::Closed,
            attempts: 0,
            was_heard: false,
            was_attached: false,
            answers_http: false,
            take_over,
            was_sent_away: false,
            trouble: None,
            silence_ms: 0,
            // An xorshift generator never leaves zero.
            spread: seed | 1,
        }
    }

    pub(super) fn state(&self) -> SignalingState {
        match self.phase {
            Phase::Attached => SignalingState::Attached,
            _ if self.was_attached => SignalingState::Reconnecting,
            _ if self.is_unheard() && self.answers_http => SignalingState::SocketBlocked,
            _ if self.is_unheard() => SignalingState::Unreachable,
            _ => SignalingState::Connecting,
        }
    }

    /// Whether attempts came to nothing without a word from the server. The second one follows the first at once.
    fn is_unheard(&self) -> bool {
        self.attempts > 1 && !self.was_heard
    }

    pub(super) fn note_probe(&mut self, answers: bool) {
        self.answers_http = answers;
    }

    /// Whether it is to take the place over from another page's connection, and has not yet.
    pub(super) fn takes_over(&self) -> bool {
        self.take_over
    }

    pub(super) fn is_attached(&self) -> bool {
        self.phase == Phase::Attached
    }

    pub(super) fn attach(&mut self, out: &mut Vec<Output>) {
        self.phase = Phase::Attached;
        self.was_attached = true;
        self.trouble = None;
        // Taken over once: a page that opens the room later is not robbed of it.
        self.take_over = false;
        out.push(Output::StopTimer(Timer::Reconnect));
    }

    /// A heartbeat came: the connection lasts. One that is closed as soon as it stands does not begin the back-off anew.
    pub(super) fn prove(&mut self) {
        self.attempts = 0;
        self.was_sent_away = false;
    }

    /// Anything heard is a sign of life.
    pub(super) fn hear(&mut self, out: &mut Vec<Output>) {
        self.was_heard = true;
        if self.silence_ms > 0 {
            out.push(Output::StartTimer { timer: Timer::Silence, after_ms: self.silence_ms });
        }
    }

    pub(super) fn expect_heartbeats(&mut self, heartbeat_ms: u64, out: &mut Vec<Output>) {
        self.silence_ms = u32::try_from(heartbeat_ms.saturating_mul(MISSED_HEARTBEATS)).unwrap_or(u32::MAX);
        self.hear(out);
    }

    pub(super) fn hear_pong(&self, out: &mut Vec<Output>) {
        out.push(Output::StopTimer(Timer::Pong));
    }

    pub(super) fn stop(&mut self, out: &mut Vec<Output>) {
        self.phase = Phase::Closed;
        self.trouble = None;
        out.extend([Timer::Reconnect, Timer::Silence, Timer::Pong, Timer::Storage].map(Output::StopTimer));
        out.push(Output::CloseSocket);
    }

    fn open(&mut self, out: &mut Vec<Output>) {
        self.phase = Phase::Opening;
        out.push(Output::OpenSocket);
        out.push(Output::StartTimer { timer: Timer::Silence, after_ms: ANSWER_MS });
    }

    fn wait(&mut self, out: &mut Vec<Output>) {
        self.phase = Phase::Waiting;
        self.trouble = None;
        let delay_ms = BACK_OFF_MS[self.attempts.min(BACK_OFF_MS.len() - 1)];
        self.attempts += 1;
        if self.is_unheard() {
            out.push(Output::ProbeServer);
        }
        out.extend([Timer::Silence, Timer::Pong, Timer::Storage].map(Output::StopTimer));
        out.push(Output::StartTimer { timer: Timer::Reconnect, after_ms: self.spread(delay_ms) });
    }

    /// A delay between four and six fifths of `delay_ms`.
    fn spread(&mut self, delay_ms: u32) -> u32 {
        self.spread ^= self.spread << 13;
        self.spread ^= self.spread >> 17;
        self.spread ^= self.spread << 5;
        delay_ms - delay_ms / 5 + self.spread % (delay_ms * 2 / 5 + 1)
    }
}

/// What a listener's page that has just been opened says first.
pub fn listener_introduction(code: RoomCode) -> [ClientMessage; 2] {
    [hello(), join(code, Role::Listener, false)]
}

const fn hello() -> ClientMessage {
    ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION })
}

const fn join(code: RoomCode, role: Role, take_over: bool) -> ClientMessage {
    ClientMessage::to_room(code, ToRoom::Join(Join { role, take_over }))
}

impl Client {
    pub(super) fn connect(&mut self, out: &mut Vec<Output>) {
        self.refusal = None;
        if self.ending().is_some() {
            // The room was opened again: nothing of before counts.
            (self.room, self.place, self.missed_end) = (None, None, false);
        }
        self.signaling.attempts = 0;
        self.signaling.open(out);
    }

    pub(super) fn take_over(&mut self, out: &mut Vec<Output>) {
        self.signaling.take_over = true;
        self.connect(out);
    }

    /// Timers sleep in hidden pages and sockets die with the network they were opened on: look now.
    pub(super) fn wake(&mut self, out: &mut Vec<Output>) {
        match self.signaling.phase {
            Phase::Waiting => self.signaling.open(out),
            Phase::Attached => {
                out.push(Output::Send(ClientMessage::Ping(Ping { nonce: self.signaling.spread })));
                out.push(Output::StartTimer { timer: Timer::Pong, after_ms: PONG_MS });
            }
            Phase::Closed | Phase::Opening | Phase::Joining => {}
        }
    }

    /// What was begun on the network before leads nowhere: a socket that is still being opened is opened again.
    pub(super) fn change_network(&mut self, out: &mut Vec<Output>) {
        match self.signaling.phase {
            Phase::Opening => self.signaling.open(out),
            Phase::Joining => {
                // The server may have given the host's place to the page's own connection of before.
                self.signaling.take_over = true;
                self.signaling.open(out);
            }
            Phase::Closed | Phase::Waiting | Phase::Attached => self.wake(out),
        }
    }

    /// Says hello and asks for the place in one breath: nothing is gained by waiting for the welcome.
    pub(super) fn introduce(&mut self, out: &mut Vec<Output>) {
        if self.signaling.phase != Phase::Opening {
            return;
        }
        self.signaling.phase = Phase::Joining;
        out.push(Output::Send(hello()));
        match &self.place {
            Some(place) => {
                let resume = ResumeRoom { room: self.code, token: place.token, last_seq: place.seq };
                out.push(Output::Send(ClientMessage::ResumeRooms(ResumeRooms { rooms: vec![resume] })));
            }
            None => self.join(out),
        }
    }

    pub(super) fn join(&self, out: &mut Vec<Output>) {
        out.push(Output::Send(join(self.code, self.role, self.takes_over())));
    }

    /// Peer connections are left alone while signaling is away.
    pub(super) fn lose_link(&mut self, out: &mut Vec<Output>) {
        if self.signaling.phase != Phase::Closed && !self.is_over() {
            self.signaling.wait(out);
        }
    }

    /// The server stops, and the next one may be there already: that is no attempt that came to nothing. Believed once between
    /// two heartbeats, so that a server which goes on saying so is asked ever more slowly.
    pub(super) fn return_at_once(&mut self, out: &mut Vec<Output>) {
        if self.signaling.is_attached() && !self.signaling.was_sent_away {
            self.signaling.was_sent_away = true;
            self.signaling.attempts = 0;
        }
        self.lose_link(out);
    }

    pub(super) fn time_out(&mut self, timer: Timer, out: &mut Vec<Output>) {
        match timer {
            Timer::Reconnect if self.signaling.phase == Phase::Waiting => self.signaling.open(out),
            Timer::Silence | Timer::Pong if self.signaling.phase != Phase::Closed => {
                out.push(Output::CloseSocket);
                self.signaling.wait(out);
            }
            Timer::Candidates => self.send_candidates(out),
            Timer::OfferRequest => self.request_offers(out),
            Timer::Attempt(member) => self.give_up_attempt(member, out),
            Timer::Recovery(member) => self.recover(member, out),
            Timer::Microphone => self.tell_of_silence(out),
            Timer::Mixer => self.give_up_mixer(out),
            Timer::Messages => self.send_outgoing(1, out),
            Timer::Storage => self.try_storage_again(out),
            Timer::Linger(member) => self.peers.close(member, out),
            Timer::Removal(member) => self.remove(member, out),
            Timer::Declaration => self.declare(out),
            Timer::Reconnect | Timer::Silence | Timer::Pong => {}
        }
    }
}
