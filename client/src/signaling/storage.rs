//! A server that cannot store what it is asked for: saying so, and asking again.

use heartogether::refusal::Refusal;

use super::{Client, Output, Signaling, Timer};

/// Milliseconds before a member says again what the server could not store.
const STORAGE_AGAIN_MS: u32 = 3_000;

impl Signaling {
    /// What keeps the server from doing what it is asked, as far as it has said so.
    pub(in super::super) const fn trouble(&self) -> Option<Refusal> {
        self.trouble
    }

    /// Something happened in the room, which the server stored first: it does its work again.
    pub(in super::super) fn note_stored(&mut self) {
        self.trouble = None;
    }
}

impl Client {
    /// The server cannot store what was asked for. Whoever asked for a place asks again on another connection; a member stays,
    /// and says again what the room does not know.
    pub(in super::super) fn wait_for_storage(&mut self, out: &mut Vec<Output>) {
        if self.signaling.is_attached() {
            out.push(Output::StartTimer { timer: Timer::Storage, after_ms: STORAGE_AGAIN_MS });
        } else {
            out.push(Output::CloseSocket);
            self.lose_link(out);
        }
        self.signaling.trouble = Some(Refusal::StorageUnavailable);
    }

    pub(super) fn try_storage_again(&mut self, out: &mut Vec<Output>) {
        let before = out.len();
        self.declare(out);
        self.say_again(out);
        if out.len() == before {
            // What could not be stored is not wanted any more.
            self.signaling.trouble = None;
        } else if self.signaling.trouble.is_some() {
            out.push(Output::StartTimer { timer: Timer::Storage, after_ms: STORAGE_AGAIN_MS });
        }
    }
}
