//! What is new to the visitor: what they have seen, what they have not, and how they learn of it.

use heartogether::id::MessageNumber;
use heartogether_client::{ConversationEntry, Input};
use leptos::prelude::*;

use super::{
    notification,
    shared::Lounge,
    standing::Standing,
    words::{first_line, mentions},
};
use crate::{
    locale::{Locale, Value},
    text::lounge as text,
};

/// Characters of a message that a screen reader is told of at once; the rest can be read in the log.
const ANNOUNCED_CHARS: usize = 200;

/// What the visitor has not seen.
#[derive(Clone, Copy)]
pub(super) struct Unread {
    lounge: Lounge,
    /// Whether the page is in sight.
    is_shown: RwSignal<bool>,
    /// The messages of others after what the visitor has seen.
    pub(super) count: Memo<usize>,
    /// What comes after it was new when the visitor came, or came back.
    pub(super) new_after: RwSignal<Option<MessageNumber>>,
    /// What is announced.
    pub(super) announced: RwSignal<String>,
}

impl Unread {
    /// Follows the conversation, and what of it is in sight.
    pub(super) fn follow(lounge: Lounge) -> Self {
        let seen = lounge.seen;
        let new_after = Some(seen.get_untracked()).filter(|seen| *seen > MessageNumber::default());
        let count = Memo::new(move |_| {
            let seen = seen.get();
            lounge.handle.conversation.with(|entries| news(entries, seen).count())
        });
        let is_shown = RwSignal::new(true);
        let unread =
            Self { lounge, is_shown, count, new_after: RwSignal::new(new_after), announced: RwSignal::default() };
        unread.watch_page();
        unread.mark_seen();
        unread.tell();
        unread
    }

    /// What the browser's tab says: how much is new while the page is out of sight, and where.
    pub(super) fn title(self) -> String {
        let name = self.lounge.title.get();
        match self.count.get() {
            count if count > 0 && !self.is_shown.get() => format!("({count}) {name}"),
            _ => name,
        }
    }

    fn watch_page(self) {
        let Self { is_shown, new_after, lounge, .. } = self;
        Effect::new(move |_| {
            is_shown.set(!document().hidden());
            let changed = window_event_listener_untyped("visibilitychange", move |_| {
                let is_hidden = document().hidden();
                if is_hidden {
                    // What comes from now on is new when the visitor is back.
                    let last = lounge.handle.conversation.with_untracked(|entries| last_number(entries));
                    new_after.set(Some(last).filter(|last| *last > MessageNumber::default()));
                }
                is_shown.set(!is_hidden);
            });
            on_cleanup(move || changed.remove());
        });
    }

    /// The visitor has seen the latest message when the end of the conversation and the page are in sight.
    fn mark_seen(self) {
        let Self { lounge, is_shown, .. } = self;
        let last = move || lounge.handle.conversation.with(|entries| last_number(entries));
        let sees_end = move || is_shown.get() && lounge.is_at_end.get() && lounge.standing.get() == Standing::Open;
        Effect::new(move |_| {
            let elsewhere = lounge.handle.read_up_to.get();
            let here = if sees_end() { last() } else { MessageNumber::default() };
            if here > lounge.seen.get_untracked() {
                lounge.press(Input::Seen(here));
            }
            let seen = here.max(elsewhere);
            if seen > lounge.seen.get_untracked() {
                lounge.seen.set(seen);
            }
        });
    }

    /// Announces new messages, and notifies of those that are meant for the visitor while the page is out of sight.
    fn tell(self) {
        let (lounge, locale) = (self.lounge, Locale::current());
        Effect::new(move |before: Option<Option<MessageNumber>>| {
            let is_open = lounge.standing.get() == Standing::Open;
            let last = lounge.handle.conversation.with(|entries| last_number(entries));
            let known = before.flatten();
            if let (true, Some(known)) = (is_open, known) {
                self.tell_of(known, locale);
            }
            is_open.then(|| last.max(known.unwrap_or_default()))
        });
    }

    fn tell_of(self, known: MessageNumber, locale: Locale) {
        let is_shown = self.is_shown.get_untracked();
        let oneself = untrack(|| self.lounge.oneself()).map(|person| person.name.to_string()).unwrap_or_default();
        self.lounge.handle.conversation.with_untracked(|entries| {
            let mut new: Vec<&ConversationEntry> = news(entries, known).collect();
            new.reverse();
            if let Some(said) = announcement(&new, locale).filter(|_| is_shown) {
                self.announced.set(said);
            }
            if is_shown || self.lounge.muted.get_untracked() {
                return;
            }
            for entry in new.iter().filter(|entry| is_meant_for(&oneself, entry, entries)) {
                let name = locale.write(&Value::from(&entry.message.name));
                let title = locale.say_once(text::notification(name, self.lounge.title.get_untracked()));
                notification::show(&title, &words_of(entry), self.lounge.code);
            }
        });
    }
}

/// The messages of others after this one, the latest first. Those that the room does not have yet come last, and are the visitor's.
fn news(entries: &[ConversationEntry], after: MessageNumber) -> impl Iterator<Item = &ConversationEntry> {
    let is_after = move |entry: &&ConversationEntry| entry.is_own || entry.message.number > after;
    entries.iter().rev().take_while(is_after).filter(|entry| !entry.is_own)
}

fn last_number(entries: &[ConversationEntry]) -> MessageNumber {
    entries.iter().rev().map(|entry| entry.message.number).find(|number| number.0 > 0).unwrap_or_default()
}

/// Whether a message answers one of the visitor's, or speaks to them.
fn is_meant_for(oneself: &str, entry: &ConversationEntry, entries: &[ConversationEntry]) -> bool {
    let is_own = |number| entries.iter().any(|known| known.is_own && known.message.number == number);
    entry.message.reply_to.is_some_and(is_own) || mentions(&words_of(entry), oneself)
}

fn words_of(entry: &ConversationEntry) -> String {
    entry.message.text.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// What a screen reader says of new messages: one in full, of more only how many they are.
fn announcement(new: &[&ConversationEntry], locale: Locale) -> Option<String> {
    let said = match new {
        [] => return None,
        [one] => text::said(&one.message.name, first_line(&words_of(one), ANNOUNCED_CHARS)),
        more => text::new_messages(u32::try_from(more.len()).unwrap_or(u32::MAX)),
    };
    Some(locale.say_once(said).into_owned())
}
