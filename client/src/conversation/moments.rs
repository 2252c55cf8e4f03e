//! What holds for a moment: who is writing, and how far the member has read.

use heartogether::{
    id::{MemberId, MessageNumber},
    limits::TYPING_MS,
    protocol::{MarkRead, ToRoom},
};

use crate::{Client, Output, Timer};

/// Milliseconds before the room is told again that the member is writing: half of the time for which it holds.
const TYPING_AGAIN_MS: u32 = TYPING_MS / 2;
/// Milliseconds before the room is told again what the member has seen.
const SEEN_AGAIN_MS: u32 = 1_000;

impl Client {
    /// The visitor is writing.
    pub(super) fn tell_typing(&mut self, out: &mut Vec<Output>) {
        if self.signaling.is_attached() && !self.conversation.is_typing_told {
            self.conversation.is_typing_told = true;
            self.say(ToRoom::Type, out);
            out.push(Output::StartTimer { timer: Timer::TypingPause, after_ms: TYPING_AGAIN_MS });
        }
    }

    /// Another member is writing.
    pub(super) fn note_typing(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if Some(member) == self.own_place() {
            return;
        }
        if !self.conversation.typing.contains(&member) {
            self.conversation.typing.push(member);
        }
        out.push(Output::StartTimer { timer: Timer::Typing(member), after_ms: TYPING_MS });
    }

    /// A member does not write any more.
    pub(super) fn end_typing(&mut self, member: MemberId, out: &mut Vec<Output>) {
        if self.conversation.typing.contains(&member) {
            self.conversation.typing.retain(|known| *known != member);
            out.push(Output::StopTimer(Timer::Typing(member)));
        }
    }

    /// A message was shown to the visitor.
    pub(super) fn see(&mut self, number: MessageNumber, out: &mut Vec<Output>) {
        self.conversation.seen = self.conversation.seen.max(number);
        self.tell_seen(out);
    }

    /// The room was told a moment ago what the member has seen, and may be told again.
    pub(super) fn tell_seen_again(&mut self, out: &mut Vec<Output>) {
        self.conversation.is_seen_told = false;
        self.tell_seen(out);
    }

    pub(super) fn tell_seen(&mut self, out: &mut Vec<Output>) {
        let up_to = self.conversation.seen;
        let is_news = up_to > self.conversation.told_seen;
        if is_news && !self.conversation.is_seen_told && self.signaling.is_attached() {
            self.conversation.is_seen_told = true;
            self.conversation.told_seen = up_to;
            self.say(ToRoom::MarkRead(MarkRead { up_to }), out);
            out.push(Output::StartTimer { timer: Timer::Seen, after_ms: SEEN_AGAIN_MS });
        }
    }

    /// The member has seen messages on another page.
    pub(super) fn note_read(&mut self, up_to: MessageNumber) {
        self.conversation.seen = self.conversation.seen.max(up_to);
        self.conversation.told_seen = self.conversation.told_seen.max(up_to);
    }
}
