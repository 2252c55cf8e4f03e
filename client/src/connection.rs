//! The connection to the server: opening it, detecting its loss, opening it again. It does not know the rooms, which share it.
//!
//! It is a WebSocket. Where none can be opened, an event stream takes its place until one can.

use heartogether::protocol::{ClientMessage, Ping};

use super::{Output, Timer};

/// Milliseconds to wait before each new attempt to connect; the last one repeats. Each varies by a fifth, so that not
/// all pages connect to a restarted server at once.
const BACK_OFF_MS: [u32; 8] = [0, 300, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
/// The number of missing heartbeats after which the connection counts as lost.
const MISSED_HEARTBEATS: u64 = 3;
/// Milliseconds that a new connection may stay silent: enough for a slow network, and less than people's patience.
const ANSWER_MS: u32 = 15_000;
/// How often the server may send the page away between two heartbeats without being asked more slowly.
const BELIEVED_MOVES: u8 = 4;
/// Milliseconds to wait for the answer to a ping after the page was shown again or the network came back.
const PONG_MS: u32 = 2_000;
/// WebSockets in a row over which nothing comes, after which an event stream takes their place.
const FAILED_UPGRADES: u8 = 2;
/// A number of them that is enough in any case.
const ENOUGH: u8 = u8::MAX;
/// Where something came over a WebSocket before on this network, the server may be away for a moment. So this many attempts come first,
/// which take 15 s.
const ATTEMPTS: usize = 6;
/// Milliseconds until a WebSocket is tried beside an event stream, again and again.
const UPGRADE_MS: u32 = 5 * 60 * 1_000;
/// The same for the first time where something came over one before on this network.
const UPGRADE_SOON_MS: u32 = 10_000;

/// What carries the frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carrier {
    WebSocket,
    EventStream,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No connection is wanted.
    Closed,
    /// A socket is being opened.
    Opening,
    /// The socket is open.
    Open,
    /// Waiting for the next attempt.
    Waiting,
}

/// The connection's state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Connection {
    phase: Phase,
    carrier: Carrier,
    /// Whether anything has come over what is open.
    is_heard: bool,
    /// WebSockets in a row over which nothing came. Some networks let them open, and nothing through.
    failed_upgrades: u8,
    /// Whether anything has come over a WebSocket on this network.
    was_upgraded: bool,
    /// Whether it is planned to try one beside the event stream.
    is_upgrade_planned: bool,
    /// The number of attempts that failed, or led to a connection that did not last.
    attempts: usize,
    /// Whether the server has ever sent a message, which a refusal is as well.
    was_heard: bool,
    /// Whether the server answered over HTTP when no socket could be opened.
    answers_http: bool,
    /// How often the server has closed a connection with 1001 since the last heartbeat, up to what is believed.
    sent_away: u8,
    silence_ms: u32,
    spread: u32,
}

impl Connection {
    pub(super) const fn new(seed: u32) -> Self {
        Self {
            phase: Phase::Closed,
            carrier: Carrier::WebSocket,
            is_heard: false,
            failed_upgrades: 0,
            was_upgraded: false,
            is_upgrade_planned: false,
            attempts: 0,
            was_heard: false,
            answers_http: false,
            sent_away: 0,
            silence_ms: 0,
            // An xorshift generator never leaves zero.
            spread: seed | 1,
        }
    }

    /// Whether no connection is wanted.
    pub(super) fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }

    pub(super) fn is_opening(&self) -> bool {
        self.phase == Phase::Opening
    }

    pub(super) fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    /// Whether there is nothing to lose: the connection is lost already, and the next attempt is planned.
    pub(super) fn is_waiting(&self) -> bool {
        self.phase == Phase::Waiting
    }

    /// Whether attempts failed without a message of the server: both WebSockets, and the event stream, which follow each other
    /// without much delay.
    pub(super) fn is_unheard(&self) -> bool {
        self.attempts > usize::from(FAILED_UPGRADES) && !self.was_heard
    }

    /// Whether the server answers over HTTP, though it could not be reached.
    pub(super) const fn answers_http(&self) -> bool {
        self.answers_http
    }

    pub(super) fn note_probe(&mut self, answers: bool) {
        self.answers_http = answers;
    }

    /// Begins again, and forgets failed attempts and earlier moves.
    pub(super) fn begin(&mut self, out: &mut Vec<Output>) {
        (self.attempts, self.sent_away) = (0, 0);
        self.open(out);
    }

    pub(super) fn open(&mut self, out: &mut Vec<Output>) {
        (self.phase, self.is_heard) = (Phase::Opening, false);
        let is_blocked = self.failed_upgrades >= self.failures_believed();
        self.carrier = if is_blocked { Carrier::EventStream } else { Carrier::WebSocket };
        out.push(if is_blocked { Output::OpenStream } else { Output::OpenSocket });
        out.push(Output::StartTimer { timer: Timer::Silence, after_ms: ANSWER_MS });
    }

    /// After how many WebSockets without success an event stream comes. Nobody waits for a second one where attempts are far apart.
    const fn failures_believed(&self) -> u8 {
        match (self.attempts < ATTEMPTS, self.was_upgraded) {
            (true, true) => ENOUGH,
            (true, false) => FAILED_UPGRADES,
            (false, _) => 1,
        }
    }

    /// Opens the socket if the page waits for the next attempt.
    pub(super) fn open_if_waiting(&mut self, out: &mut Vec<Output>) {
        if self.is_waiting() {
            self.open(out);
        }
    }

    /// The socket is open. Returns whether it was expected.
    pub(super) fn note_opened(&mut self, out: &mut Vec<Output>) -> bool {
        let was_opening = self.is_opening();
        if was_opening {
            self.phase = Phase::Open;
            if self.is_streaming() && !self.is_upgrade_planned {
                self.plan_upgrade(if self.was_upgraded { UPGRADE_SOON_MS } else { UPGRADE_MS }, out);
            }
        }
        was_opening
    }

    fn plan_upgrade(&mut self, after_ms: u32, out: &mut Vec<Output>) {
        self.is_upgrade_planned = true;
        out.push(Output::StartTimer { timer: Timer::Upgrade, after_ms });
    }

    fn is_streaming(&self) -> bool {
        self.is_open() && self.carrier == Carrier::EventStream
    }

    /// Tries whether a WebSocket can take the place of the event stream.
    pub(super) fn try_upgrade(&mut self, out: &mut Vec<Output>) {
        self.is_upgrade_planned = false;
        if self.is_streaming() {
            out.push(Output::ProbeSocket);
            self.plan_upgrade(UPGRADE_MS, out);
        }
    }

    /// A WebSocket can take the place of the event stream. Returns whether it does.
    pub(super) fn go_back(&mut self, out: &mut Vec<Output>) -> bool {
        let goes_back = self.is_streaming();
        if goes_back {
            self.failed_upgrades = 0;
            out.push(Output::StopTimer(Timer::Pong));
            self.open(out);
        }
        goes_back
    }

    /// On another network a WebSocket may open that did not before, and earlier attempts say nothing of it.
    pub(super) fn forget_network(&mut self, out: &mut Vec<Output>) {
        (self.failed_upgrades, self.was_upgraded, self.attempts) = (0, false, 0);
        if self.is_streaming() {
            out.push(Output::ProbeSocket);
        }
    }

    /// Nothing was heard for too long. Nobody waits for a second WebSocket over which nothing comes.
    pub(super) fn note_silence(&mut self) {
        if !self.is_heard && self.carrier == Carrier::WebSocket {
            self.failed_upgrades = ENOUGH;
        }
    }

    /// Nothing came over what was opened. WebSockets and event streams are tried in turns while nothing comes over either.
    fn note_failure(&mut self) {
        self.failed_upgrades = match self.carrier {
            Carrier::WebSocket => self.failed_upgrades.saturating_add(1),
            Carrier::EventStream => self.failures_believed() - 1,
        };
    }

    /// Sends a ping.
    pub(super) fn ping(&self, out: &mut Vec<Output>) {
        out.push(Output::Send(ClientMessage::Ping(Ping { nonce: self.spread })));
        out.push(Output::StartTimer { timer: Timer::Pong, after_ms: PONG_MS });
    }

    /// A heartbeat came, so the connection works and the back-off is reset. A connection that is closed before its
    /// first heartbeat does not reset it.
    pub(super) fn prove(&mut self) {
        self.attempts = 0;
        self.sent_away = 0;
    }

    /// Any message shows that the connection is alive.
    pub(super) fn hear(&mut self, out: &mut Vec<Output>) {
        (self.was_heard, self.is_heard) = (true, true);
        match self.carrier {
            Carrier::WebSocket => (self.failed_upgrades, self.was_upgraded) = (0, true),
            // It works where no WebSocket does.
            Carrier::EventStream => self.failed_upgrades = ENOUGH,
        }
        if self.silence_ms > 0 {
            out.push(Output::StartTimer { timer: Timer::Silence, after_ms: self.silence_ms });
        }
    }

    pub(super) fn expect_heartbeats(&mut self, heartbeat_ms: u64, out: &mut Vec<Output>) {
        self.silence_ms = u32::try_from(heartbeat_ms.saturating_mul(MISSED_HEARTBEATS)).unwrap_or(u32::MAX);
        self.hear(out);
    }

    /// The server stops, and another one may be running already, so this does not count as a failed attempt. Several nodes may be
    /// restarted one after the other. After that it counts as one: servers that keep closing connections are asked ever more slowly.
    /// Returns whether it is believed.
    pub(super) fn believe_going_away(&mut self) -> bool {
        let is_believed = self.sent_away < BELIEVED_MOVES;
        if is_believed {
            self.sent_away += 1;
            self.attempts = 0;
        }
        is_believed
    }

    /// The connection is lost or failed. Another attempt follows.
    pub(super) fn wait(&mut self, out: &mut Vec<Output>) {
        self.phase = Phase::Waiting;
        let delay_ms = BACK_OFF_MS[self.attempts.min(BACK_OFF_MS.len() - 1)];
        self.attempts += 1;
        if !self.is_heard {
            self.note_failure();
        }
        if self.is_unheard() {
            out.push(Output::ProbeServer);
        }
        out.extend([Timer::Silence, Timer::Pong].map(Output::StopTimer));
        out.push(Output::StartTimer { timer: Timer::Reconnect, after_ms: self.spread(delay_ms) });
    }

    /// No connection is wanted any more.
    pub(super) fn close(&mut self, out: &mut Vec<Output>) {
        self.phase = Phase::Closed;
        out.extend([Timer::Reconnect, Timer::Silence, Timer::Pong].map(Output::StopTimer));
        out.push(Output::CloseSocket);
    }

    /// A delay between four and six fifths of `delay_ms`.
    fn spread(&mut self, delay_ms: u32) -> u32 {
        self.spread ^= self.spread << 13;
        self.spread ^= self.spread >> 17;
        self.spread ^= self.spread << 5;
        delay_ms - delay_ms / 5 + self.spread % (delay_ms * 2 / 5 + 1)
    }
}
