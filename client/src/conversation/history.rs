//! What is known of the history: the newest messages, and while the visitor looks at older ones that do not reach those, a stretch of
//! older ones. One page of messages is asked for at a time, from one connection to the next. Messages that the visitor did not go back
//! to are dropped once there are many.

use heartogether::{
    id::MessageNumber,
    limits::MESSAGES_AT_ONCE,
    protocol::{FetchMessages, ToRoom},
    refusal::Refusal,
    room::{Message, Messages, RoomEvent},
};
use litemap::LiteMap;

use crate::{Client, Output, Timer};

/// The number of messages kept, unless the visitor has gone back further.
const MESSAGES_KEPT: usize = 500;
/// Milliseconds after which a page is asked for again that was asked for too fast, or may not come: the limit is one a second.
const FETCH_AGAIN_MS: u32 = 1_100;
/// How many messages a page has.
const PAGE: u64 = MESSAGES_AT_ONCE as u64;

/// Messages that follow on each other, and end before the newest ones.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Past {
    pub(super) messages: LiteMap<MessageNumber, Message>,
    /// All messages before this number and from the first one on are known.
    end: MessageNumber,
    pub(super) has_earlier: bool,
}

/// The messages that the visitor wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Those before the first one that is shown.
    Earlier,
    /// Those after the past that is shown.
    Later,
    /// This one, and those around it.
    Around(MessageNumber),
}

/// A page of messages that is asked for, or is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fetching {
    wanted: Wanted,
    /// The page that was asked for last ends before this number.
    before: MessageNumber,
}

impl Client {
    /// The visitor has scrolled to the beginning or the end of what is known.
    pub(super) fn want(&mut self, wanted: Wanted, out: &mut Vec<Output>) {
        let is_there = match wanted {
            Wanted::Earlier => self.has_earlier_messages(),
            _ => self.conversation.past.is_some(),
        };
        if is_there && self.conversation.fetching.is_none() {
            self.ask_for_page(wanted, out);
        }
    }

    /// The visitor wants to see a message. What they wanted to scroll to does not count any more.
    pub(super) fn seek(&mut self, number: MessageNumber, out: &mut Vec<Output>) {
        let wanted = Wanted::Around(number);
        if self.conversation.fetching.is_some_and(|fetching| fetching.wanted == wanted) {
            return;
        }
        if !self.engagement.is_waiting {
            self.engagement.notice = None;
        }
        if number < self.first_of_newest() {
            let is_shown = self.conversation.past.as_ref().is_some_and(|past| past.messages.contains_key(&number));
            return if is_shown { self.conversation.fetching = None } else { self.ask_for_page(wanted, out) };
        }
        self.show_latest();
        self.note_found(self.engagement.messages.contains_key(&number));
    }

    /// The visitor looks at the newest messages.
    pub(super) fn show_latest(&mut self) {
        (self.conversation.past, self.conversation.fetching) = (None, None);
    }

    /// Asks again for the page that is wanted, if one is.
    pub(super) fn fetch_again(&mut self, out: &mut Vec<Output>) {
        if let Some(fetching) = self.conversation.fetching {
            self.ask_for_page(fetching.wanted, out);
        }
    }

    /// Asks again a moment later: if the page that is wanted is on its way, it comes first.
    pub(super) fn fetch_later(&self, out: &mut Vec<Output>) {
        if self.conversation.fetching.is_some() {
            out.push(Output::StartTimer { timer: Timer::EarlierMessages, after_ms: FETCH_AGAIN_MS });
        }
    }

    fn ask_for_page(&mut self, wanted: Wanted, out: &mut Vec<Output>) {
        let newest = self.first_of_newest();
        let before = match (wanted, &self.conversation.past) {
            (Wanted::Around(number), _) => after(number, PAGE / 2 + 1).min(newest),
            (Wanted::Later, Some(past)) => after(past.end, PAGE).min(newest),
            (_, Some(past)) => past.first(),
            (_, None) => newest,
        };
        self.conversation.fetching = Some(Fetching { wanted, before });
        if self.signaling.is_attached() {
            self.say(ToRoom::FetchMessages(FetchMessages { before }), out);
        }
    }

    /// All messages from this one on are known, but those that have just been written.
    fn first_of_newest(&self) -> MessageNumber {
        let last = || self.room.as_ref().map_or(MessageNumber::default(), |room| room.last_message).next();
        self.engagement.messages.keys().next().copied().unwrap_or_else(last)
    }

    /// A page says itself where it ends. One that has nothing to do with what is wanted now is the answer to an earlier question, or
    /// leaves a gap because the room was told of anew meanwhile: then it is asked for again.
    pub(super) fn take_page(&mut self, page: &Messages, out: &mut Vec<Output>) {
        let Some(Fetching { wanted, before }) = self.conversation.fetching else { return };
        let newest = self.first_of_newest();
        let ends_after = |number: MessageNumber| (number.next()..=after(number, PAGE)).contains(&page.before);
        match (wanted, &mut self.conversation.past) {
            _ if page.before > newest => return,
            (Wanted::Around(number), _) if ends_after(number) => {
                let is_there = page.messages.iter().any(|message| message.number == number);
                if is_there {
                    self.conversation.past = Some(Past::of(page));
                }
                self.note_found(is_there);
            }
            (Wanted::Later, Some(past)) if ends_after(past.end) => past.go_on(page),
            (Wanted::Earlier, Some(past)) if page.before == past.first() => past.go_back(page),
            (Wanted::Earlier, None) if page.before == newest => {
                self.engagement.take_page(page);
                self.conversation.reach = self.engagement.messages.len();
            }
            _ if page.before == before => return self.ask_for_page(wanted, out),
            _ => return,
        }
        self.conversation.fetching = None;
        self.join_past(newest);
    }

    /// Once the past reaches the newest messages, they are one.
    fn join_past(&mut self, newest: MessageNumber) {
        if let Some(past) = self.conversation.past.take_if(|past| past.end >= newest) {
            let known = std::mem::replace(&mut self.engagement.messages, past.messages);
            self.engagement.messages.extend(known);
            self.engagement.has_earlier = past.has_earlier;
            self.conversation.reach = self.engagement.messages.len();
        }
    }

    /// Says so if the message that is sought is not there, because its author's account was deleted.
    const fn note_found(&mut self, is_there: bool) {
        if !is_there {
            self.engagement.notice = Some(Refusal::MessageNotFound);
        }
    }

    /// What happens to older messages, also to those that are not shown.
    pub(super) fn change_past(&mut self, event: &RoomEvent) {
        let past = self.conversation.past.iter_mut().flat_map(|past| past.messages.iter_mut());
        past.for_each(|(_, message)| message.apply(event));
    }

    /// The room was told of anew. Older messages may have been changed since they were told.
    pub(super) fn forget_past(&mut self) {
        if self.conversation.past.take().is_some() {
            self.conversation.fetching.take_if(|fetching| !matches!(fetching.wanted, Wanted::Around(_)));
        }
    }

    /// A message that is known.
    pub(super) fn known(&self, number: MessageNumber) -> Option<&Message> {
        let past = || self.conversation.past.as_ref().and_then(|past| past.messages.get(&number));
        self.engagement.messages.get(&number).or_else(past)
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

impl Past {
    fn of(page: &Messages) -> Self {
        let mut past = Self { messages: LiteMap::new(), end: page.before, has_earlier: page.has_earlier };
        past.learn(page);
        past
    }

    /// The number before which older messages may be unknown.
    fn first(&self) -> MessageNumber {
        self.messages.keys().next().copied().unwrap_or(self.end)
    }

    fn go_on(&mut self, page: &Messages) {
        self.learn(page);
        self.end = page.before;
    }

    fn go_back(&mut self, page: &Messages) {
        self.learn(page);
        self.has_earlier = page.has_earlier;
    }

    /// What is known already is newer than what the page says.
    fn learn(&mut self, page: &Messages) {
        for message in &page.messages {
            self.messages.try_insert(message.number, message.clone());
        }
    }
}

/// The number so many after this one.
const fn after(number: MessageNumber, count: u64) -> MessageNumber {
    MessageNumber(number.0.saturating_add(count))
}
