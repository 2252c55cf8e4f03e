//! What the log of a conversation consists of, from its messages and from who came and went. Plain functions; `log.rs` draws it.

use heartogether::{
    engagement::MessageText,
    id::{DisplayName, MemberId, MessageNumber},
    room::Message,
    time::Timestamp,
};
use heartogether_client::{ConversationEntry, EntryState};

use super::{comings::ComeAndGo, markup::plain_of};

/// Messages of one member within this time stand together.
const TOGETHER_MS: u64 = 5 * 60 * 1000;

/// Names a row for as long as it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum RowKey {
    /// Somebody else's message.
    Message(MessageNumber),
    /// The member's own, by the number that the page gave it: it has it before the room knows of the message.
    Own(u32),
    /// Who came and went.
    ComeAndGo(u32),
}

impl RowKey {
    pub(super) fn of(entry: &ConversationEntry) -> Self {
        entry.nonce.map_or(Self::Message(entry.message.number), Self::Own)
    }

    /// The id of its element, alone on the page.
    pub(super) fn id(self) -> String {
        match self {
            Self::Message(number) => format!("message-{}", number.0),
            Self::Own(nonce) => format!("own-{nonce}"),
            Self::ComeAndGo(id) => format!("coming-{id}"),
        }
    }

    /// Reads the id of an element.
    pub(super) fn parse(id: &str) -> Option<Self> {
        let (kind, number) = id.split_once('-')?;
        match kind {
            "message" => Some(Self::Message(MessageNumber(number.parse().ok()?))),
            "own" => Some(Self::Own(number.parse().ok()?)),
            "coming" => Some(Self::ComeAndGo(number.parse().ok()?)),
            _ => None,
        }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row {
    Message(Box<MessageRow>),
    ComeAndGo(ComeAndGo),
}

/// A message, and how it stands among the others.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MessageRow {
    pub(super) entry: ConversationEntry,
    /// Whether its author is a member with a picture.
    pub(super) has_portrait: bool,
    /// The message that it answers, if that is here.
    pub(super) answered: Option<Answered>,
    /// Whether it is the first of its day.
    pub(super) begins_day: bool,
    /// Whether the member wrote the one before, just then.
    pub(super) continues: bool,
    /// Whether it is the first that the visitor has not seen.
    pub(super) is_first_new: bool,
    /// Whether the visitor has blocked its author, and has not asked to see it.
    pub(super) is_folded: bool,
}

/// A message that another one answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) name: DisplayName,
    pub(super) text: Option<MessageText>,
    /// How many pictures it has.
    pub(super) pictures: usize,
    pub(super) is_folded: bool,
    /// Its words, if it has markup.
    pub(super) plain: Option<String>,
}

/// What the rows depend on beside the messages.
pub(super) struct Circumstances<'a> {
    pub(super) comings: &'a [ComeAndGo],
    /// What comes after it is new to the visitor.
    pub(super) new_after: Option<MessageNumber>,
    /// The members who have pictures.
    pub(super) pictured: &'a [MemberId],
    /// Whom the visitor has blocked.
    pub(super) blocked: &'a [MemberId],
    /// What the visitor wants to see of theirs all the same.
    pub(super) unfolded: &'a [MessageNumber],
    /// The room's time now.
    pub(super) now: Timestamp,
    /// The day of a time on this device, as a number.
    pub(super) day_of: &'a dyn Fn(Timestamp) -> i64,
}

/// The rows, oldest first.
pub(super) fn lay_out(entries: &[ConversationEntry], around: &Circumstances<'_>) -> Vec<(RowKey, Row)> {
    let kept = &entries[..entries.partition_point(|entry| entry.state == EntryState::Kept)];
    let is_new = |entry: &&ConversationEntry| around.new_after.is_some_and(|seen| entry.message.number > seen);
    let first_new = kept.iter().filter(is_new).find(|entry| !entry.is_own).map(RowKey::of);
    let mut rows = Vec::with_capacity(entries.len() + around.comings.len());
    let mut comings = around.comings.iter().peekable();
    let (mut before, mut last_day) = (None, None);
    for entry in entries {
        let is_kept = entry.state == EntryState::Kept;
        while let Some(coming) = comings.next_if(|coming| !is_kept || coming.after < entry.message.number) {
            before = None;
            rows.push(row_of(coming));
        }
        let key = RowKey::of(entry);
        let at = if is_kept { entry.message.sent_at } else { around.now };
        let day = (around.day_of)(at);
        let begins_day = last_day != Some(day);
        let is_first_new = first_new == Some(key);
        let is_more =
            before.is_some_and(|(before, earlier)| is_more_of(before, entry) && at.since_ms(earlier) < TOGETHER_MS);
        let row = MessageRow {
            entry: entry.clone(),
            has_portrait: around.pictured.contains(&entry.message.author),
            answered: entry.message.reply_to.and_then(|number| answered(kept, number, around)),
            begins_day,
            continues: is_more && !begins_day && !is_first_new && entry.message.reply_to.is_none(),
            is_first_new,
            is_folded: is_folded(&entry.message, around),
        };
        rows.push((key, Row::Message(Box::new(row))));
        (before, last_day) = (Some((entry, at)), Some(day));
    }
    rows.extend(comings.map(row_of));
    rows
}

fn row_of(coming: &ComeAndGo) -> (RowKey, Row) {
    (RowKey::ComeAndGo(coming.id), Row::ComeAndGo(coming.clone()))
}

/// Whether a message is by the same member under the same name.
fn is_more_of(before: &ConversationEntry, entry: &ConversationEntry) -> bool {
    let who = |entry: &ConversationEntry| (entry.is_own, entry.message.author);
    who(before) == who(entry) && before.message.name == entry.message.name
}

/// Whether a message is not shown at once, because its author is blocked.
fn is_folded(message: &Message, around: &Circumstances<'_>) -> bool {
    around.blocked.contains(&message.author) && !around.unfolded.contains(&message.number)
}

fn answered(kept: &[ConversationEntry], number: MessageNumber, around: &Circumstances<'_>) -> Option<Answered> {
    let place = kept.binary_search_by_key(&number, |entry| entry.message.number).ok()?;
    let message = &kept[place].message;
    Some(Answered {
        name: message.name.clone(),
        text: message.text.clone(),
        plain: plain_of(message),
        pictures: message.pictures.len(),
        is_folded: is_folded(message, around),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;
    const DAY: u64 = 24 * 60 * MINUTE;

    /// A message by a member, in minutes after the beginning.
    fn entry(number: u64, author: u128, minutes: u64) -> ConversationEntry {
        let message = Message {
            number: MessageNumber(number),
            author: MemberId::from_bits(author),
            name: DisplayName::parse(&format!("Member {author}")).expect("a name"),
            nonce: 0,
            text: Some(MessageText::parse("hello").expect("a text")),
            sent_at: Timestamp::from_millis(minutes * MINUTE),
            delivered: false,
            version: 0,
            reply_to: None,
            pinned: false,
            pictures: Vec::new(),
            emoji: Vec::new(),
            markup: None,
        };
        ConversationEntry { message, state: EntryState::Kept, is_own: false, nonce: None }
    }

    fn laid_out(entries: &[ConversationEntry], new_after: Option<u64>, comings: &[ComeAndGo]) -> Vec<(RowKey, Row)> {
        let around = Circumstances {
            comings,
            new_after: new_after.map(MessageNumber),
            pictured: &[MemberId::from_bits(2)],
            blocked: &[],
            unfolded: &[],
            now: Timestamp::from_millis(10 * MINUTE),
            day_of: &|at| i64::try_from(at.as_millis() / DAY).expect("a day"),
        };
        lay_out(entries, &around)
    }

    fn messages(rows: &[(RowKey, Row)]) -> Vec<&MessageRow> {
        rows.iter().filter_map(|(_, row)| if let Row::Message(row) = row { Some(&**row) } else { None }).collect()
    }

    #[test]
    fn an_id_leads_back_to_its_row() {
        for key in [RowKey::Message(MessageNumber(7)), RowKey::Own(u32::MAX), RowKey::ComeAndGo(1)] {
            assert_eq!(RowKey::parse(&key.id()), Some(key));
        }
        assert_eq!(RowKey::parse("message"), None);
    }

    #[test]
    fn messages_of_one_member_within_five_minutes_stand_together() {
        let entries = [entry(1, 1, 0), entry(2, 1, 4), entry(3, 1, 9), entry(4, 2, 10), entry(5, 1, 11)];
        let rows = laid_out(&entries, None, &[]);
        let continues: Vec<_> = messages(&rows).iter().map(|row| row.continues).collect();
        assert_eq!(continues, [false, true, false, false, false]);
    }

    #[test]
    fn each_day_begins_with_its_first_message() {
        let entries = [entry(1, 1, 0), entry(2, 1, 1), entry(3, 1, 24 * 60), entry(4, 1, 24 * 60 + 1)];
        let rows = laid_out(&entries, None, &[]);
        let begins: Vec<_> = messages(&rows).iter().map(|row| row.begins_day).collect();
        assert_eq!(begins, [true, false, true, false]);
    }

    #[test]
    fn the_first_message_of_somebody_else_that_was_not_seen_is_marked() {
        let mut entries = [entry(1, 1, 0), entry(2, 1, 1), entry(3, 2, 1), entry(4, 2, 1)];
        entries[1] = ConversationEntry { is_own: true, nonce: Some(7), ..entries[1].clone() };
        let first = |new_after| {
            let rows = laid_out(&entries, new_after, &[]);
            let numbers =
                messages(&rows).into_iter().filter(|row| row.is_first_new).map(|row| row.entry.message.number.0);
            numbers.collect::<Vec<_>>()
        };
        assert_eq!((first(None), first(Some(1)), first(Some(4))), (vec![], vec![3], vec![]));
    }

    #[test]
    fn comings_stand_where_they_happened_and_part_what_stands_together() {
        let coming = |id, after| ComeAndGo { id, after: MessageNumber(after), changes: Vec::new() };
        let mut entries = vec![entry(1, 1, 0), entry(2, 1, 1)];
        let outgoing = entry(0, 1, 0);
        entries.push(ConversationEntry { state: EntryState::Sending, is_own: true, nonce: Some(9), ..outgoing });
        let rows = laid_out(&entries, None, &[coming(0, 0), coming(1, 1), coming(2, 2)]);
        let keys: Vec<_> = rows.iter().map(|(key, _)| *key).collect();
        let message = |number| RowKey::Message(MessageNumber(number));
        let [first, second, third] = [0, 1, 2].map(RowKey::ComeAndGo);
        assert_eq!(keys, [first, message(1), second, message(2), third, RowKey::Own(9)]);
        assert!(messages(&rows).iter().all(|row| !row.continues));
    }

    #[test]
    fn a_reply_shows_the_message_that_it_answers_if_that_is_here() {
        let mut entries = [entry(5, 1, 0), entry(6, 2, 1), entry(7, 2, 1)];
        entries[1].message.reply_to = Some(MessageNumber(5));
        entries[2].message.reply_to = Some(MessageNumber(1));
        let rows = laid_out(&entries, None, &[]);
        let names: Vec<_> =
            messages(&rows).iter().map(|row| row.answered.as_ref().map(|on| on.name.to_string())).collect();
        assert_eq!(names, [None, Some("Member 1".to_owned()), None]);
    }

    #[test]
    fn members_with_pictures_are_shown_with_them() {
        let rows = laid_out(&[entry(1, 1, 0), entry(2, 2, 1)], None, &[]);
        assert_eq!(messages(&rows).iter().map(|row| row.has_portrait).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn what_is_blocked_is_folded_until_it_is_asked_for_also_where_it_is_answered() {
        let mut entries = [entry(1, 1, 0), entry(2, 2, 1), entry(3, 2, 1)];
        entries[1].message.reply_to = Some(MessageNumber(1));
        entries[2].message.reply_to = Some(MessageNumber(1));
        let folded = |blocked: &[MemberId], unfolded: &[MessageNumber]| {
            let now = Timestamp::from_millis(10 * MINUTE);
            let pictured = &[];
            let around =
                Circumstances { comings: &[], new_after: None, pictured, blocked, unfolded, now, day_of: &|_| 0 };
            let rows = lay_out(&entries, &around);
            let of =
                |row: &MessageRow| (row.is_folded, row.answered.as_ref().is_some_and(|answered| answered.is_folded));
            messages(&rows).into_iter().map(of).collect::<Vec<_>>()
        };
        let first = [MemberId::from_bits(1)];
        assert_eq!(folded(&[], &[]), [(false, false); 3]);
        assert_eq!(folded(&first, &[]), [(true, false), (false, true), (false, true)]);
        assert_eq!(folded(&first, &[MessageNumber(1)]), [(false, false); 3]);
    }
}
