//! Older messages: one page of them is asked for at a time, from one connection to the next. Messages that the visitor did not go back
//! to are dropped once there are many.

use heartogether::{limits::MESSAGES_AT_ONCE, room::Messages};

use crate::{Client, Output, Timer};

/// The number of messages kept, unless the visitor has gone back further.
const MESSAGES_KEPT: usize = 500;
/// Milliseconds after which a page is asked for again that was asked for too fast, or may not come: the limit is one a second.
const FETCH_AGAIN_MS: u32 = 1_100;

impl Client {
    pub(super) fn want_earlier(&mut self, out: &mut Vec<Output>) {
        if self.engagement.has_earlier && self.conversation.fetching.is_none() {
            self.ask_for_page(out);
        }
    }

    /// Asks again for the page that is wanted, if one is.
    pub(super) fn fetch_again(&mut self, out: &mut Vec<Output>) {
        if self.conversation.fetching.is_some() {
            self.ask_for_page(out);
        }
    }

    /// Asks again a moment later: if the page that is wanted is on its way, it comes first.
    pub(super) fn fetch_later(&self, out: &mut Vec<Output>) {
        if self.conversation.fetching.is_some() {
            out.push(Output::StartTimer { timer: Timer::EarlierMessages, after_ms: FETCH_AGAIN_MS });
        }
    }

    fn ask_for_page(&mut self, out: &mut Vec<Output>) {
        self.conversation.fetching = self.engagement.messages.keys().next().copied();
        self.fetch_earlier(out);
    }

    /// A page that does not end where the known messages begin would leave a gap: the room was told of anew meanwhile.
    pub(super) fn take_page(&mut self, page: &Messages, out: &mut Vec<Output>) {
        let Some(before) = self.conversation.fetching else { return };
        if self.engagement.messages.keys().next() != Some(&before) {
            return self.ask_for_page(out);
        }
        self.conversation.fetching = None;
        self.engagement.take_page(page);
        self.conversation.reach = self.engagement.messages.len();
    }

    /// Keeps the number of messages within bounds, some at a time.
    pub(super) fn forget_oldest(&mut self) {
        let kept = self.conversation.reach.max(MESSAGES_KEPT);
        let surplus = self.engagement.messages.len().saturating_sub(kept);
        if surplus >= MESSAGES_AT_ONCE && self.conversation.fetching.is_none() {
            let known = std::mem::take(&mut self.engagement.messages);
            self.engagement.messages = known.into_iter().skip(surplus).collect();
            self.engagement.has_earlier = true;
        }
    }
}
