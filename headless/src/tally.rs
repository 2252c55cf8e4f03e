//! What came of a load: counts, and how long deliveries took.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use heartogether::{refusal::Refusal, room::RoomEvent};
use serde::Serialize;

use crate::{HeadlessError, plan::Expected, stopwatch};

/// Microseconds that are told apart at most: a minute.
const LONGEST_US: u64 = 60_000_000;
/// Digits of a time that are kept.
const DIGITS: u8 = 3;

/// What came of a phase.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Places that were given.
    pub joins: u64,
    /// Places that were resumed.
    pub resumes: u64,
    /// Messages from the server to all members, heartbeats included.
    pub frames: u64,
    /// Bytes of these messages.
    pub bytes: u64,
    /// Turns that hosts sent.
    pub turns: u64,
    /// Reactions that listeners sent.
    pub reactions: u64,
    /// Messages that listeners wrote.
    pub messages: u64,
    /// Reactions that somebody was told of.
    pub reactions_told: u64,
    /// Messages that somebody was told of.
    pub messages_told: u64,
    /// The time from sending a turn, or a message in a lounge, until each member was told.
    pub delivery: Delivery,
    /// The time by which acts were sent too late, because the generator had too much to do.
    pub lateness: Delivery,
    /// Refusals, by their names.
    pub refusals: BTreeMap<String, u64>,
    /// Members who failed, by the reason. Stalled members are counted apart.
    pub failures: BTreeMap<String, u64>,
    /// Stalled members whose connection the server closed.
    pub stalled_closed: u64,
}

/// How long deliveries took, in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Deliveries.
    pub count: u64,
    /// The time that half of them did not exceed.
    pub p50_us: u64,
    /// The time that 99 of 100 did not exceed.
    pub p99_us: u64,
    /// The longest.
    pub worst_us: u64,
}

/// What all members count together.
pub(crate) struct Tally(Mutex<Counts>);

struct Counts {
    report: Report,
    delivery: Histogram<u64>,
    lateness: Histogram<u64>,
    /// When each turn of the round was sent, by room.
    turns: Vec<Vec<Instant>>,
    /// When each message to a lounge was sent, by its nonce.
    messages: HashMap<u32, Instant>,
}

impl Tally {
    pub(crate) fn new(rooms: usize) -> Self {
        let histogram = || Histogram::new_with_max(LONGEST_US, DIGITS).expect("three digits are allowed");
        let (delivery, lateness) = (histogram(), histogram());
        let (turns, messages) = (vec![Vec::new(); rooms], HashMap::new());
        Self(Mutex::new(Counts { report: Report::default(), delivery, lateness, turns, messages }))
    }

    /// What was counted since the last call.
    pub(crate) fn take(&self) -> Report {
        let mut counts = self.counts();
        let (delivery, lateness) = (summarise(&counts.delivery), summarise(&counts.lateness));
        counts.delivery.reset();
        counts.lateness.reset();
        counts.turns.iter_mut().for_each(Vec::clear);
        counts.messages.clear();
        Report { delivery, lateness, ..std::mem::take(&mut counts.report) }
    }

    /// Changes the counts.
    pub(crate) fn note(&self, change: impl FnOnce(&mut Report)) {
        change(&mut self.counts().report);
    }

    pub(crate) fn note_refusal(&self, refusal: Refusal) {
        self.note(|report| *report.refusals.entry(format!("{refusal:?}")).or_default() += 1);
    }

    pub(crate) fn note_failure(&self, error: &HeadlessError) {
        self.note(|report| *report.failures.entry(error.to_string()).or_default() += 1);
    }

    /// Whether members were told all that they are to be told.
    pub(crate) fn has_told(&self, expected: &Expected) -> bool {
        let counts = self.counts();
        let Report { reactions_told, messages_told, resumes, .. } = counts.report;
        counts.delivery.len() >= expected.turns_told
            && reactions_told >= expected.reactions_told
            && messages_told >= expected.messages_told
            && resumes >= expected.resumes
    }

    /// A turn is sent now.
    pub(crate) fn note_turn(&self, room: usize, now: Instant) {
        let mut counts = self.counts();
        counts.report.turns += 1;
        counts.turns[room].push(now);
    }

    /// A member is told of a turn: of the one with this number in the round.
    pub(crate) fn note_delivery(&self, room: usize, number: usize, now: Instant) {
        let mut counts = self.counts();
        if let Some(sent) = counts.turns[room].get(number).copied() {
            counts.delivery.saturating_record(micros(now.saturating_duration_since(sent)));
        }
    }

    /// A message is sent now. Its deliveries are timed if all members of the room are told of it.
    pub(crate) fn note_message(&self, nonce: u32, to_all: bool, now: Instant) {
        let mut counts = self.counts();
        counts.report.messages += 1;
        if to_all {
            counts.messages.insert(nonce, now);
        }
    }

    pub(crate) fn note_lateness(&self, late: Duration) {
        self.counts().lateness.saturating_record(micros(late));
    }

    pub(crate) fn note_talk(&self, event: &RoomEvent) {
        match event {
            RoomEvent::Reacted { .. } => self.note(|report| report.reactions_told += 1),
            RoomEvent::MessageSent { message } => self.note_told(message.nonce, stopwatch::now()),
            _ => {}
        }
    }

    /// A member is told of a message.
    fn note_told(&self, nonce: u32, now: Instant) {
        let mut counts = self.counts();
        counts.report.messages_told += 1;
        if let Some(sent) = counts.messages.get(&nonce).copied() {
            counts.delivery.saturating_record(micros(now.saturating_duration_since(sent)));
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn summarise(histogram: &Histogram<u64>) -> Delivery {
    let at = |share| histogram.value_at_quantile(share);
    Delivery { count: histogram.len(), p50_us: at(0.5), p99_us: at(0.99), worst_us: histogram.max() }
}
