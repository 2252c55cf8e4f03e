//! The socket to the server: opening it, detecting its loss, opening it again. It does not know the rooms, which share
//! it.

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

    /// Whether attempts failed without a message of the server. The second attempt follows the first at once.
    pub(super) fn is_unheard(&self) -> bool {
        self.attempts > 1 && !self.was_heard
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
        self.phase = Phase::Opening;
        out.push(Output::OpenSocket);
        out.push(Output::StartTimer { timer: Timer::Silence, after_ms: ANSWER_MS });
    }

    /// Opens the socket if the page waits for the next attempt.
    pub(super) fn open_if_waiting(&mut self, out: &mut Vec<Output>) {
        if self.phase == Phase::Waiting {
            self.open(out);
        }
    }

    /// The socket is open. Returns whether it was expected.
    pub(super) fn note_opened(&mut self) -> bool {
        let was_opening = self.is_opening();
        if was_opening {
            self.phase = Phase::Open;
        }
        was_opening
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
        self.was_heard = true;
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
