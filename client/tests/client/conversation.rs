//! A conversation in a lounge: what is written and changed, over connections that come and go. The page belongs to Grace; Ada owns the
//! lounge.

mod admission;
mod blocking;
mod changes;
mod history;
mod membership;
mod moments;
mod names;
mod reports;
mod writing;

use heartogether::{
    engagement::{Emoji, MessageText},
    id::{MemberId, MessageNumber},
    protocol::{ToRoom, Write},
    role::Role,
    room::{Message, RoomEvent, RoomView, StreamState},
    time::Timestamp,
};
use heartogether_client::{Client, EntryState, Input};

use crate::scenario::*;

const ADA: MemberId = MemberId::from_bits(1);
/// The number that Grace's page gives its first message.
const FIRST: u32 = 100;

fn text(text: &str) -> MessageText {
    MessageText::parse(text).expect("a message of the tests")
}

fn emoji() -> Emoji {
    Emoji::parse("🎈").expect("an emoji of the tests")
}

/// A message that the room has. Those of others have numbers that no page of the tests gives.
fn message(number: u64, author: MemberId, words: &str) -> Message {
    Message {
        number: MessageNumber(number),
        author,
        name: name("Somebody"),
        nonce: 1_000_000 + number as u32,
        text: Some(text(words)),
        sent_at: Timestamp::from_millis(number),
        delivered: true,
        version: 0,
        reply_to: None,
        pinned: false,
        pictures: Vec::new(),
        emoji: Vec::new(),
        markup: None,
    }
}

/// The room has taken a message of Grace's page.
fn takes(number: u64, nonce: u32, words: &str) -> RoomEvent {
    RoomEvent::MessageSent { message: Message { nonce, ..message(number, GRACE, words) } }
}

fn says(number: u64, author: MemberId, words: &str) -> RoomEvent {
    RoomEvent::MessageSent { message: message(number, author, words) }
}

fn write(nonce: u32, words: &str) -> ToRoom {
    ToRoom::Write(Write { nonce, text: text(words), pictures: Vec::new(), reply_to: None })
}

/// The lounge with these messages.
fn lounge(messages: Vec<Message>) -> RoomView {
    let members = [ADA, GRACE, EDSGER];
    RoomView { messages, attendance: 3, links: Vec::new(), ..view(StreamState::Idle, &members) }
}

/// A page that is about to join, and begins to count at [`FIRST`].
fn new_page() -> Page {
    let mut page = Page::new(Role::Participant, false, FIRST);
    page.client = Client::new(Role::Participant, code(), false, FIRST).conversing();
    page
}

/// A page in a lounge with these messages.
fn page_of(own: MemberId, messages: Vec<Message>) -> Page {
    let mut page = new_page();
    page.take(Input::Started);
    page.take(Input::SocketOpened);
    page.welcome();
    page.hear(joined(own, 10, lounge(messages)));
    page
}

/// What the page shows: each text, where there is one, with what becomes of it.
fn shown(page: &Page) -> Vec<(String, EntryState)> {
    let entries = page.client.conversation();
    assert!(page.client.is_conversation(&entries), "it is what it is");
    assert!(!page.client.is_conversation(&[entries.as_slice(), &entries].concat()) || entries.is_empty());
    let words = |text: Option<MessageText>| text.map(|text| text.as_str().to_owned()).unwrap_or_default();
    entries.into_iter().map(|entry| (words(entry.message.text), entry.state)).collect()
}

fn texts(page: &Page) -> Vec<String> {
    shown(page).into_iter().map(|(text, _)| text).collect()
}

fn numbers(page: &Page) -> Vec<u64> {
    page.client.conversation().iter().map(|entry| entry.message.number.0).collect()
}
