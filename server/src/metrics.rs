//! What is counted and measured for those who watch this server. Prometheus fetches it at `METRICS_ADDR`; without that setting
//! nothing is kept.
//!
//! Counters and histograms are recorded where things happen, with the functions here. Numbers that go up and down are asked
//! for when they are fetched (`page`). All of it is of this process. No code on the path of a media packet records anything.

mod catalogue;
mod page;
mod recorder;
mod stopwatch;

use std::time::Duration;

use ::metrics::{Counter, counter, histogram};
use axum::http::StatusCode;
use heartogether::refusal::Refusal;

use catalogue::{
    APPENDS, FAULTS, FIRST_SOUND, JOINS, NODE_MESSAGES, NODE_OUTCOMES, OUTCOMES, RECEIVED, REFUSALS, REQUESTS, RESUMES,
    SENT, STATUSES,
};
pub(crate) use page::{Observed, page};
pub(crate) use recorder::Recorder;
pub(crate) use stopwatch::Stopwatch;

/// Somebody got a place in a room.
pub(crate) fn count_join() {
    counter!(JOINS).increment(1);
}

/// Somebody got their earlier place back.
pub(crate) fn count_resume() {
    counter!(RESUMES).increment(1);
}

/// Something was refused.
pub(crate) fn count_refusal(refusal: Refusal) {
    counter!(REFUSALS, "code" => refusal.code()).increment(1);
}

/// Something broke on this side.
pub(crate) fn count_fault() {
    counter!(FAULTS).increment(1);
}

/// The outcome of an append to a room's log.
#[derive(Clone, Copy)]
pub(crate) enum Append {
    /// The entry is in the log.
    Done,
    /// The room does not exist, so the log works.
    Refused,
    /// The log does not work.
    Failed,
}

/// An append to a room's log is over.
pub(crate) fn record_append(outcome: Append, took: Duration) {
    histogram!(APPENDS, "outcome" => OUTCOMES[outcome as usize]).record(took);
}

/// What became of messages between nodes.
#[derive(Clone, Copy)]
pub(crate) enum NodeTraffic {
    /// They were sent.
    Sent,
    /// They could not be sent.
    Unsent,
    /// They came in.
    Received,
    /// They cannot be read.
    Unreadable,
    /// Another version sent them, and this one does not know them.
    Unknown,
}

/// Messages were sent to other nodes, or came from them.
pub(crate) fn count_node_messages(outcome: NodeTraffic, count: usize) {
    counter!(NODE_MESSAGES, "outcome" => NODE_OUTCOMES[outcome as usize]).increment(count as u64);
}

/// A request over HTTP was answered.
pub(crate) fn record_request(status: StatusCode, took: Duration) {
    let class = usize::from(status.as_u16() / 100).clamp(1, STATUSES.len()) - 1;
    histogram!(REQUESTS, "status" => STATUSES[class]).record(took);
}

/// A listener's page says how long its first sound took.
pub(crate) fn record_first_sound(took: Duration) {
    histogram!(FIRST_SOUND).record(took);
}

/// The bytes of callers' connections.
#[derive(Clone)]
pub(crate) struct Traffic {
    received: Counter,
    sent: Counter,
}

impl Traffic {
    pub(crate) fn new() -> Self {
        Self { received: counter!(RECEIVED), sent: counter!(SENT) }
    }

    pub(crate) fn note_received(&self, bytes: usize) {
        self.received.increment(bytes as u64);
    }

    pub(crate) fn note_sent(&self, bytes: usize) {
        self.sent.increment(bytes as u64);
    }
}
