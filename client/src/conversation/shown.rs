//! The messages as a page shows them: with the changes that were asked for, and with what the room does not have yet.

use std::borrow::Cow;

use heartogether::{
    id::{DisplayName, MemberId, MessageNumber},
    protocol::Write,
    room::Message,
    time::Timestamp,
};
use litemap::LiteMap;

use super::{ConversationEntry, EntryState};
use crate::Client;

impl Client {
    /// The newest messages, oldest first, then those of this page that the room does not have.
    pub fn conversation(&self) -> Vec<ConversationEntry> {
        self.copied(false)
    }

    /// The older messages that the visitor looks at, while they do not reach those of [`Client::conversation`]; otherwise none.
    pub fn past(&self) -> Vec<ConversationEntry> {
        self.copied(true)
    }

    fn copied(&self, past: bool) -> Vec<ConversationEntry> {
        let owned = |(message, state, is_own, nonce): (Cow<'_, Message>, _, _, _)| {
            let message = message.into_owned();
            ConversationEntry { message, state, is_own, nonce }
        };
        self.entries(past).map(owned).collect()
    }

    /// Whether this is the conversation. It is asked before that is copied.
    pub fn is_conversation(&self, shown: &[ConversationEntry]) -> bool {
        self.is(shown, false)
    }

    /// Whether this is the past.
    pub fn is_past(&self, shown: &[ConversationEntry]) -> bool {
        self.is(shown, true)
    }

    fn is(&self, shown: &[ConversationEntry], past: bool) -> bool {
        let mut shown = shown.iter();
        let is_shown = |(message, state, is_own, nonce): (Cow<'_, Message>, _, _, _)| {
            let shown = shown.next();
            shown.is_some_and(|shown| {
                *message == shown.message && (state, is_own, nonce) == (shown.state, shown.is_own, shown.nonce)
            })
        };
        self.entries(past).all(is_shown) && shown.next().is_none()
    }

    /// The messages of the past, or the newest ones and what the room does not have.
    fn entries(&self, past: bool) -> impl Iterator<Item = (Cow<'_, Message>, EntryState, bool, Option<u32>)> {
        let changes = self.effects();
        let of_past = || self.conversation.past.as_ref().map(|past| &past.messages);
        let messages = if past { of_past() } else { Some(&self.engagement.messages) };
        let known = messages.into_iter().flat_map(LiteMap::values).map(move |message| {
            let mut shown = Cow::Borrowed(message);
            for change in changes.iter().filter(|(number, _)| *number == message.number) {
                shown.to_mut().apply(&change.1);
            }
            let is_own = self.engagement.is_own(message);
            (shown, EntryState::Kept, is_own, is_own.then_some(message.nonce))
        });
        let refused = self.conversation.refused.iter().map(|(write, refusal)| (write, EntryState::Refused(*refusal)));
        let sending = self.engagement.outgoing.iter().map(|write| (write, EntryState::Sending));
        let mut unkept: Vec<_> = refused.chain(sending).filter(|_| !past).collect();
        // In the order in which they were written, also where the numbers have passed their end.
        unkept.sort_by_key(|(write, _)| write.nonce.wrapping_sub(self.engagement.next_nonce));
        let draft = |(write, state): (&Write, _)| (Cow::Owned(self.draft(write)), state, true, Some(write.nonce));
        known.chain(unkept.into_iter().map(draft))
    }

    /// A message that the room does not have.
    fn draft(&self, write: &Write) -> Message {
        let author = self.own_place();
        let members = self.room.iter().flat_map(|room| &room.members);
        let named = members.into_iter().find(|member| Some(member.member) == author).map(|member| &member.name);
        Message {
            number: MessageNumber::default(),
            author: author.unwrap_or(MemberId::from_bits(0)),
            name: named.or(self.conversation.name.as_ref()).cloned().unwrap_or_else(DisplayName::forgotten),
            nonce: write.nonce,
            text: Some(write.text.clone()),
            sent_at: Timestamp::default(),
            delivered: false,
            version: 0,
            reply_to: write.reply_to,
            pinned: false,
            pictures: write.pictures.clone(),
            emoji: Vec::new(),
            markup: None,
        }
    }
}
