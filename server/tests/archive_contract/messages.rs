//! Messages of the tests, and changes of them.

use heartogether::{
    engagement::MessageText,
    id::{AccountId, DisplayName, MemberId, MessageNumber},
    room::{ArchiveChange, Message, Messages},
};

use super::NOW;

pub(super) fn message(number: u64) -> Message {
    Message {
        number: MessageNumber(number),
        author: MemberId::from_bits(3),
        name: DisplayName::parse("Ada").expect("a name"),
        nonce: u32::try_from(number).expect("a small number") + 10,
        text: Some(words(&format!("number {number}"))),
        sent_at: NOW.after_ms(number),
        delivered: false,
        version: 0,
        reply_to: (number > 1).then_some(MessageNumber(1)),
        pinned: false,
        pictures: Vec::new(),
        emoji: Vec::new(),
        markup: None,
    }
}

pub(crate) fn write(account: AccountId, number: u64) -> ArchiveChange {
    ArchiveChange::Write { account, message: message(number) }
}

pub(super) fn edit(number: u64, version: u32, text: &str) -> ArchiveChange {
    ArchiveChange::Edit { number: MessageNumber(number), version, text: words(text), markup: None }
}

pub(super) fn pin(number: u64, pinned: bool) -> ArchiveChange {
    ArchiveChange::Pin { number: MessageNumber(number), pinned }
}

pub(super) fn words(text: &str) -> MessageText {
    MessageText::parse(text).expect("a message of the tests")
}

pub(super) fn numbers(page: &Messages) -> Vec<u64> {
    page.messages.iter().map(|message| message.number.0).collect()
}
