//! Handles a server that cannot store requests: shows this, and repeats the requests.

use heartogether::refusal::Refusal;

use super::{Client, Output, Signaling, Timer};

/// Milliseconds before a member repeats what the server could not store.
const STORAGE_AGAIN_MS: u32 = 3_000;

impl Signaling {
    /// Why the server cannot do what it is asked, if it has said so.
    pub(in super::super) const fn trouble(&self) -> Option<Refusal> {
        self.trouble
    }

    /// There was an event in the room, which the server has stored, so its storage works again.
    pub(in super::super) fn note_stored(&mut self) {
        self.trouble = None;
    }
}

impl Client {
    /// The server cannot store a request. A page without a place asks for it again on another connection. A member
    /// stays, and repeats what the room does not know.
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
            // The request that failed is not wanted any more.
            self.signaling.trouble = None;
        } else if self.signaling.trouble.is_some() {
            out.push(Output::StartTimer { timer: Timer::Storage, after_ms: STORAGE_AGAIN_MS });
        }
    }
}
