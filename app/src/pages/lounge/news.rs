//! What is new to the visitor: what they have seen, what they have not, and how they learn of it.

use std::time::Duration;

use heartogether::{
    id::{MemberId, MessageNumber},
    room::{Message, Waiting},
};
use heartogether_client::{ConversationEntry, Input};

use super::{
    erased::effect,
    extras::{Extras, with_extras},
    markup::{speaks_to, words_of},
    notices::{About, Notice},
    notification::{self, Notifying},
    shared::Lounge,
    standing::Standing,
    words::first_line,
};
use crate::{
    locale::{Locale, Value},
    prelude::*,
    text::lounge as text,
};

/// Characters of a message that a screen reader is told of at once; the rest can be read in the log.
const ANNOUNCED_CHARS: usize = 200;

/// The time in which a page that is out of sight shows a notification after it has learned of something.
const OTHERS_SHOW_WITHIN: Duration = Duration::from_secs(1);

/// What the visitor has not seen.
#[derive(Clone, Copy)]
pub(super) struct Unread {
    lounge: Lounge,
    /// Whether the page is in sight.
    is_shown: RwSignal<bool>,
    /// The messages of others after what the visitor has seen.
    pub(super) count: Memo<usize>,
    /// How many ask to come in, for the owner.
    pub(super) waiting: Memo<usize>,
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
            let blocked = lounge.handle.blocked.get();
            lounge.handle.conversation.with(|entries| news(entries, seen, &blocked).count())
        });
        let waiting =
            Memo::new(move |_| lounge.handle.room.with(|room| room.as_ref().map_or(0, |room| room.waiting.len())));
        let (is_shown, new_after) = (RwSignal::new(true), RwSignal::new(new_after));
        let unread = Self { lounge, is_shown, count, waiting, new_after, announced: RwSignal::default() };
        unread.watch_page();
        unread.mark_seen();
        unread.tell();
        unread.tell_of_who_waits();
        unread.show_missed();
        unread
    }

    /// What the browser's tab says: how much is new, and how many ask to come in, while the page is out of sight, and where.
    pub(super) fn title(self) -> String {
        let name = self.lounge.title.get();
        match self.missed() {
            (0, 0) => name,
            (messages, waiting) => format!("({}) {name}", messages + waiting),
        }
    }

    /// How many messages are new, and how many ask to come in, while the page is out of sight.
    fn missed(self) -> (usize, usize) {
        if self.is_shown.get() { (0, 0) } else { (self.count.get(), self.waiting.get()) }
    }

    /// Says so on the icon, too, and takes the notifications away once nothing is missed any more. What does that is loaded once there is
    /// something to say.
    fn show_missed(self) {
        let (missed, counted) = (Memo::new(move |_| self.missed()), StoredValue::new(false));
        let code = self.lounge.code;
        let act = move |extras: Extras| {
            // Once the page is left, nothing is missed on it.
            let (messages, waiting) = missed.try_get_untracked().unwrap_or_default();
            (extras.count_on_icon)(messages + waiting);
            if messages == 0 {
                (extras.close_notice)(code, About::Messages(MessageNumber::default()));
            }
            if waiting == 0 {
                (extras.close_notice)(code, About::Waiting);
            }
        };
        let show = move || with_extras(move |extras| extras.into_iter().for_each(act));
        effect(move || {
            if missed.get() != (0, 0) || counted.get_value() {
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
            let blocked = self.lounge.handle.blocked.get_untracked();
            let mut new: Vec<&ConversationEntry> = news(entries, known, &blocked).collect();
            new.reverse();
            if let Some(said) = announcement(&new, locale).filter(|_| is_shown) {
                self.announced.set(said);
            }
            if is_shown || self.lounge.muted.get_untracked() {
                return;
            }
            if let Some(entry) = new.iter().rfind(|entry| is_meant_for(&oneself, entry, entries)) {
                self.notify_of(&entry.message, locale);
            }
        });
    }

    /// Notifies of a message.
    fn notify_of(self, message: &Message, locale: Locale) {
        let name = locale.write(&Value::from(&message.name));
        let title = locale.say_once(text::notification(name, self.lounge.title.get_untracked())).into_owned();
        let body = words_of(message, locale).unwrap_or_default();
        self.notify(Notice { about: About::Messages(message.number), title, body, renews: false });
    }

    /// Notifies of those who ask to come in while the page is out of sight, once of each. Who asked before is not told of again. While it
    /// is in sight, it takes away what the visitor's other pages show.
    fn tell_of_who_waits(self) {
        let (lounge, locale) = (self.lounge, Locale::current());
        let mut known = None::<(Vec<MemberId>, String)>;
        effect(move || {
            let told = lounge.handle.room.with(|room| room.as_ref().map(|room| who_waits(&room.waiting, locale)));
            let Some(told) = told else { return };
            let before = known.replace(told.clone());
            if self.is_shown.get_untracked() {
                if before.unwrap_or_default() != told {
                    self.close_of_other_pages();
                }
                return;
            }
            let news = before.and_then(|before| news_of_who_waits(&before, &told));
            if let Some(renews) = news.filter(|_| !lounge.muted.get_untracked()) {
                let title = lounge.title.get_untracked();
                self.notify(Notice { about: About::Waiting, title, body: told.1, renews });
            }
        });
    }

    /// Takes the notification of who waits away that a hidden page of this lounge shows, once it has had the time to show it.
    fn close_of_other_pages(self) {
        let Self { lounge, is_shown, .. } = self;
        if notification::state() != Notifying::On {
            return;
        }
        let is_seen = move || is_shown.try_get_untracked() == Some(true);
        let close = move |extras: Extras| {
            // While the code was on its way, the page may have been hidden, and may have shown one itself.
            if is_seen() {
                (extras.close_notice)(lounge.code, About::Waiting);
            }
        };
        let when_seen = move || {
            if is_seen() {
                with_extras(move |extras| extras.into_iter().for_each(close));
            }
        };
        set_timeout(when_seen, OTHERS_SHOW_WITHIN);
    }

    /// Notifies of something, where the visitor wants that.
    fn notify(self, notice: Notice) {
        let lounge = self.lounge;
        if notification::state() != Notifying::On {
            return;
        }
        with_extras(move |extras| {
            if let Some(extras) = extras {
                (extras.notify)(lounge, notice);
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

/// The places of those who ask to come in, and what is said of them.
pub(super) fn who_waits(waiting: &[Waiting], locale: Locale) -> (Vec<MemberId>, String) {
    let said = match waiting {
        [] => String::new(),
        [one] => locale.say(text::asks_to_come_in(&one.name)).into_owned(),
        more => locale.say(text::ask_to_come_in(u32::try_from(more.len()).unwrap_or(u32::MAX))).into_owned(),
    };
    (waiting.iter().map(|waiting| waiting.member).collect(), said)
}

/// Whether what is said of those who ask to come in is to be shown anew, and if so, whether only in place of what is shown of them, because
/// nobody has come since.
fn news_of_who_waits(before: &(Vec<MemberId>, String), now: &(Vec<MemberId>, String)) -> Option<bool> {
    let is_news = before != now && !now.0.is_empty();
    is_news.then(|| now.0.iter().all(|member| before.0.contains(member)))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(members: &[u128], body: &str) -> (Vec<MemberId>, String) {
        (members.iter().map(|member| MemberId::from_bits(*member)).collect(), body.to_owned())
    }

    #[test]
    fn the_owner_is_told_anew_of_who_comes_and_what_is_shown_is_renewed_when_somebody_goes_or_has_another_name() {
        let grace = told(&[1], "Grace asks");
        assert_eq!(news_of_who_waits(&grace, &grace), None);
        assert_eq!(news_of_who_waits(&grace, &told(&[], "")), None, "it is taken away");
        assert_eq!(news_of_who_waits(&grace, &told(&[1, 2], "2 ask")), Some(false));
        assert_eq!(news_of_who_waits(&told(&[1, 2], "2 ask"), &grace), Some(true));
        assert_eq!(news_of_who_waits(&grace, &told(&[1], "Grace H. asks")), Some(true));
    }
}
