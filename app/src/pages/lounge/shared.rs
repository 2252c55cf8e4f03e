//! What the parts of a lounge's page share: the room, and what the visitor is about to do.

use heartogether::{
    engagement::MessageText,
    id::{DisplayName, MemberId, MessageNumber, RoomCode},
    role::Role,
    room::{Message, RoomView},
};
use heartogether_client::{ConversationEntry, Input};

use super::{added::Pictures, rows::RowKey, standing::Standing};
use crate::{
    api::{IceConfiguration, RoomSummary, SavedLounge},
    browser::{ListNews, RoomHandle},
    locale::{Locale, Phrase},
    prelude::*,
    routes,
    text::lounge as text,
};

/// Milliseconds in a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// How long lounges last where a server of before does not say it.
const USUAL_MS: u64 = 30 * DAY_MS;

/// What the visitor writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// A message.
    #[default]
    Write,
    /// An answer to a message.
    Reply(MessageNumber),
    /// Another text for one of their own.
    Edit(MessageNumber),
}

/// Where a chosen emoji goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EmojiFor {
    /// Into the text.
    Text,
    /// On a message.
    Message(MessageNumber),
}

/// What lies over the conversation on a narrow screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sheet {
    /// The visitor's lounges.
    Lounges,
    /// The members, and what can be set.
    Details,
}

/// What the page asks before it does something, or asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Invite,
    Report(MessageNumber),
    Reports,
    Waiting,
    Pins,
    Search,
    NameOneself,
    NameLounge,
    Leave,
    Delete,
    DeleteMessage(MessageNumber),
    About(Person),
    Block(Person),
    SendOut(Person),
    Ban(Person),
    HandOver(Person),
}

/// A member, as the list shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) member: MemberId,
    pub(super) name: DisplayName,
    pub(super) has_picture: bool,
    pub(super) is_here: bool,
    pub(super) is_owner: bool,
    pub(super) is_oneself: bool,
    /// Whether the visitor has blocked them.
    pub(super) is_blocked: bool,
}

/// A lounge's page.
#[derive(Clone, Copy)]
pub(super) struct Lounge {
    pub(super) handle: RoomHandle,
    pub(super) code: RoomCode,
    pub(super) summary: StoredValue<RoomSummary>,
    /// The visitor's lounges.
    pub(super) saved: RwSignal<Vec<SavedLounge>>,
    /// What has changed in that list since the page is there.
    pub(super) list_news: RwSignal<ListNews>,
    /// Under which name the visitor may come in, until they choose another.
    first_name: StoredValue<String>,
    /// The name that they have chosen here.
    chosen_name: StoredValue<Option<DisplayName>>,
    /// Whether the visitor has asked for a place, or had one when the page came.
    has_asked: RwSignal<bool>,
    pub(super) standing: Memo<Standing>,
    /// What it is called.
    pub(super) title: Memo<String>,
    /// The members: the owner first, then those who are here.
    pub(super) people: Memo<Vec<Person>>,
    pub(super) is_owner: Memo<bool>,
    pub(super) muted: RwSignal<bool>,
    pub(super) mode: RwSignal<Mode>,
    /// The message whose actions are open.
    pub(super) actions: RwSignal<Option<RowKey>>,
    pub(super) picker: RwSignal<Option<EmojiFor>>,
    pub(super) sheet: RwSignal<Option<Sheet>>,
    /// Whether the visitor sees what they can share, and how.
    pub(super) is_sharing_open: RwSignal<bool>,
    pub(super) question: RwSignal<Option<Question>>,
    /// The message that the visitor wants to see.
    pub(super) sought: RwSignal<Option<MessageNumber>>,
    /// The pictures that the visitor adds, and the one they look at.
    pub(super) pictures: RwSignal<Pictures>,
    /// Whether the latest message is in sight, as far as the page is.
    pub(super) is_at_end: RwSignal<bool>,
    /// Raised by who wants the latest message in sight.
    pub(super) to_end: RwSignal<()>,
    /// The latest message that the visitor has seen.
    pub(super) seen: RwSignal<MessageNumber>,
    /// Messages of somebody whom the visitor has blocked, and wants to see all the same.
    pub(super) unfolded: RwSignal<Vec<MessageNumber>>,
}

impl Lounge {
    pub(super) fn new(summary: RoomSummary, saved: RwSignal<Vec<SavedLounge>>, first_name: String) -> Self {
        let (handle, code) = (RoomHandle::new(), summary.code);
        let known = saved.with_untracked(|saved| saved.iter().find(|saved| saved.code == code).cloned());
        let has_asked = RwSignal::new(summary.has_place || summary.is_owner);
        let is_owner_at_first = summary.is_owner;
        // Unless they were let in before, or nobody has to ask any more.
        let may_have_to_wait = summary.asks_first && !summary.has_place && !summary.is_owner;
        let summary = StoredValue::new(summary);
        Self {
            handle,
            code,
            summary,
            saved,
            list_news: RwSignal::default(),
            first_name: StoredValue::new(first_name),
            chosen_name: StoredValue::default(),
            has_asked,
            standing: Memo::new(move |_| {
                let (client, as_owner) = (handle.listener_state.get(), handle.host_state.get());
                let asks = (may_have_to_wait, handle.waits.get());
                Standing::of(has_asked.get(), asks, client, as_owner, handle.room.with(Option::is_some))
            }),
            title: title(handle, summary),
            people: Memo::new(move |_| people(handle)),
            is_owner: Memo::new(move |_| {
                let owner = handle.room.with(|room| room.as_ref().map(|room| room.owner));
                owner.map_or(is_owner_at_first, |owner| Some(owner) == handle.own_member.get())
            }),
            muted: RwSignal::new(known.as_ref().is_some_and(|known| known.muted)),
            mode: RwSignal::default(),
            actions: RwSignal::default(),
            picker: RwSignal::default(),
            sheet: RwSignal::default(),
            is_sharing_open: RwSignal::default(),
            question: RwSignal::default(),
            sought: RwSignal::default(),
            pictures: RwSignal::default(),
            is_at_end: RwSignal::new(true),
            to_end: RwSignal::new(()),
            unfolded: RwSignal::default(),
            seen: RwSignal::new(known.map(|known| known.read_up_to).unwrap_or_default()),
        }
    }

    /// Asks for the visitor's place under this name.
    pub(super) fn go_in_as(self, name: DisplayName) {
        self.chosen_name.set_value(Some(name));
        self.go_in();
    }

    /// Asks for the visitor's place; if they are no member yet, under the name that they have chosen here.
    pub(super) fn go_in(self) {
        if cfg!(feature = "hydrate") {
            // The servers come with the place, and are asked once somebody listens.
            let nobody =
                IceConfiguration { servers: Vec::new(), renew_in_s: None, relay_only: false, has_relay: false };
            self.handle.leave();
            self.handle.converse(Role::Participant, self.code, nobody, None, self.chosen_name.get_value());
            self.handle.follow_lounges(self.list_news);
            self.handle.stand();
        }
        self.has_asked.set(true);
    }

    /// The visitor waits no more, and may ask again. The room is told as soon as it can be: a request may still be on its way.
    pub(super) fn give_up(self) {
        self.press(Input::MembershipEnded);
        self.has_asked.set(false);
    }

    /// The members who have pictures.
    pub(super) fn pictured(self) -> Vec<MemberId> {
        let with_picture = |person: &&Person| person.has_picture;
        self.people.with(|people| people.iter().filter(with_picture).map(|person| person.member).collect())
    }

    /// Where the picture of a member is, if there is one.
    pub(super) fn portrait(self, member: MemberId, has_picture: bool) -> Option<String> {
        has_picture.then(|| routes::href(&routes::portrait(self.code, member)))
    }

    /// Under which name the visitor may come in.
    pub(super) fn first_name(self) -> String {
        self.chosen_name.get_value().map_or_else(|| self.first_name.get_value(), |name| name.to_string())
    }

    /// For how long it lasts, in days that have begun.
    pub(super) fn lasts(self) -> Phrase {
        let after_ms = self.summary.with_value(|room| room.ends_after_ms).unwrap_or(USUAL_MS);
        text::lasts(u32::try_from(after_ms.div_ceil(DAY_MS)).unwrap_or(u32::MAX))
    }

    pub(super) fn is_member_at_first(self) -> bool {
        self.has_asked.get_untracked()
    }

    pub(super) fn press(self, input: Input) {
        self.handle.press(input);
    }

    /// Reads the first message for which something holds, of those that are known now.
    fn find<T>(
        self,
        is_it: &dyn Fn(&ConversationEntry) -> bool,
        read: impl FnOnce(&ConversationEntry) -> T,
    ) -> Option<T> {
        let place = |entries: &RwSignal<Vec<ConversationEntry>>| {
            entries.try_with_untracked(|entries| entries.iter().rposition(is_it)).flatten()
        };
        let stretches = [self.handle.past, self.handle.conversation];
        let (entries, place) = stretches.into_iter().find_map(|entries| Some((entries, place(&entries)?)))?;
        Some(entries.with_untracked(|entries| read(&entries[place])))
    }

    /// Whether the visitor looks at older messages that do not reach the newest ones.
    pub(super) fn looks_back(self) -> bool {
        self.handle.past.with_untracked(|past| !past.is_empty())
    }

    /// Reads one message as it is now.
    pub(super) fn with_entry<T>(self, key: RowKey, read: impl FnOnce(&ConversationEntry) -> T) -> Option<T> {
        self.find(&|entry| RowKey::of(entry) == key, read)
    }

    /// The row of a message.
    pub(super) fn key_of(self, number: MessageNumber) -> Option<RowKey> {
        self.find(&|entry| entry.message.number == number, RowKey::of)
    }

    /// Reads one message by its number.
    pub(super) fn with_message<T>(self, number: MessageNumber, read: impl FnOnce(&Message) -> T) -> Option<T> {
        self.find(&|entry| entry.message.number == number, |entry| read(&entry.message))
    }

    /// The text of a message, if it is there and not deleted.
    pub(super) fn text_of(self, number: MessageNumber) -> Option<MessageText> {
        self.with_message(number, |message| message.text.clone()).flatten()
    }

    /// Whether somebody waits until the visitor lets them in, for this place.
    pub(super) fn waits(self, member: MemberId) -> bool {
        let is_theirs = |room: &RoomView| room.waiting.iter().any(|waiting| waiting.member == member);
        self.handle.room.with_untracked(|room| room.as_ref().is_some_and(is_theirs))
    }

    /// The visitor as a member. Reads reactively.
    pub(super) fn oneself(self) -> Option<Person> {
        self.people.with(|people| people.iter().find(|person| person.is_oneself).cloned())
    }
}

/// The name, or whose lounge it is.
fn title(handle: RoomHandle, summary: StoredValue<RoomSummary>) -> Memo<String> {
    let locale = Locale::current();
    Memo::new(move |_| {
        let named = handle.room.with(|room| room.as_ref().map(|room| (room.name.clone(), room.owner_name.clone())));
        let named = named.or_else(|| summary.with_value(|room| Some((room.name.clone(), room.host_name.clone()))));
        let (name, owner) = named.unwrap_or_else(|| (None, DisplayName::forgotten()));
        name.map_or_else(|| locale.say(text::of(&owner)).into_owned(), |name| name.to_string())
    })
}

fn people(handle: RoomHandle) -> Vec<Person> {
    let (own, blocked) = (handle.own_member.get(), handle.blocked.get());
    handle.room.with(|room| {
        let Some(room) = room else { return Vec::new() };
        let people: Vec<Person> = room
            .members
            .iter()
            .map(|known| Person {
                member: known.member,
                name: known.name.clone(),
                has_picture: known.has_picture,
                is_here: known.connected,
                is_owner: known.member == room.owner,
                is_oneself: Some(known.member) == own,
                is_blocked: blocked.contains(&known.member),
            })
            .collect();
        // The order by a text alone needs no code that other pages do not have.
        let mut order: Vec<(String, usize)> = people.iter().map(order).zip(0..).collect();
        order.sort_unstable();
        order.into_iter().map(|(_, place)| people[place].clone()).collect()
    })
}

/// The owner comes first, then who is here, by their names.
fn order(person: &Person) -> String {
    let rank = |is: bool| if is { '0' } else { '1' };
    let (owner, here) = (rank(person.is_owner), rank(person.is_here));
    format!("{owner}{here}{} {}", person.name.as_str().to_lowercase(), person.member)
}
