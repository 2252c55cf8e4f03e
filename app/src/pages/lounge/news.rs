//! What is new to the visitor: what they have seen, what they have not, and how they learn of it.

use heartogether::id::{MemberId, MessageNumber};
use heartogether_client::{ConversationEntry, Input};
use leptos::prelude::*;

use super::{
    erased::effect,
    extras::with_extras,
    markup::{speaks_to, words_of},
    notification,
    shared::Lounge,
    standing::Standing,
    words::first_line,
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
            let blocked = lounge.handle.blocked.read();
            lounge.handle.conversation.with(|entries| news(entries, seen, &blocked).count())
        });
        let is_shown = RwSignal::new(true);
        let unread =
            Self { lounge, is_shown, count, new_after: RwSignal::new(new_after), announced: RwSignal::default() };
        unread.watch_page();
        unread.mark_seen();
        unread.tell();
        unread.count_on_icon();
        unread
    }

    /// What the browser's tab says: how much is new while the page is out of sight, and where.
    pub(super) fn title(self) -> String {
        let name = self.lounge.title.get();
        match self.missed() {
            0 => name,
            count => format!("({count}) {name}"),
        }
    }

    /// How much is new while the page is out of sight.
    fn missed(self) -> usize {
        if self.is_shown.get() { 0 } else { self.count.get() }
    }

    /// Says so on the icon, too. What does that is loaded once there is something to say.
    fn count_on_icon(self) {
        let (missed, counted) = (Memo::new(move |_| self.missed()), StoredValue::new(false));
        // Once the page is left, nothing is missed on it.
        let now = move || missed.try_get_untracked().unwrap_or_default();
        let show = move || with_extras(move |extras| extras.iter().for_each(|extras| (extras.count_on_icon)(now())));
        effect(move || {
            if missed.get() > 0 || counted.get_value() {
                counted.set_value(true);
                show();
            }
        });
        on_cleanup(move || {
            if counted.try_get_value() == Some(true) {
                show();
            }
        });
    }

    fn watch_page(self) {
        let Self { is_shown, new_after, lounge, .. } = self;
        effect(move || {
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
        effect(move || {
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
        let mut told_up_to = None::<MessageNumber>;
        effect(move || {
            let is_open = lounge.standing.get() == Standing::Open;
            let last = lounge.handle.conversation.with(|entries| last_number(entries));
            if let (true, Some(known)) = (is_open, told_up_to) {
                self.tell_of(known, locale);
            }
            told_up_to = is_open.then(|| last.max(told_up_to.unwrap_or_default()));
        });
    }

    fn tell_of(self, known: MessageNumber, locale: Locale) {
        let is_shown = self.is_shown.get_untracked();
        let oneself = untrack(|| self.lounge.oneself()).map(|person| person.name.to_string()).unwrap_or_default();
        self.lounge.handle.conversation.with_untracked(|entries| {
            let blocked = self.lounge.handle.blocked.read_untracked();
            let mut new: Vec<&ConversationEntry> = news(entries, known, &blocked).collect();
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
                notification::show(&title, &words_of(&entry.message, locale).unwrap_or_default(), self.lounge.code);
            }
        });
    }
}

/// The messages of others after this one, the latest first, without those of members who are blocked. Those that the room does not have
/// yet come last, and are the visitor's.
fn news<'a>(
    entries: &'a [ConversationEntry],
    after: MessageNumber,
    blocked: &'a [MemberId],
) -> impl Iterator<Item = &'a ConversationEntry> {
    let is_after = move |entry: &&ConversationEntry| entry.is_own || entry.message.number > after;
    entries
        .iter()
        .rev()
        .take_while(is_after)
        .filter(move |entry| !entry.is_own && !blocked.contains(&entry.message.author))
}

fn last_number(entries: &[ConversationEntry]) -> MessageNumber {
    entries.iter().rev().map(|entry| entry.message.number).find(|number| number.0 > 0).unwrap_or_default()
}

/// Whether a message answers one of the visitor's, or speaks to them.
fn is_meant_for(oneself: &str, entry: &ConversationEntry, entries: &[ConversationEntry]) -> bool {
    let is_own = |number| entries.iter().any(|known| known.is_own && known.message.number == number);
    entry.message.reply_to.is_some_and(is_own) || speaks_to(&entry.message, oneself)
}

/// What a screen reader says of new messages: one in full, of more only how many they are.
fn announcement(new: &[&ConversationEntry], locale: Locale) -> Option<String> {
    let said = match new {
        [] => return None,
        [one] => text::said(
            &one.message.name,
            first_line(&words_of(&one.message, locale).unwrap_or_default(), ANNOUNCED_CHARS),
        ),
        more => text::new_messages(u32::try_from(more.len()).unwrap_or(u32::MAX)),
    };
    Some(locale.say_once(said).into_owned())
}
